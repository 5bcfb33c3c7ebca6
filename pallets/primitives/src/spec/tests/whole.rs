//! The spec as a whole, names, disks and references.

use super::*;

const MIB: u64 = 1 << 20;
const PIB: u64 = 1 << 50;

#[test]
fn a_spec_with_one_of_each_is_fine() {
	assert_eq!(Story::new().spec().check(), Ok(()));
}

#[test]
fn a_spec_has_workloads() {
	let nothing = Fault { workload: None, reason: Reason::Empty };
	assert_eq!(Spec::V1(List::default()).check(), Err(nothing));
}

#[test]
fn a_spec_is_not_too_large() {
	let story = |value: usize| {
		let long = |name| variable(name, &"x".repeat(4_096));
		let mut story = Story::new();
		story.web.env = list([long("A"), long("B"), long("C")]);
		story.web.env.try_push(variable("D", &"x".repeat(value))).expect("there is room");
		story.spec()
	};
	let fitting = 3_000 + MAX_SPEC as usize - story(3_000).encoded_size();
	assert_eq!(story(fitting).encoded_size(), MAX_SPEC as usize);
	assert_eq!(story(fitting).check(), Ok(()));
	let too_large = Fault { workload: None, reason: Reason::TooLarge };
	assert_eq!(story(fitting + 1).check(), Err(too_large));
}

#[test]
fn names_are_plain() {
	let named = |name: &str| {
		let volume = Kind::Volume(Volume { size: MIB, disk: Disk::Ssd });
		Story::new().more(name, volume).spec().check()
	};
	for good in ["a", "0", "a-b", "a--b", "0123456789abcdefghijklmnopqrstuvwxyz"] {
		assert_eq!(named(good), Ok(()), "{good}");
	}
	for bad in ["", "-", "-a", "a-", "A", "a_b", "a.b", "a b", "ä", "a\0"] {
		assert_eq!(named(bad), fault(MORE, Reason::BadName), "{bad:?}");
	}
	assert_eq!(named("web"), fault(MORE, Reason::NameTaken));
}

#[test]
fn disks_are_neither_tiny_nor_boundless() {
	for size in [MIB, PIB] {
		assert_eq!(with(|it| it.data.size = size), Ok(()));
		assert_eq!(with(|it| it.index.size = size), Ok(()));
		assert_eq!(with(|it| it.web.root = size), Ok(()));
	}
	for size in [0, MIB - 1, PIB + 1, u64::MAX] {
		assert_eq!(with(|it| it.data.size = size), fault(DATA, Reason::BadSize));
		assert_eq!(with(|it| it.index.size = size), fault(INDEX, Reason::BadSize));
		assert_eq!(with(|it| it.web.root = size), fault(WEB, Reason::BadSize));
	}
}

#[test]
fn a_password_is_sealed() {
	assert_eq!(with(|it| it.index.password = None), Ok(()));
	assert_eq!(with(|it| it.index.password = Some(sealed(1))), Ok(()));
	for short in [sealed(0), Sealed::default()] {
		let found = with(|it| it.index.password = Some(short));
		assert_eq!(found, fault(INDEX, Reason::BadSecret));
	}
}

#[test]
fn attachments_name_networks_of_the_spec() {
	for to in ["web", "data", "elsewhere", ""] {
		let to = |ip| list([attachment(to, ip)]);
		let found = with(|it| it.index.networks = to([10, 1, 2, 3]));
		assert_eq!(found, fault(INDEX, Reason::BadReference));
	}
	let found = with(|it| {
		it.net.forwards = List::default();
		it.web.networks = list([attachment("index", [10, 1, 2, 2])]);
	});
	assert_eq!(found, fault(WEB, Reason::BadReference));
}

#[test]
fn the_first_fault_in_the_order_of_workloads_is_told() {
	let found = with(|it| {
		it.web.cpu = 0;
		it.data.size = 0;
	});
	assert_eq!(found, fault(DATA, Reason::BadSize));
}

#[test]
fn usage_is_the_sum_of_what_is_used() {
	let mut story = Story::new();
	story.net.public_v4 = true;
	let public = Network { public_v4: true, public_v6: true, ..story.net.clone() };
	let used = story.more("public", Kind::Network(public)).spec().usage();
	let capacity = Capacity {
		cru: 500,
		mru: 64 << 20,
		// The volume, what the container writes, and its log.
		sru: (1 << 30) + (1 << 30) + 65_536,
		hru: 1 << 40,
	};
	assert_eq!(used, Usage { capacity, public_v4: 2, public_v6: 1 });
}
