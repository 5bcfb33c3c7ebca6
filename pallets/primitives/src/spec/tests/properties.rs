//! What holds for all specs.

use super::{strategies, *};
use proptest::{collection::vec, prelude::*};

/// The specs that these bytes are, if they are any, can be looked at from all sides.
fn look_at(bytes: &[u8]) {
	let Ok(spec) = Spec::decode(&mut &bytes[..]) else { return };
	let _ = spec.usage();
	if let Err(fault) = spec.check() {
		let _ = format!("{fault}");
	}
	let _ = plan::check([(1, &spec), (2, &spec)].into_iter());
	let _ = plan::check_together([(1, &spec), (2, &spec)].into_iter());
	for (_, network) in spec.networks() {
		let _ = (network.subnet_v6(), network.subnet.gateway(), network.subnet.broadcast());
	}
}

proptest! {
	#[test]
	fn well_formed_specs_pass_and_come_back(spec in strategies::spec()) {
		prop_assert_eq!(spec.check(), Ok(()));
		let bytes = spec.encode();
		let same = [
			Spec::decode(&mut &bytes[..]).expect("SCALE"),
			serde_json::from_str(&serde_json::to_string(&spec).expect("JSON")).expect("JSON"),
			serde_json::from_value(serde_json::to_value(&spec).expect("JSON")).expect("JSON"),
			serde_saphyr::from_str(&serde_saphyr::to_string(&spec).expect("YAML")).expect("YAML"),
		];
		for same in same {
			prop_assert_eq!(&same, &spec);
			prop_assert_eq!(same.hash(), spec.hash());
			prop_assert_eq!(same.usage(), spec.usage());
		}
	}

	#[test]
	fn each_byte_is_in_the_hash(spec in strategies::spec(), flip in 1u8..) {
		let mut bytes = spec.encode();
		for index in 0..bytes.len() {
			bytes[index] ^= flip;
			if let Ok(other) = Spec::decode(&mut &bytes[..]) {
				prop_assert_ne!(other.hash(), spec.hash(), "byte {}", index);
			}
			bytes[index] ^= flip;
		}
	}

	#[test]
	fn nothing_is_used_for_free(spec in strategies::spec()) {
		let used = spec.usage();
		let mut sum = Capacity::ZERO;
		let (mut public_v4, mut public_v6) = (0, 0);
		for workload in spec.workloads() {
			let part = Spec::V1(list([workload.clone()])).usage();
			prop_assert!(used.capacity.covers(&part.capacity));
			sum = sum.checked_add(part.capacity).expect("no overflow");
			match &workload.kind {
				Kind::Network(it) => {
					public_v4 += u32::from(it.public_v4);
					public_v6 += u32::from(it.public_v6);
				},
				Kind::Volume(it) => {
					prop_assert_eq!(part.capacity.sru + part.capacity.hru, it.size);
				},
				Kind::Zdb(it) => prop_assert_eq!(part.capacity.sru + part.capacity.hru, it.size),
				Kind::Container(it) => {
					prop_assert_eq!((part.capacity.cru, part.capacity.mru), (it.cpu.into(), it.memory));
					prop_assert!(part.capacity.sru >= it.root);
				},
			}
		}
		prop_assert_eq!(used, Usage { capacity: sum, public_v4, public_v6 });
	}

	#[test]
	fn two_nodes_with_the_same_network_need_two_parts(spec in strategies::spec()) {
		let found = plan::check([(1, &spec), (2, &spec)].into_iter());
		match spec.networks().next() {
			None => prop_assert_eq!(found, Ok(())),
			Some(_) => prop_assert_eq!(found.unwrap_err().1.reason, Reason::SubnetsOverlap),
		}
	}

	#[test]
	fn disjoint_subnets_are_disjoint_in_version_6(
		one in (any::<[u8; 4]>(), 0u8..=30),
		other in (any::<[u8; 4]>(), 0u8..=30),
		near in any::<bool>(),
	) {
		let subnet = |(ip, prefix)| {
			let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
			Subnet { ip: (u32::from_be_bytes(ip) & mask).to_be_bytes(), prefix }
		};
		let other = if near { ([one.0[0], one.0[1], one.0[2], other.0[3]], other.1) } else { other };
		let [one, other] = [one, other].map(subnet);
		let v6 = |subnet| {
			let network = Network { subnet, ..bare_network("10.0.0.0/16", "10.0.0.0/24") };
			let (ip, prefix) = network.subnet_v6().expect("it has a ula");
			(crate::ip::Ip::V6(ip.octets()), prefix)
		};
		let ((ip, prefix), (other_ip, other_prefix)) = (v6(one), v6(other));
		let overlap = ip.shares_subnet(&other_ip, prefix.min(other_prefix));
		prop_assert_eq!(one.overlaps(&other), overlap);
	}

	#[test]
	fn garbage_is_looked_at_calmly(bytes in vec(any::<u8>(), 0..400)) {
		look_at(&bytes);
	}

	#[test]
	fn spoilt_specs_are_looked_at_calmly(
		spec in strategies::spec(),
		spoils in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
	) {
		let mut bytes = spec.encode();
		for (index, byte) in spoils {
			let index = index.index(bytes.len());
			bytes[index] = byte;
			look_at(&bytes);
		}
	}
}
