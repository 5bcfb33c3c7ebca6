//! Public addresses are unique in the whole grid, usable, and safe while a contract has them.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::{
	ip::IpVersion::{V4, V6},
	ports::{Farms as _, PublicIps as _},
};

#[test]
fn an_address_is_in_one_pool_of_the_grid() {
	world(|| {
		let farm = alices_farm();
		assert_ok!(add(ALICE, farm, &["203.0.113.2", "203.0.113.3"], "203.0.113.1"));
		let again = add(ALICE, farm, &["203.0.113.2"], "203.0.113.1");
		assert_noop!(again, Error::<Test>::IpTaken);
		let twice = add(ALICE, farm, &["203.0.113.4", "203.0.113.4"], "203.0.113.1");
		assert_noop!(twice, Error::<Test>::IpTaken);

		assert_ok!(Land::create(Signed(BOB).into(), name("orchard"), None));
		let bobs = add(BOB, 2, &["203.0.113.9", "203.0.113.3"], "203.0.113.1");
		assert_noop!(bobs, Error::<Test>::IpTaken);
		assert_eq!(Land::free_ips(2, V4), 0, "all are added, or none");
	});
}

#[test]
fn a_gateway_is_in_no_pool() {
	world(|| {
		let farm = alices_farm();
		let own = add(ALICE, farm, &["203.0.113.2"], "203.0.113.2");
		assert_noop!(own, Error::<Test>::GatewayInPool);
		let new = add(ALICE, farm, &["203.0.113.2", "203.0.113.1"], "203.0.113.1");
		assert_noop!(new, Error::<Test>::GatewayInPool);
		assert_ok!(add(ALICE, farm, &["203.0.113.2"], "203.0.113.1"));
		let old = add(ALICE, farm, &["203.0.113.3"], "203.0.113.2");
		assert_noop!(old, Error::<Test>::GatewayInPool);
		let gateway = add(ALICE, farm, &["203.0.113.1"], "203.0.113.254");
		assert_noop!(gateway, Error::<Test>::IpIsGateway);

		assert_ok!(Land::remove_public_ip(Signed(ALICE).into(), farm, ip("203.0.113.2")));
		assert_ok!(add(ALICE, farm, &["203.0.113.1"], "203.0.113.254"));
	});
}

#[test]
fn addresses_must_be_usable() {
	world(|| {
		let farm = alices_farm();
		let private = add(ALICE, farm, &["10.0.0.2"], "10.0.0.1");
		assert_noop!(private, Error::<Test>::IpNotPublic);
		let outside = add(ALICE, farm, &["203.0.113.2"], "198.51.100.1");
		assert_noop!(outside, Error::<Test>::GatewayOutside);
		let mixed = add(ALICE, farm, &["2001:db8::2"], "203.0.113.1");
		assert_noop!(mixed, Error::<Test>::GatewayOutside);
		let broadcast = add(ALICE, farm, &["203.0.113.255"], "203.0.113.1");
		assert_noop!(broadcast, Error::<Test>::IpNotOfOneHost);
		let prefix = vec![FarmAddress { ip: ip("203.0.113.2"), prefix: 32 }].try_into().unwrap();
		let alone = Land::add_public_ips(Signed(ALICE).into(), farm, prefix, ip("203.0.113.1"));
		assert_noop!(alone, Error::<Test>::BadPrefix);
	});
}

#[test]
fn the_pool_is_bounded_and_paid_for() {
	world(|| {
		let farm = alices_farm();
		let before = held(ALICE);
		let four = ["203.0.113.2", "203.0.113.3", "203.0.113.4", "203.0.113.5"];
		assert_ok!(add(ALICE, farm, &four, "203.0.113.1"));
		assert_eq!(held(ALICE), before + 8);
		let three = ["203.0.113.6", "203.0.113.7", "203.0.113.8"];
		assert_noop!(add(ALICE, farm, &three, "203.0.113.1"), Error::<Test>::TooManyIps);
		assert_ok!(Land::remove_public_ip(Signed(ALICE).into(), farm, ip("203.0.113.2")));
		assert_eq!(held(ALICE), before + 6);
		assert_ok!(add(ALICE, farm, &three, "203.0.113.1"));
	});
}

#[test]
fn as_many_are_reserved_as_are_wanted_or_none() {
	world(|| {
		let farm = alices_farm();
		assert_ok!(add(ALICE, farm, &["203.0.113.2", "203.0.113.3"], "203.0.113.1"));
		assert_ok!(add(ALICE, farm, &["2001:db8::2"], "2001:db8::1"));
		assert_eq!(Land::reserve(farm, V4, 3), None);
		assert_eq!(Land::reserve(7, V4, 1), None);
		assert_eq!((Land::free_ips(farm, V4), Land::free_ips(farm, V6)), (2, 1));

		let mut v4 = Land::reserve(farm, V4, 2).expect("there are two");
		v4.sort();
		assert_eq!(v4, [ip("203.0.113.2"), ip("203.0.113.3")]);
		assert_eq!(Land::reserve(farm, V6, 1), Some(vec![ip("2001:db8::2")]));
		assert_eq!((Land::free_ips(farm, V4), Land::free_ips(farm, V6)), (0, 0));
		assert_eq!(Land::public_ips(farm, V6, true, None), [ip("2001:db8::2")]);
	});
}

#[test]
fn a_reserved_address_stays() {
	world(|| {
		let farm = alices_farm();
		assert_ok!(add(ALICE, farm, &["203.0.113.2"], "203.0.113.1"));
		let ips = Land::reserve(farm, V4, 1).expect("there is one");
		let remove = || Land::remove_public_ip(Signed(ALICE).into(), farm, ips[0]);
		assert_noop!(remove(), Error::<Test>::IpReserved);
		let delete = Land::delete(Signed(ALICE).into(), farm);
		assert_noop!(delete, Error::<Test>::HasReservedIps);

		Land::release(&ips);
		assert_eq!(Land::free_ips(farm, V4), 1);
		assert_ok!(remove());
		assert_noop!(remove(), Error::<Test>::NoIp);
	});
}

#[test]
fn a_farmer_removes_own_addresses_only() {
	world(|| {
		let farm = alices_farm();
		assert_ok!(add(ALICE, farm, &["203.0.113.2"], "203.0.113.1"));
		assert_ok!(Land::create(Signed(BOB).into(), name("orchard"), None));
		let remove = Land::remove_public_ip(Signed(BOB).into(), 2, ip("203.0.113.2"));
		assert_noop!(remove, Error::<Test>::NoIp);
	});
}

#[test]
fn the_pool_is_read_in_pages() {
	world(|| {
		let farm = alices_farm();
		let four = ["203.0.113.2", "203.0.113.3", "203.0.113.4", "203.0.113.5"];
		assert_ok!(add(ALICE, farm, &four, "203.0.113.1"));
		let all = Land::public_ips(farm, V4, false, None);
		assert_eq!(all.len(), 4);
		assert_eq!(Land::public_ips(farm, V4, false, Some(all[1])), all[2..]);
		assert!(Land::public_ips(farm, V4, true, None).is_empty());
	});
}
