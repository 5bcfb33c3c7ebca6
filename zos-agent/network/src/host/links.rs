//! Interfaces, addresses and ways, by netlink, in the namespace of the thread.

use crate::{error::Doing, NetworkError};
use futures::stream::TryStreamExt;
use rtnetlink::{
	packet_route::{
		address::{AddressAttribute, AddressFlags, AddressHeaderFlags, AddressMessage},
		link::{InfoData, InfoVeth, LinkMessage},
		neighbour::{NeighbourFlags, NeighbourState},
		route::{RouteMessage, RouteScope},
		AddressFamily,
	},
	Handle, LinkBridge, LinkBridgePort, LinkUnspec, LinkVeth, RouteMessageBuilder,
};
use std::{
	net::{IpAddr, Ipv4Addr, Ipv6Addr},
	os::fd::{AsRawFd, BorrowedFd},
};

/// The hardware address of an interface.
pub(crate) type Mac = [u8; 6];

const EXISTS: i32 = -libc::EEXIST;
const NO_DEVICE: i32 = -libc::ENODEV;

/// The kernel's network, in one namespace.
pub(crate) struct Links(Handle);

/// An end of a pair of interfaces.
pub(crate) struct End<'a> {
	pub(crate) name: &'a str,
	pub(crate) mac: Mac,
	pub(crate) mtu: u32,
}

/// Do something to the network of the namespace of this thread.
pub(crate) fn with<T>(
	work: impl AsyncFnOnce(&Links) -> Result<T, NetworkError>,
) -> Result<T, NetworkError> {
	let runtime = tokio::runtime::Builder::new_current_thread()
		.enable_io()
		.build()
		.doing("speak with the kernel")?;
	runtime.block_on(async {
		let (connection, handle, _) = rtnetlink::new_connection().doing("speak with the kernel")?;
		let speaking = tokio::spawn(connection);
		let result = work(&Links(handle)).await;
		speaking.abort();
		result
	})
}

fn is(error: &rtnetlink::Error, code: i32) -> bool {
	matches!(error, rtnetlink::Error::NetlinkError(it) if it.raw_code() == code)
}

/// It may be there already.
fn unless_there(result: Result<(), rtnetlink::Error>) -> Result<(), rtnetlink::Error> {
	match result {
		Err(error) if is(&error, EXISTS) => Ok(()),
		other => other,
	}
}

impl Links {
	/// The number of an interface, if there is one of that name.
	pub(crate) async fn find(&self, name: &str) -> Result<Option<u32>, NetworkError> {
		Ok(self.link(name).await?.map(|link| link.header.index))
	}

	async fn link(&self, name: &str) -> Result<Option<LinkMessage>, NetworkError> {
		let mut links = self.0.link().get().match_name(name.into()).execute();
		match links.try_next().await {
			Err(error) if is(&error, NO_DEVICE) => Ok(None),
			other => other.doing("look for an interface"),
		}
	}

	/// An interface that has to be there.
	pub(crate) async fn index(&self, name: &str) -> Result<u32, NetworkError> {
		let missing = || std::io::Error::from_raw_os_error(libc::ENODEV);
		self.find(name).await?.ok_or_else(missing).doing("find an interface")
	}

	/// Have an interface pass packets.
	pub(crate) async fn up(&self, name: &str, mtu: Option<u32>) -> Result<u32, NetworkError> {
		let index = self.index(name).await?;
		let mut message = LinkUnspec::new_with_index(index).up();
		if let Some(mtu) = mtu {
			message = message.mtu(mtu);
		}
		self.0.link().set(message.build()).execute().await.doing("set an interface up")?;
		Ok(index)
	}

	/// Have no interface of that name.
	pub(crate) async fn remove(&self, name: &str) -> Result<(), NetworkError> {
		let Some(index) = self.find(name).await? else { return Ok(()) };
		match self.0.link().del(index).execute().await {
			Err(error) if is(&error, NO_DEVICE) => Ok(()),
			other => other.doing("remove an interface"),
		}
	}

	/// Have a bridge that knows from the start who is where.
	pub(crate) async fn bridge(&self, end: &End<'_>) -> Result<u32, NetworkError> {
		let message = LinkBridge::new(end.name)
			.address(end.mac.to_vec())
			.mtu(end.mtu)
			.mcast_snooping(false)
			.build();
		let added = self.0.link().add(message).execute().await;
		unless_there(added).doing("make a bridge")?;
		self.up(end.name, Some(end.mtu)).await
	}

	/// Have a pair of interfaces: one here, and one in a namespace. If there is one here, there is
	/// the other.
	pub(crate) async fn pair(
		&self,
		here: &End<'_>,
		there: &End<'_>,
		namespace: BorrowedFd<'_>,
	) -> Result<u32, NetworkError> {
		let other = LinkUnspec::new_with_name(there.name)
			.address(there.mac.to_vec())
			.mtu(there.mtu)
			.setns_by_fd(namespace.as_raw_fd())
			.build();
		let message = LinkVeth::new(here.name, there.name)
			.address(here.mac.to_vec())
			.mtu(here.mtu)
			.set_info_data(InfoData::Veth(InfoVeth::Peer(other)))
			.build();
		let added = self.0.link().add(message).execute().await;
		unless_there(added).doing("make a pair of interfaces")?;
		self.up(here.name, None).await
	}

	/// Make an interface a port of a bridge to which nobody comes but who is meant, and whose other
	/// end reaches nobody but the bridge.
	pub(crate) async fn port(&self, port: u32, bridge: u32, mac: &Mac) -> Result<(), NetworkError> {
		let join = LinkUnspec::new_with_index(port).controller(bridge).build();
		self.0.link().set(join).execute().await.doing("join a bridge")?;
		let shut = LinkBridgePort::new(port)
			.learning(false)
			.flood(false)
			.bcast_flood(false)
			.mcast_flood(false)
			.hairpin(false)
			.isolated(true)
			.build();
		self.0.link().set_port(shut).execute().await.doing("shut the port of a bridge")?;
		let known = self.0.neighbours().add_bridge(port, mac);
		let known = known.state(NeighbourState::Noarp).flags(NeighbourFlags::Controller).replace();
		known.execute().await.doing("tell a bridge who is at a port")
	}

	/// Have an interface know where a neighbour is, so that nobody is asked.
	pub(crate) async fn neighbour(
		&self,
		index: u32,
		ip: IpAddr,
		mac: &Mac,
	) -> Result<(), NetworkError> {
		let known = self.0.neighbours().add(index, ip).link_local_address(mac).replace();
		known.execute().await.doing("tell an interface of a neighbour")
	}

	/// Have an address on an interface, at once: nobody else can have it.
	pub(crate) async fn address(
		&self,
		index: u32,
		ip: IpAddr,
		bits: u8,
	) -> Result<(), NetworkError> {
		let mut request = self.0.address().add(index, ip, bits).replace();
		let message = request.message_mut();
		// Of two addresses, the last would be taken for one that means everybody.
		message.attributes.retain(|it| !matches!(it, AddressAttribute::Broadcast(_)));
		if ip.is_ipv6() {
			message.header.flags |= AddressHeaderFlags::Nodad;
			message.attributes.push(AddressAttribute::Flags(AddressFlags::Nodad));
		}
		request.execute().await.doing("give an address to an interface")
	}

	/// Have an address no more, wherever it was.
	pub(crate) async fn no_address(&self, ip: IpAddr) -> Result<(), NetworkError> {
		let all = self.0.address().get().set_address_filter(ip).execute();
		let found: Vec<AddressMessage> = all.try_collect().await.doing("look for an address")?;
		for message in found {
			self.0.address().del(message).execute().await.doing("remove an address")?;
		}
		Ok(())
	}

	/// Have a way to a subnet, through an interface, by way of a gateway if there is one.
	pub(crate) async fn route(
		&self,
		index: u32,
		to: (IpAddr, u8),
		gateway: Option<IpAddr>,
	) -> Result<(), NetworkError> {
		let add = |message| async { self.0.route().add(message).replace().execute().await };
		let added = match to {
			(IpAddr::V4(ip), bits) => {
				let mut route = RouteMessageBuilder::<Ipv4Addr>::new()
					.destination_prefix(ip, bits)
					.output_interface(index);
				route = match gateway {
					Some(IpAddr::V4(gateway)) => route.gateway(gateway).onlink(),
					_ => route.scope(RouteScope::Link),
				};
				add(route.build()).await
			},
			(IpAddr::V6(ip), bits) => {
				let mut route = RouteMessageBuilder::<Ipv6Addr>::new()
					.destination_prefix(ip, bits)
					.output_interface(index);
				if let Some(IpAddr::V6(gateway)) = gateway {
					route = route.gateway(gateway).onlink();
				}
				add(route.build()).await
			},
		};
		added.doing("make a way")
	}

	/// The ways through an interface that were made by hand.
	pub(crate) async fn routes(
		&self,
		index: u32,
	) -> Result<Vec<((IpAddr, u8), RouteMessage)>, NetworkError> {
		use rtnetlink::packet_route::route::{RouteAddress, RouteAttribute, RouteProtocol};
		let mut found = Vec::new();
		for family in [AddressFamily::Inet, AddressFamily::Inet6] {
			let mut ask = RouteMessage::default();
			ask.header.address_family = family;
			let all: Vec<RouteMessage> =
				self.0.route().get(ask).execute().try_collect().await.doing("list ways")?;
			for message in all {
				let through = RouteAttribute::Oif(index);
				let is_own = message.header.protocol == RouteProtocol::Static;
				if !is_own || !message.attributes.contains(&through) {
					continue;
				}
				let to = message.attributes.iter().find_map(|attribute| match attribute {
					RouteAttribute::Destination(RouteAddress::Inet(ip)) => Some(IpAddr::V4(*ip)),
					RouteAttribute::Destination(RouteAddress::Inet6(ip)) => Some(IpAddr::V6(*ip)),
					_ => None,
				});
				if let Some(ip) = to {
					found.push(((ip, message.header.destination_prefix_length), message));
				}
			}
		}
		Ok(found)
	}

	/// Have a way no more.
	pub(crate) async fn no_route(&self, way: RouteMessage) -> Result<(), NetworkError> {
		self.0.route().del(way).execute().await.doing("remove a way")
	}

	/// The interface through which the internet is reached.
	pub(crate) async fn uplink(&self) -> Result<Option<u32>, NetworkError> {
		use rtnetlink::packet_route::route::{RouteAttribute, RouteHeader};
		let ask = RouteMessageBuilder::<Ipv4Addr>::new().build();
		let all: Vec<RouteMessage> =
			self.0.route().get(ask).execute().try_collect().await.doing("list ways")?;
		let to_all = all.iter().filter(|it| {
			it.header.destination_prefix_length == 0
				&& it.header.table == RouteHeader::RT_TABLE_MAIN
		});
		let mut through = to_all.flat_map(|it| &it.attributes).filter_map(|it| match it {
			RouteAttribute::Oif(index) => Some(*index),
			_ => None,
		});
		Ok(through.next())
	}
}
