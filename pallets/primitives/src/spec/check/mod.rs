//! Whether a spec is well-formed.
//!
//! The workloads are looked at in their order, once, so that the first fault is the same for
//! everybody. Nothing here takes longer than sorting the spec would.

mod container;
mod image;
mod names;
mod network;
mod paths;

use super::{
	limits::{DISK, MAX_NETWORKS, MAX_SPEC},
	Attachment, Fault, Kind, Name, Network, Protocol, Reason, Sealed, Spec, Workload,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use codec::Encode;

impl Spec {
	/// Whether it is well-formed by itself.
	pub fn check(&self) -> Result<(), Fault> {
		let whole = |reason| Err(Fault { workload: None, reason });
		if self.workloads().is_empty() {
			return whole(Reason::Empty);
		}
		if self.encoded_size() > MAX_SPEC as usize {
			return whole(Reason::TooLarge);
		}
		if self.networks().count() > MAX_NETWORKS as usize {
			return whole(Reason::TooManyNetworks);
		}
		let at = |index| move |reason| Fault { workload: Some(index), reason };
		let mut seen = Seen::default();
		for (index, workload) in (0..).zip(self.workloads()) {
			seen.name(index, workload).map_err(at(index))?;
		}
		for (index, workload) in (0..).zip(self.workloads()) {
			seen.workload(index, workload).map_err(at(index))?;
		}
		Ok(())
	}
}

/// Whose address a port is at: the node's own, or the public one of a network.
type Outside = Option<u32>;

/// What the workloads of a spec share, so far as they were looked at.
#[derive(Default)]
struct Seen<'a> {
	/// All of them, by name, with their number.
	names: BTreeMap<&'a Name, (u32, &'a Kind)>,
	/// The addresses that are given in each network.
	addresses: BTreeSet<(u32, [u8; 4])>,
	/// The ports that are used.
	ports: BTreeSet<(Outside, Protocol, u16)>,
}

impl<'a> Seen<'a> {
	fn name(&mut self, index: u32, workload: &'a Workload) -> Result<(), Reason> {
		ensure(workload.name.is_name(), Reason::BadName)?;
		let other = self.names.insert(&workload.name, (index, &workload.kind));
		ensure(other.is_none(), Reason::NameTaken)
	}

	fn workload(&mut self, index: u32, workload: &'a Workload) -> Result<(), Reason> {
		match &workload.kind {
			Kind::Network(it) => self.network(index, &workload.name, it),
			Kind::Volume(it) => disk(it.size),
			Kind::Zdb(it) => {
				disk(it.size)?;
				it.password.iter().try_for_each(sealed)?;
				self.attachments(&it.networks)
			},
			Kind::Container(it) => self.container(it),
		}
	}

	fn kind(&self, name: &Name) -> Result<&'a Kind, Reason> {
		self.names.get(name).map(|(_, kind)| *kind).ok_or(Reason::BadReference)
	}

	/// What a workload is attached to: each network once, none that overlaps with another, and with
	/// an address that nobody else has.
	fn attachments(&mut self, attachments: &'a [Attachment]) -> Result<(), Reason> {
		// There are 8 at most, so that all can be compared with all.
		let mut joined: Vec<(u32, &Network)> = Vec::new();
		for attachment in attachments {
			let Some((index, Kind::Network(network))) =
				self.names.get(&attachment.network).copied()
			else {
				return Err(Reason::BadReference);
			};
			for (other, its) in &joined {
				ensure(*other != index, Reason::AttachedTwice)?;
				ensure(!its.range.overlaps(&network.range), Reason::RangesOverlap)?;
			}
			joined.push((index, network));
			self.give(index, network, attachment.ip)?;
		}
		Ok(())
	}

	/// Give somebody an address of a network.
	fn give(&mut self, index: u32, network: &Network, ip: [u8; 4]) -> Result<(), Reason> {
		ensure(network.subnet.can_give(ip), Reason::BadAddress)?;
		ensure(self.addresses.insert((index, ip)), Reason::AddressTaken)
	}
}

fn ensure(good: bool, reason: Reason) -> Result<(), Reason> {
	if good {
		Ok(())
	} else {
		Err(reason)
	}
}

fn disk(size: u64) -> Result<(), Reason> {
	ensure(DISK.contains(&size), Reason::BadSize)
}

/// A secret of no bytes keeps nothing secret.
fn sealed(secret: &Sealed) -> Result<(), Reason> {
	ensure(secret.0.len() > Sealed::OVERHEAD as usize, Reason::BadSecret)
}

/// Nobody has such a key, and nothing such a hash.
fn is_blank(bytes: &[u8; 32]) -> bool {
	*bytes == [0; 32]
}
