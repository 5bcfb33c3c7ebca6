//! Stories of specs: one that is fine, and what becomes of it with one thing changed.

mod containers;
mod faults;
mod formats;
mod images;
mod networks;
mod paths;
mod plans;
mod properties;
mod samples;
mod strategies;
mod whole;

use super::*;
use alloc::{format, vec, vec::Vec};

/// A well-formed spec with one of each kind.
#[derive(Clone)]
struct Story {
	net: Network,
	data: Volume,
	index: Zdb,
	web: Container,
	/// What comes after them.
	more: Vec<Workload>,
}

/// Where they are in the spec.
const NET: u32 = 0;
const DATA: u32 = 1;
const INDEX: u32 = 2;
const WEB: u32 = 3;
const MORE: u32 = 4;

impl Story {
	fn new() -> Self {
		Self {
			net: network("10.1.0.0/16", "10.1.2.0/24"),
			data: Volume { size: 1 << 30, disk: Disk::Ssd },
			index: Zdb {
				size: 1 << 40,
				disk: Disk::Hdd,
				mode: ZdbMode::User,
				public: false,
				password: Some(sealed(7)),
				networks: list([attachment("net", [10, 1, 2, 3])]),
			},
			web: Container {
				signer: Some(list([0x30, 0x59])),
				command: list([text("/bin/sh"), text("-c")]),
				args: list([text("serve\n--fast")]),
				env: list([variable("LOG_LEVEL", "info")]),
				secrets: list([
					secret(Delivery::Variable(text("DB_PASSWORD"))),
					secret(Delivery::File(text("/etc/tls/key.pem"))),
				]),
				mounts: list([mount("data", "/var/lib/data")]),
				networks: list([attachment("net", [10, 1, 2, 2])]),
				..container()
			},
			more: Vec::new(),
		}
	}

	fn more(mut self, name: &str, kind: Kind) -> Self {
		self.more.push(workload(name, kind));
		self
	}

	fn spec(self) -> Spec {
		let mut all = vec![
			workload("net", Kind::Network(self.net)),
			workload("data", Kind::Volume(self.data)),
			workload("index", Kind::Zdb(self.index)),
			workload("web", Kind::Container(self.web)),
		];
		all.extend(self.more);
		Spec::V1(list(all))
	}
}

/// What is found in the story after a change.
fn with(change: impl FnOnce(&mut Story)) -> Result<(), Fault> {
	let mut story = Story::new();
	change(&mut story);
	story.spec().check()
}

fn fault(workload: u32, reason: Reason) -> Result<(), Fault> {
	Err(Fault { workload: Some(workload), reason })
}

fn workload(name: &str, kind: Kind) -> Workload {
	Workload { name: text(name), kind }
}

/// With a port, a forward and a device.
fn network(range: &str, part: &str) -> Network {
	let subnet: Subnet = subnet(part);
	let [a, b, c, d] = subnet.ip;
	Network {
		range: self::subnet(range),
		ula: Some([1, 2, 3, 4, 5]),
		subnet,
		port: Some(51_820),
		egress: Egress::Full,
		public_v4: false,
		public_v6: false,
		forwards: list([forward(Protocol::Tcp, 443, "web")]),
		access: list([peer("laptop", 9, [a, b, c, d + 9])]),
	}
}

/// Nothing but its addresses.
fn bare_network(range: &str, part: &str) -> Network {
	Network {
		port: None,
		forwards: List::default(),
		access: List::default(),
		..network(range, part)
	}
}

/// Nothing but what each has.
fn container() -> Container {
	Container {
		image: Image { reference: text("registry.example:5000/team/app"), digest: [0xab; 32] },
		signer: None,
		cpu: 500,
		memory: 64 << 20,
		root: 1 << 30,
		command: List::default(),
		args: List::default(),
		env: List::default(),
		secrets: List::default(),
		mounts: List::default(),
		networks: List::default(),
		restart: RestartPolicy::OnFailure(3),
		log: LogTarget::Node(65_536),
	}
}

fn forward(protocol: Protocol, port: u16, to: &str) -> Forward {
	Forward { protocol, port, to: text(to), to_port: 8_443 }
}

fn peer(name: &str, key: u8, ip: [u8; 4]) -> AccessPeer {
	AccessPeer { name: text(name), public_key: [key; 32], ip }
}

fn attachment(network: &str, ip: [u8; 4]) -> Attachment {
	Attachment { network: text(network), ip }
}

fn mount(volume: &str, path: &str) -> Mount {
	Mount { volume: text(volume), path: text(path), read_only: true }
}

fn variable(name: &str, value: &str) -> Variable {
	Variable { name: text(name), value: text(value) }
}

fn secret(delivery: Delivery) -> Secret {
	Secret { delivery, sealed: sealed(1) }
}

/// A secret of so many bytes, sealed.
fn sealed(bytes: usize) -> Sealed {
	Sealed(list(vec![7; Sealed::OVERHEAD as usize + bytes]))
}

fn subnet(text: &str) -> Subnet {
	text.parse().expect("a subnet")
}

fn text<const MOST: u32>(text: &str) -> Text<MOST> {
	text.try_into().expect("a short text")
}

fn list<T, const MOST: u32>(items: impl IntoIterator<Item = T>) -> List<T, MOST> {
	items.into_iter().collect::<Vec<_>>().try_into().ok().expect("a short list")
}
