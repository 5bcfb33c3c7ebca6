//! WireGuard as the kernel has it, where it does.

mod attributes;
mod messages;
mod speak;

use crate::{
	client::Program,
	error::Doing,
	host::{links, namespace},
	names::Zone,
	tunnel::Arguments,
	uapi::{Change, Status},
	wireguard::Tunnel,
	NetworkError,
};
use messages::{FAMILY, GET_DEVICE, SET_DEVICE};
use std::{
	fs::File,
	io,
	os::fd::AsFd,
	path::{Path, PathBuf},
};

/// What an interface is called that is only made to see whether it can be.
const PROBE: &str = "grid-probe";

/// Whether the kernel makes such interfaces, and can be spoken to about them.
pub(crate) fn is_there() -> bool {
	let made = namespace::apart(|| {
		links::with(async |links| links.wireguard(PROBE, None).await)?;
		present(PROBE)
	});
	made.inspect_err(|error| log::info!("the kernel has no WireGuard: {error}")).is_ok()
}

/// A tunnel that is an interface of the kernel's. A program beside it answers for names.
pub(crate) struct Kernel {
	/// The interface, and the namespace of its network.
	pub(crate) interface: String,
	pub(crate) namespace: PathBuf,
	/// Who answers for names.
	pub(crate) names: Program,
}

fn present(interface: &str) -> Result<Option<Status>, NetworkError> {
	let question = messages::named(interface);
	let said = speak::ask(FAMILY, GET_DEVICE, &question).and_then(messages::status);
	match said {
		Ok(status) => Ok(Some(status)),
		Err(error) if error.raw_os_error() == Some(libc::ENODEV) => Ok(None),
		Err(error) => Err(error).doing("ask the kernel's WireGuard how it is"),
	}
}

fn is_taken(error: &NetworkError) -> bool {
	let NetworkError::Kernel { source: rtnetlink::Error::NetlinkError(said), .. } = error else {
		return false;
	};
	said.raw_code() == -libc::EADDRINUSE
}

impl Tunnel for Kernel {
	fn status(&self) -> Result<Option<Status>, NetworkError> {
		if !namespace::exists(&self.namespace) || self.names.status()?.is_none() {
			return Ok(None);
		}
		namespace::inside(&self.namespace, || present(&self.interface))
	}

	fn start(&self, program: &Path, arguments: &Arguments) -> Result<(), NetworkError> {
		let inside = File::open(&self.namespace).doing("open a namespace")?;
		// Its socket stays where it is made, on the machine, though the interface does not.
		links::with(async |links| links.wireguard(&self.interface, Some(inside.as_fd())).await)?;
		let up = namespace::inside(&self.namespace, || {
			let port = Change { listen_port: Some(arguments.port), ..Change::default() };
			let order = messages::order(&self.interface, &port, &Status::default());
			speak::tell(FAMILY, SET_DEVICE, &order).doing("give the kernel's WireGuard a port")?;
			links::with(async |links| links.up(&self.interface, None).await)
		});
		match up {
			Err(error) if is_taken(&error) => {
				self.stop()?;
				return Err(NetworkError::TunnelPortTaken(arguments.port));
			},
			other => other?,
		};
		let names = Arguments { interface: String::new(), port: 0, ..arguments.clone() };
		self.names.start(program, &names)
	}

	fn change(&self, change: &Change) -> Result<(), NetworkError> {
		namespace::inside(&self.namespace, || {
			let missing = || io::Error::from_raw_os_error(libc::ENODEV);
			let present = present(&self.interface)?.ok_or_else(missing);
			let present = present.doing("find the interface of a tunnel")?;
			let order = messages::order(&self.interface, change, &present);
			speak::tell(FAMILY, SET_DEVICE, &order).doing("tell the kernel's WireGuard what to do")
		})
	}

	fn name(&self, zone: &Zone) -> Result<(), NetworkError> {
		self.names.name(zone)
	}

	fn stop(&self) -> Result<(), NetworkError> {
		self.names.stop()?;
		if !namespace::exists(&self.namespace) {
			return Ok(());
		}
		let remove = || links::with(async |links| links.remove(&self.interface).await);
		namespace::inside(&self.namespace, remove)
	}
}
