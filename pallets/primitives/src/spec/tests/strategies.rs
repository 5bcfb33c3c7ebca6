//! Well-formed specs at random.

use super::*;
use proptest::{collection::vec, option, prelude::*, sample::select};

/// A well-formed spec: networks, then volumes, databases and containers that refer to them.
pub(super) fn spec() -> impl Strategy<Value = Spec> {
	let size = 1u64 << 20..=1 << 50;
	let disk = select(vec![Disk::Ssd, Disk::Hdd]);
	let volume = (size.clone(), disk.clone()).prop_map(|(size, disk)| Volume { size, disk });
	let mode = select(vec![ZdbMode::User, ZdbMode::Sequential]);
	let zdb = (size, disk, mode, any::<bool>(), option::of(secret_bytes())).prop_map(
		|(size, disk, mode, public, password)| Zdb {
			size,
			disk,
			mode,
			public,
			password,
			networks: List::default(),
		},
	);
	let all = (vec(network(), 0..3), vec(volume, 1..4), vec(zdb, 0..4), vec(container(), 0..4));
	(all, any::<bool>()).prop_map(|((networks, volumes, zdbs, containers), reversed)| {
		let mut all = assemble(networks, volumes, zdbs, containers);
		if reversed {
			all.reverse();
		}
		Spec::V1(list(all))
	})
}

/// Give them names, and the addresses, volumes and ports that they share.
fn assemble(
	mut networks: Vec<Network>,
	volumes: Vec<Volume>,
	mut zdbs: Vec<Zdb>,
	mut containers: Vec<Container>,
) -> Vec<Workload> {
	for (index, network) in networks.iter_mut().enumerate() {
		let index = index as u8;
		network.range.ip = [10, index, 0, 0];
		network.subnet.ip = [10, index, 0, 0];
		network.port = network.port.map(|port| port / 4 * 4 + 1 + u16::from(index));
		for (number, peer) in network.access.iter_mut().enumerate() {
			peer.name = text(&format!("peer-{number}"));
			peer.public_key[0] = number as u8 + 1;
			peer.ip = [10, index, 0, 100 + number as u8];
		}
		if !containers.is_empty() {
			let forward =
				|number| forward(Protocol::Tcp, 1_000 + u16::from(index) * 10 + number, "box-0");
			network.forwards = list((0..3).map(forward));
		}
	}
	let attachments = |last: usize| {
		let attach = move |index| attachment(&format!("net-{index}"), [10, index, 0, last as u8]);
		(0..networks.len() as u8).map(attach)
	};
	for (index, zdb) in zdbs.iter_mut().enumerate() {
		zdb.networks = list(attachments(10 + index));
	}
	for (index, container) in containers.iter_mut().enumerate() {
		container.networks = list(attachments(20 + index));
		let mount = |number| mount(&format!("disk-{number}"), &format!("/srv/{number}"));
		container.mounts = list((0..volumes.len()).map(mount));
		for (number, variable) in container.env.iter_mut().enumerate() {
			variable.name = text(&format!("OPEN_{number}"));
		}
	}
	fn named<T>(
		name: &'static str,
		all: Vec<T>,
		kind: fn(T) -> Kind,
	) -> impl Iterator<Item = Workload> {
		let one = move |(index, it)| workload(&format!("{name}-{index}"), kind(it));
		all.into_iter().enumerate().map(one)
	}
	named("net", networks, Kind::Network)
		.chain(named("disk", volumes, Kind::Volume))
		.chain(named("db", zdbs, Kind::Zdb))
		.chain(named("box", containers, Kind::Container))
		.collect()
}

fn network() -> impl Strategy<Value = Network> {
	let ula = option::of((any::<[u8; 4]>(), 1u8..).prop_map(|([a, b, c, d], e)| [a, b, c, d, e]));
	let egress = select(vec![Egress::None, Egress::Full]);
	let port = option::of(20_000u16..60_000);
	let access = vec(any::<[u8; 32]>(), 0..4);
	let public_v4 = any::<bool>();
	let prefixes = (16u8..=24, 0u8..=8);
	(ula, egress, port, access, public_v4, prefixes).prop_map(
		|(ula, egress, port, access, public_v4, (prefix, longer))| Network {
			range: Subnet { ip: [0; 4], prefix },
			ula,
			subnet: Subnet { ip: [0; 4], prefix: (prefix + longer).min(24) },
			port,
			egress,
			public_v4,
			public_v6: false,
			forwards: List::default(),
			access: list(access.into_iter().map(|public_key| AccessPeer {
				name: Name::default(),
				public_key,
				ip: [0; 4],
			})),
		},
	)
}

fn container() -> impl Strategy<Value = Container> {
	let host = "[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,3})?\\.[a-z]{2,5}(:[1-9][0-9]{0,3})?";
	let reference =
		format!("{host}(/[a-z0-9]{{1,5}}((\\.|_|__|-{{1,3}})[a-z0-9]{{1,5}}){{0,2}}){{1,3}}");
	let reference = proptest::string::string_regex(&reference).expect("a pattern");
	let image = (reference, any::<[u8; 31]>()).prop_map(|(reference, rest)| {
		let mut digest = [1; 32];
		digest[1..].copy_from_slice(&rest);
		Image { reference: text(&reference), digest }
	});
	let signer = option::of(vec(any::<u8>(), 1..=256));
	let sizes = (10u32..=1_000_000, 4u64 << 20..=64 << 40, 1u64 << 20..=1 << 50);
	let words = || vec(told(), 0..4);
	let texts = (words(), words(), words());
	let secrets = vec((any::<bool>(), secret_bytes()), 0..4);
	let restart = prop_oneof![
		Just(RestartPolicy::Always),
		Just(RestartPolicy::Never),
		any::<u32>().prop_map(RestartPolicy::OnFailure),
	];
	let log = option::of(0u32..=1 << 30);
	(image, signer, sizes, texts, secrets, restart, log).prop_map(
		|(image, signer, (cpu, memory, root), (command, args, env), secrets, restart, log)| {
			let secret = |(number, (file, sealed)): (usize, (bool, Sealed))| Secret {
				delivery: match file {
					true => Delivery::File(text(&format!("/run/{number}"))),
					false => Delivery::Variable(text(&format!("SECRET_{number}"))),
				},
				sealed,
			};
			Container {
				image,
				signer: signer.map(list),
				cpu,
				memory,
				root,
				command: list(command.iter().map(|word| text(word))),
				args: list(args.iter().map(|word| text(word))),
				env: list(env.iter().map(|value| variable("", value))),
				secrets: list(secrets.into_iter().enumerate().map(secret)),
				mounts: List::default(),
				networks: List::default(),
				restart,
				log: log.map_or(LogTarget::Discard, LogTarget::Node),
			}
		},
	)
}

/// What a program can be told: anything but a NUL, and what YAML takes for something else.
fn told() -> impl Strategy<Value = alloc::string::String> {
	prop_oneof![
		"[^\0]{0,40}",
		select(vec!["true", "null", "~", "0x10", "1e3", "- a", "a: b", "#", "", " ", "\n\n", "'"])
			.prop_map(Into::into),
	]
}

fn secret_bytes() -> impl Strategy<Value = Sealed> {
	vec(any::<u8>(), 49..80).prop_map(|bytes| Sealed(list(bytes)))
}
