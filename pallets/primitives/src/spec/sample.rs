//! Specs to measure with.

use super::{
	limits::{DISK, MAX_NETWORKS, MAX_SPEC, MAX_WORKLOADS},
	AccessPeer, Attachment, Container, Delivery, Disk, Egress, Forward, Image, Kind, List,
	LogTarget, Mount, Name, Network, Protocol, RestartPolicy, Sealed, Secret, Spec, Subnet, Text,
	Variable, Volume, Workload, Zdb, ZdbMode,
};
use alloc::{format, vec, vec::Vec};
use codec::Encode;

/// The most of anything that a workload of a sample has beside what fills it.
const RICHEST: u32 = 8;
/// The most variables of a container.
const MOST_VARIABLES: usize = 128;
/// The most bytes in the value of a variable.
const LONGEST_VALUE: usize = 4_096;

/// A well-formed spec with exactly so many workloads (1 to 64), and as close to so many bytes as
/// they allow, but never too large. It is about the hardest to check of its size: what is left is
/// filled with short variables first. One workload is a volume, and the bytes do not matter.
pub fn sample(workloads: u32, bytes: u32) -> Spec {
	let workloads = workloads.clamp(1, MAX_WORKLOADS);
	let bytes = bytes.min(MAX_SPEC) as usize;
	let fits = |spec: &Spec| spec.encoded_size() <= bytes;
	let richest = (0..=RICHEST).rev().map(|rich| unfilled(workloads, rich)).find(fits);
	let mut spec = richest.unwrap_or_else(|| unfilled(workloads, 0));
	fill(&mut spec, bytes);
	spec
}

/// So many of its workloads are networks at most: whoever measures has room for some more.
const MOST_NETWORKS: u32 = MAX_NETWORKS / 2 - 1;

/// The four kinds in turn, while there may be more networks. The richer they are, the more they refer to
/// each other.
fn unfilled(workloads: u32, rich: u32) -> Spec {
	let all: Vec<_> = (0..workloads)
		.map(|index| {
			let kind = match index % 4 {
				0 => Kind::Volume(Volume { size: *DISK.start(), disk: Disk::Ssd }),
				1 => Kind::Container(container(workloads, index, rich)),
				2 if index / 4 < MOST_NETWORKS => Kind::Network(network(index, rich)),
				_ => Kind::Zdb(zdb(workloads, index, rich)),
			};
			Workload { name: name(index), kind }
		})
		.collect();
	Spec::V1(list(all))
}

fn network(index: u32, rich: u32) -> Network {
	let forward = |port| Forward {
		protocol: Protocol::Tcp,
		port: (index * RICHEST + port + 1) as u16,
		to: name(1),
		to_port: 80,
	};
	let peer = |number| AccessPeer {
		name: name(number),
		public_key: [number as u8 + 1; 32],
		ip: [10, index as u8, 255, number as u8],
	};
	let range = Subnet { ip: [10, index as u8, 0, 0], prefix: 16 };
	// The first container is in the first networks, as many as it is rich.
	let forwards = if index / 4 < rich.max(1) { rich } else { 0 };
	Network {
		range,
		ula: Some([1; 5]),
		subnet: range,
		port: None,
		egress: Egress::Full,
		public_v4: false,
		public_v6: false,
		forwards: list((0..forwards).map(forward).collect()),
		access: list((0..rich / 4).map(peer).collect()),
	}
}

fn zdb(workloads: u32, index: u32, rich: u32) -> Zdb {
	Zdb {
		size: *DISK.start(),
		disk: Disk::Hdd,
		mode: ZdbMode::User,
		public: false,
		password: (rich > 0).then(secret),
		networks: list(attachments(workloads, index, rich.min(4))),
	}
}

fn container(workloads: u32, index: u32, rich: u32) -> Container {
	let volumes = (0..workloads).step_by(4).take(rich.max(1) as usize);
	let mount = |volume| Mount {
		volume: name(volume),
		path: text(&format!("/srv/{volume}")),
		read_only: false,
	};
	let file = |number| Secret {
		delivery: Delivery::File(text(&format!("/run/{number}"))),
		sealed: secret(),
	};
	Container {
		image: Image { reference: text("localhost/a"), digest: [1; 32] },
		signer: None,
		cpu: 10,
		memory: 4 << 20,
		root: *DISK.start(),
		command: List::default(),
		args: List::default(),
		env: List::default(),
		secrets: list((0..rich / 4).map(file).collect()),
		mounts: list(volumes.map(mount).collect()),
		networks: list(attachments(workloads, index, rich.max(1))),
		restart: RestartPolicy::Always,
		log: LogTarget::Discard,
	}
}

/// To the first networks, with an address that tells the workload.
fn attachments(workloads: u32, index: u32, number: u32) -> Vec<Attachment> {
	let networks = (2..workloads).step_by(4).take(number.min(MOST_NETWORKS) as usize);
	let attach =
		|network| Attachment { network: name(network), ip: [10, network as u8, 1, index as u8] };
	networks.map(attach).collect()
}

/// Fill the containers with variables: short ones, and one of which the value has what is left.
fn fill(spec: &mut Spec, bytes: usize) {
	let Spec::V1(workloads) = spec;
	let mut left = bytes.saturating_sub(workloads.encoded_size() + 1);
	for workload in workloads.iter_mut() {
		let Kind::Container(container) = &mut workload.kind else { continue };
		let before = container.env.encoded_size();
		let mut env: Vec<Variable> = Vec::new();
		while env.len() < MOST_VARIABLES {
			let next = Variable { name: text(&format!("A{}", env.len())), value: Text::default() };
			env.push(next);
			if env.encoded_size() - before > left {
				env.pop();
				break;
			}
		}
		left -= env.encoded_size() - before;
		container.env = list(env);
	}
	for workload in workloads.iter_mut() {
		let Kind::Container(container) = &mut workload.kind else { continue };
		for variable in container.env.iter_mut() {
			// The length of a value takes up to a byte more than that of none.
			let length = left.saturating_sub(1).min(LONGEST_VALUE);
			variable.value = Text(list(vec![b'a'; length]));
			left -= variable.value.encoded_size() - 1;
		}
	}
}

fn name(index: u32) -> Name {
	text(&format!("w{index}"))
}

fn secret() -> Sealed {
	Sealed(list(vec![1; Sealed::OVERHEAD as usize + 1]))
}

fn text<const MOST: u32>(text: &str) -> Text<MOST> {
	text.try_into().expect("a sample's texts are short; qed")
}

fn list<T, const MOST: u32>(items: Vec<T>) -> List<T, MOST> {
	items.try_into().ok().expect("a sample's lists are short; qed")
}
