//! Private networks: their addresses, ports and devices.

use super::*;

/// What is found when the story has another network, with these addresses.
fn another(range: &str, part: &str) -> Result<(), Fault> {
	let network = bare_network(range, part);
	Story::new().more("other", Kind::Network(network)).spec().check()
}

#[test]
fn a_spec_has_as_many_networks_as_a_node_publishes_keys_of() {
	let with = |more: usize| {
		let add = |story: Story, index| {
			story.more(
				&format!("n{index}"),
				Kind::Network(bare_network("10.9.0.0/16", "10.9.1.0/24")),
			)
		};
		(0..more).fold(Story::new(), add).spec()
	};
	let has = Story::new().spec().networks().count();
	let most = MAX_NETWORKS as usize - has;
	assert_eq!(with(most).check(), Ok(()));
	let too_many = Fault { workload: None, reason: Reason::TooManyNetworks };
	assert_eq!(with(most + 1).check(), Err(too_many));
}

#[test]
fn no_network_has_what_no_node_can_give() {
	let network = Network { public_v6: true, ..bare_network("10.9.0.0/16", "10.9.1.0/24") };
	let found = Story::new().more("other", Kind::Network(network)).spec().check();
	assert_eq!(found, fault(MORE, Reason::NoPublicV6));
}

#[test]
fn ranges_are_private() {
	let private = [
		("10.0.0.0/16", "10.0.0.0/16"),
		("10.255.255.0/24", "10.255.255.252/30"),
		("172.16.0.0/16", "172.16.3.0/24"),
		("172.31.0.0/16", "172.31.0.0/17"),
		("192.168.0.0/16", "192.168.7.0/28"),
		("100.64.0.0/16", "100.64.0.0/24"),
		("100.127.0.0/20", "100.127.15.0/24"),
	];
	for (range, part) in private {
		assert_eq!(another(range, part), Ok(()), "{range}");
	}
	let public = ["8.8.0.0/16", "172.15.0.0/16", "172.32.0.0/16", "192.169.0.0/16", "9.255.0.0/16"];
	let shared = ["11.0.0.0/16", "100.63.0.0/16", "100.128.0.0/16", "127.0.0.0/16", "0.0.0.0/16"];
	for range in public.into_iter().chain(shared) {
		assert_eq!(another(range, range), fault(MORE, Reason::BadSubnet), "{range}");
	}
}

#[test]
fn ranges_have_a_sensible_size_and_begin_at_their_first_address() {
	for range in ["10.0.0.0/8", "10.0.0.0/15", "10.0.0.0/25", "10.0.0.0/0", "10.0.0.0/32"] {
		assert_eq!(another(range, "10.0.0.0/26"), fault(MORE, Reason::BadSubnet), "{range}");
	}
	for range in ["10.0.0.1/16", "10.0.1.0/16", "10.0.0.128/24"] {
		assert_eq!(another(range, "10.0.0.0/26"), fault(MORE, Reason::BadSubnet), "{range}");
	}
	let endless = with(|it| it.net.range.prefix = 255);
	assert_eq!(endless, fault(NET, Reason::BadSubnet));
}

#[test]
fn a_subnet_is_inside_of_its_range() {
	let range = "10.0.16.0/20";
	for part in ["10.0.16.0/20", "10.0.31.0/24", "10.0.31.252/30"] {
		assert_eq!(another(range, part), Ok(()), "{part}");
	}
	for part in ["10.0.0.0/19", "10.0.32.0/24", "10.0.15.0/24", "10.0.16.0/31", "10.0.16.1/24"] {
		assert_eq!(another(range, part), fault(MORE, Reason::BadSubnet), "{part}");
	}
	let endless = with(|it| it.net.subnet.prefix = 255);
	assert_eq!(endless, fault(NET, Reason::BadSubnet));
}

#[test]
fn local_addresses_of_version_6_are_random() {
	assert_eq!(with(|it| it.net.ula = None), Ok(()));
	assert_eq!(with(|it| it.net.ula = Some([0, 0, 0, 0, 1])), Ok(()));
	assert_eq!(with(|it| it.net.ula = Some([0; 5])), fault(NET, Reason::BadUla));
}

#[test]
fn addresses_are_those_that_can_be_given() {
	let attached = |ip| with(|it| it.web.networks = list([attachment("net", ip)]));
	for good in [[10, 1, 2, 2], [10, 1, 2, 254]] {
		assert_eq!(attached(good), Ok(()), "{good:?}");
	}
	// The subnet's own, the gateway's, everybody's, and others' subnets.
	let special = [[10, 1, 2, 0], [10, 1, 2, 1], [10, 1, 2, 255]];
	for bad in special.into_iter().chain([[10, 1, 3, 2], [10, 1, 1, 255], [0; 4]]) {
		assert_eq!(attached(bad), fault(WEB, Reason::BadAddress), "{bad:?}");
		let database = with(|it| it.index.networks = list([attachment("net", bad)]));
		assert_eq!(database, fault(INDEX, Reason::BadAddress), "{bad:?}");
		let device = with(|it| it.net.access = list([peer("laptop", 9, bad)]));
		assert_eq!(device, fault(NET, Reason::BadAddress), "{bad:?}");
	}
}

#[test]
fn an_address_is_given_once() {
	let as_index = with(|it| it.web.networks = list([attachment("net", [10, 1, 2, 3])]));
	assert_eq!(as_index, fault(WEB, Reason::AddressTaken));
	let as_laptop = with(|it| it.index.networks = list([attachment("net", [10, 1, 2, 9])]));
	assert_eq!(as_laptop, fault(INDEX, Reason::AddressTaken));
	let two_devices = with(|it| {
		it.net.access = list([peer("a", 1, [10, 1, 2, 7]), peer("b", 2, [10, 1, 2, 7])]);
	});
	assert_eq!(two_devices, fault(NET, Reason::AddressTaken));
	// Another network has addresses of its own, even the same.
	let network = Kind::Network(bare_network("10.1.0.0/16", "10.1.2.0/24"));
	let inside = Container { networks: list([attachment("n2", [10, 1, 2, 3])]), ..container() };
	let two = Story::new().more("n2", network).more("api", Kind::Container(inside));
	assert_eq!(two.spec().check(), Ok(()));
}

#[test]
fn a_workload_tells_its_networks_apart() {
	let web_in = |range: &str, part: &str, to: [Attachment; 2]| {
		let mut story = Story::new().more("n2", Kind::Network(bare_network(range, part)));
		story.web.networks = list(to);
		story.spec().check()
	};
	let first = attachment("net", [10, 1, 2, 2]);
	let apart = [first.clone(), attachment("n2", [10, 2, 2, 2])];
	assert_eq!(web_in("10.2.0.0/16", "10.2.2.0/24", apart), Ok(()));
	let twice = [first.clone(), attachment("net", [10, 1, 2, 4])];
	let found = web_in("10.2.0.0/16", "10.2.2.0/24", twice);
	assert_eq!(found, fault(WEB, Reason::AttachedTwice));
	let alike = [first, attachment("n2", [10, 1, 3, 2])];
	let found = web_in("10.1.0.0/20", "10.1.3.0/24", alike);
	assert_eq!(found, fault(WEB, Reason::RangesOverlap));
}

#[test]
fn ports_are_used_once() {
	let forwards = |forwards: Vec<Forward>| with(|it| it.net.forwards = list(forwards));
	let tcp = |port| forward(Protocol::Tcp, port, "web");
	let udp = |port| forward(Protocol::Udp, port, "web");
	assert_eq!(forwards(vec![]), Ok(()));
	assert_eq!(forwards(vec![tcp(1), udp(1), tcp(u16::MAX), tcp(51_820)]), Ok(()));
	let bad = fault(NET, Reason::BadPort);
	assert_eq!(forwards(vec![tcp(80), udp(80), tcp(80)]), bad);
	assert_eq!(forwards(vec![tcp(0)]), bad);
	assert_eq!(forwards(vec![Forward { to_port: 0, ..tcp(80) }]), bad);
	// WireGuard is there.
	assert_eq!(forwards(vec![udp(51_820)]), bad);
	assert_eq!(with(|it| it.net.port = Some(0)), bad);
	assert_eq!(with(|it| it.net.port = None), Ok(()));
}

#[test]
fn networks_share_the_address_of_the_node() {
	let found = |public: bool, second: Network| {
		let mut story = Story::new().more("n2", Kind::Network(second));
		story.net.public_v4 = public;
		story.web.networks.try_push(attachment("n2", [10, 2, 2, 2])).expect("there is room");
		story.spec().check()
	};
	let second = bare_network("10.2.0.0/16", "10.2.2.0/24");
	let other_port = Network { forwards: list([forward(Protocol::Tcp, 80, "web")]), ..second };
	assert_eq!(found(false, other_port.clone()), Ok(()));
	let same = Network { forwards: list([forward(Protocol::Tcp, 443, "web")]), ..other_port };
	assert_eq!(found(false, same.clone()), fault(MORE, Reason::BadPort));
	// Each public address has its own ports.
	assert_eq!(found(true, same.clone()), Ok(()));
	assert_eq!(found(true, Network { public_v4: true, ..same.clone() }), Ok(()));
	let wireguard = Network { port: Some(51_820), forwards: List::default(), ..same };
	assert_eq!(found(false, wireguard), fault(MORE, Reason::BadPort));
}

#[test]
fn forwards_lead_to_containers_that_are_attached() {
	let bad = fault(NET, Reason::BadReference);
	for to in ["index", "data", "net", "elsewhere"] {
		let forwards = list([forward(Protocol::Tcp, 80, to)]);
		assert_eq!(with(|it| it.net.forwards = forwards), bad, "{to}");
	}
	assert_eq!(with(|it| it.web.networks = List::default()), bad);
}

#[test]
fn devices_have_names_and_keys_of_their_own() {
	let [one, two] = [[10, 1, 2, 7], [10, 1, 2, 8]];
	let devices = |devices: [AccessPeer; 2]| with(|it| it.net.access = list(devices));
	assert_eq!(devices([peer("a", 1, one), peer("web", 2, two)]), Ok(()));
	assert_eq!(devices([peer("a", 1, one), peer("a", 2, two)]), fault(NET, Reason::NameTaken));
	assert_eq!(devices([peer("a", 1, one), peer("A", 2, two)]), fault(NET, Reason::BadName));
	assert_eq!(devices([peer("a", 1, one), peer("b", 1, two)]), fault(NET, Reason::BadKey));
	assert_eq!(devices([peer("a", 1, one), peer("b", 0, two)]), fault(NET, Reason::BadKey));
}

#[test]
fn subnets_know_their_addresses() {
	let small = subnet("10.1.2.4/30");
	assert_eq!((small.gateway(), small.broadcast()), ([10, 1, 2, 5], [10, 1, 2, 7]));
	assert!(small.contains([10, 1, 2, 4]) && small.contains([10, 1, 2, 7]));
	assert!(!small.contains([10, 1, 2, 3]) && !small.contains([10, 1, 2, 8]));
	assert!((0..=255).filter(|last| small.can_give([10, 1, 2, *last])).eq([6]));
	let large = subnet("10.1.0.0/16");
	assert_eq!((large.gateway(), large.broadcast()), ([10, 1, 0, 1], [10, 1, 255, 255]));
	assert!(large.overlaps(&small) && small.overlaps(&large) && small.overlaps(&small));
	assert!(!small.overlaps(&subnet("10.1.2.0/30")) && !large.overlaps(&subnet("10.2.0.0/16")));
	let all = subnet("0.0.0.0/0");
	assert!(all.contains([255; 4]) && all.overlaps(&small));
}

#[test]
fn subnets_are_written_as_everywhere() {
	for text in ["10.1.0.0/16", "0.0.0.0/0", "10.1.2.3/32"] {
		assert_eq!(format!("{}", subnet(text)), text);
	}
	for text in ["", "10.1.0.0", "10.1.0.0/", "10.1.0.0/33", "10.1.0.0/+8", "10.1.0/8", "/8"] {
		assert_eq!(text.parse::<Subnet>(), Err(NoSubnet), "{text}");
	}
}

#[test]
fn addresses_of_version_6_follow_those_of_version_4() {
	let network = network("10.1.0.0/16", "10.1.2.0/24");
	let v6 = |text: &str| text.parse().expect("an address");
	assert_eq!(network.ula_prefix(), Some(v6("fd01:203:405::")));
	assert_eq!(network.subnet_v6(), Some((v6("fd01:203:405::a01:200"), 120)));
	assert_eq!(network.address_v6([10, 1, 2, 3]), Some(v6("fd01:203:405::a01:203")));
	let without = Network { ula: None, ..network };
	assert_eq!((without.ula_prefix(), without.subnet_v6()), (None, None));
}
