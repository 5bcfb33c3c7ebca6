//! What contracts hold of nodes and farms, and the deposit on it.

use crate::*;
use alloc::vec::Vec;
use codec::{Encode, MaxEncodedLen};
use frame_support::{
	ensure,
	traits::{Consideration, Footprint, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use grid_primitives::{
	ip::IpVersion,
	ports::{NoCapacity, NodeCapacity, Nodes, PublicIps, Rentals as _},
	report::{NetworkKey, NetworkKeys},
	spec::{Name, Reason, Spec, Usage, MAX_NODES},
	Capacity, NodeId, TwinId,
};

impl<T: Config> From<NoCapacity> for Error<T> {
	fn from(why: NoCapacity) -> Self {
		match why {
			NoCapacity::NoNode => Self::NoNode,
			NoCapacity::NotOpen => Self::NodeNotOpen,
			NoCapacity::Offline => Self::NodeOffline,
			NoCapacity::RentedByOther => Self::NodeRentedByOther,
			NoCapacity::Full => Self::NodeFull,
		}
	}
}

impl<T: Config> From<Reason> for Error<T> {
	fn from(reason: Reason) -> Self {
		match reason {
			Reason::Empty => Self::SpecEmpty,
			Reason::TooLarge => Self::SpecTooLarge,
			Reason::BadName => Self::BadName,
			Reason::NameTaken => Self::NameTaken,
			Reason::BadSize => Self::BadSize,
			Reason::BadText => Self::BadText,
			Reason::BadReference => Self::BadReference,
			Reason::BadSubnet => Self::BadSubnet,
			Reason::BadAddress => Self::BadAddress,
			Reason::AddressTaken => Self::AddressTaken,
			Reason::BadPort => Self::BadPort,
			Reason::BadKey => Self::BadKey,
			Reason::BadImage => Self::BadImage,
			Reason::BadPath => Self::BadPath,
			Reason::PathsOverlap => Self::PathsOverlap,
			Reason::BadVariable => Self::BadVariable,
			Reason::BadSecret => Self::BadSecret,
			Reason::BadNumberOfNodes => Self::BadNumberOfNodes,
			Reason::NodeTwice => Self::NodeTwice,
			Reason::RangesDiffer => Self::RangesDiffer,
			Reason::SubnetsOverlap => Self::SubnetsOverlap,
			Reason::BadUla => Self::BadUla,
			Reason::AttachedTwice => Self::AttachedTwice,
			Reason::RangesOverlap => Self::RangesOverlap,
			Reason::TooManyNetworks => Self::TooManyNetworks,
			Reason::NoPublicV6 => Self::NoPublicV6,
		}
	}
}

impl<BlockNumber> Placement<BlockNumber> {
	/// What is reserved for it: enough for what is to run, what runs, and what is proposed.
	pub(crate) fn reserved(&self) -> Capacity {
		self.held.max(self.proposed.unwrap_or(Capacity::ZERO))
	}
}

/// The public addresses that a spec wants: of which network, in which version.
fn wanted(spec: &Spec) -> impl Iterator<Item = (&Name, IpVersion)> {
	spec.networks().flat_map(|(name, network)| {
		let v4 = network.public_v4.then_some((name, IpVersion::V4));
		let v6 = network.public_v6.then_some((name, IpVersion::V6));
		v4.into_iter().chain(v6)
	})
}

/// Whether these are all the public addresses that a spec wants.
#[cfg(any(test, feature = "std", feature = "try-runtime"))]
pub(crate) fn satisfied<'a>(spec: &Spec, by: impl Iterator<Item = &'a Address> + Clone) -> bool {
	wanted(spec).all(|want| by.clone().any(|address| serves(address, &want)))
}

fn serves(address: &Address, want: &(&Name, IpVersion)) -> bool {
	address.network == *want.0 && address.ip.version() == want.1
}

impl<T: Config> Pallet<T> {
	/// Reserve the public addresses that a spec wants and `has` not got.
	pub(crate) fn reserve_addresses(
		node: NodeId,
		spec: &Spec,
		has: &[Address],
	) -> Result<Addresses, Error<T>> {
		let missing: Vec<_> =
			wanted(spec).filter(|want| !has.iter().any(|it| serves(it, want))).collect();
		ensure!(missing.len() + has.len() <= MAX_ADDRESSES as usize, Error::TooManyPublicIps);
		let mut fresh = Addresses::new();
		if missing.is_empty() {
			return Ok(fresh);
		}
		let farm = T::Nodes::farm_of(node).ok_or(Error::NoNode)?;
		for version in [IpVersion::V4, IpVersion::V6] {
			let networks = missing.iter().filter(|(_, it)| *it == version).map(|(name, _)| *name);
			let number = networks.clone().count() as u32;
			if number == 0 {
				continue;
			}
			let ips = T::PublicIps::reserve(farm, version, number).ok_or(Error::NoPublicIp)?;
			for (network, ip) in networks.zip(ips) {
				fresh
					.try_push(Address { network: network.clone(), ip })
					.map_err(|_| Error::TooManyPublicIps)?;
			}
		}
		Ok(fresh)
	}

	/// Give addresses back.
	pub(crate) fn release_addresses(addresses: &[Address]) {
		if !addresses.is_empty() {
			let ips: Vec<_> = addresses.iter().map(|address| address.ip).collect();
			T::PublicIps::release(&ips);
		}
	}

	/// Give back whatever of a placement's reservation neither its spec needs nor a proposed one.
	pub(crate) fn release_surplus(node: NodeId, placement: &mut PlacementOf<T>) {
		let Some(spec) = &placement.spec else { return };
		let before = placement.reserved();
		placement.held = spec.usage().capacity;
		Self::resize(node, before, placement.reserved());
		Self::release_unwanted(node, placement);
	}

	/// Give back the public addresses that the spec in force does not want, unless another is proposed,
	/// which may. The node hears of it: it would go on answering for them.
	pub(crate) fn release_unwanted(node: NodeId, placement: &mut PlacementOf<T>) {
		let (Some(spec), None) = (&placement.spec, placement.proposed) else { return };
		let (kept, surplus): (Vec<_>, Vec<_>) = core::mem::take(&mut placement.addresses)
			.into_iter()
			.partition(|address| wanted(spec).any(|want| serves(address, &want)));
		placement.addresses = Addresses::truncate_from(kept);
		if !surplus.is_empty() {
			Self::release_addresses(&surplus);
			T::Capacity::wake(node);
		}
	}

	/// What is reserved for a placement, with these addresses more.
	pub(crate) fn all_reserved(placement: &PlacementOf<T>, fresh: &[Address]) -> Usage {
		let has = |version| {
			let all = placement.addresses.iter().chain(fresh);
			all.filter(|it| it.ip.version() == version).count() as u32
		};
		let usage = Usage {
			capacity: placement.reserved(),
			public_v4: has(IpVersion::V4),
			public_v6: has(IpVersion::V6),
		};
		Self::billed(usage, placement.rented)
	}

	/// Give back all that a placement holds.
	pub(crate) fn release_all(node: NodeId, placement: &PlacementOf<T>) {
		T::Capacity::release(node, placement.reserved());
		Self::release_addresses(&placement.addresses);
	}

	/// Shrink a reservation. It cannot fail.
	pub(crate) fn resize(node: NodeId, from: Capacity, to: Capacity) {
		if from == to {
			return;
		}
		if let Err(why) = T::Capacity::resize(node, from, to) {
			log::error!(target: LOG_TARGET, "node {node} takes back no capacity: {why:?}");
		}
	}

	/// What is paid for on a node: of a rented one, addresses only.
	pub(crate) fn billed(usage: Usage, rented: bool) -> Usage {
		if rented {
			Usage { capacity: Capacity::ZERO, ..usage }
		} else {
			usage
		}
	}

	/// Whether a twin rents a node.
	pub(crate) fn rents(twin: TwinId, node: NodeId) -> bool {
		T::Rentals::tenant(node) == Some(twin)
	}

	/// How much there is of specs: how many, their bytes and their public addresses.
	pub(crate) fn extent<'a>(specs: impl Iterator<Item = &'a Spec>) -> (u32, u32, u32) {
		specs.fold((0, 0, 0), |(specs, bytes, addresses), spec| {
			let wanted = wanted(spec).count() as u32;
			(specs + 1, bytes + spec.encoded_size() as u32, addresses + wanted)
		})
	}

	/// The bytes that a spec takes of the storage, with what its node will say of it.
	pub(crate) fn size(spec: &Spec) -> u32 {
		let keys = spec.networks().count() * NetworkKey::max_encoded_len();
		let addresses = wanted(spec).count() * Address::max_encoded_len();
		(spec.encoded_size() + keys + addresses) as u32
	}

	/// What a contract takes of the storage.
	pub(crate) fn footprint(slots: usize, bytes: u32) -> Footprint {
		// A placement without what `size` counts.
		let fixed = PlacementOf::<T>::max_encoded_len()
			- Spec::max_encoded_len()
			- Addresses::max_encoded_len()
			- NetworkKeys::max_encoded_len();
		let most = MAX_NODES as usize * Slot::max_encoded_len();
		let contract = ContractOf::<T>::max_encoded_len() - most;
		let each = fixed + Slot::max_encoded_len();
		Footprint::from_parts(2 + slots, contract + slots * each + bytes as usize)
	}

	/// Let the deposit on a contract follow what it has. It only shrinks here, so cannot fail.
	pub(crate) fn settle_deposit(contract: &mut ContractOf<T>) {
		let footprint = Self::footprint(contract.slots.len(), contract.bytes);
		match contract.deposit.clone().update(&contract.owner, footprint) {
			Ok(deposit) => contract.deposit = deposit,
			Err(error) => {
				log::error!(target: LOG_TARGET, "a deposit does not shrink: {error:?}")
			},
		}
	}

	/// Since when a node keeps its word.
	pub(crate) fn may_say_again(placement: &PlacementOf<T>) -> bool {
		let now = frame_system::Pallet::<T>::block_number();
		let since: BlockNumberFor<T> = now - placement.reported.min(now);
		since >= T::ReportInterval::get()
	}
}
