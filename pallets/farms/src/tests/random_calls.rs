//! Whatever farmers call and contracts take, the pools stay right.

use super::world::*;
use crate::*;
use frame_system::RawOrigin::Signed;
use grid_primitives::{
	ip::{Ip, IpVersion},
	ports::{Farms as _, PublicIps as _},
};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
	Create(u64, u8),
	Rename(u64, u32, u8),
	Add(u64, u32, Vec<u8>, u8),
	Remove(u64, u32, u8),
	Offer(u64, u32, u64),
	Accept(u64, u32),
	Delete(u64, u32),
	Reserve(u32, u32),
	Release(usize),
}

fn step() -> impl Strategy<Value = Step> {
	let (who, farm, last) = (1u64..=3, 1u32..=4, 0u8..=9);
	let whose = (who.clone(), farm.clone());
	prop_oneof![
		(who.clone(), last.clone()).prop_map(|(w, n)| Step::Create(w, n)),
		(whose.clone(), last.clone()).prop_map(|((w, f), n)| Step::Rename(w, f, n)),
		(whose.clone(), prop::collection::vec(last.clone(), 0..4), last.clone())
			.prop_map(|((w, f), ips, g)| Step::Add(w, f, ips, g)),
		(whose.clone(), last).prop_map(|((w, f), ip)| Step::Remove(w, f, ip)),
		(whose.clone(), who).prop_map(|((w, f), to)| Step::Offer(w, f, to)),
		whose.clone().prop_map(|(w, f)| Step::Accept(w, f)),
		whose.prop_map(|(w, f)| Step::Delete(w, f)),
		(farm, 0u32..4).prop_map(|(f, n)| Step::Reserve(f, n)),
		(0usize..4).prop_map(Step::Release),
	]
}

fn address(last: u8) -> Ip {
	Ip::V4([203, 0, 113, last])
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn pools_stay_right(steps in prop::collection::vec(step(), 1..80)) {
		world(|| {
			let mut contracts: Vec<Vec<Ip>> = Vec::new();
			for step in steps {
				// Many steps are refused; what counts is what is left.
				let call = |call: Call<Test>, who: u64| {
					use sp_runtime::traits::Dispatchable;
					let _refused = RuntimeCall::from(call).dispatch(Signed(who).into());
				};
				match step {
					Step::Create(who, n) => {
						call(Call::create { name: name(&format!("farm{n}")), payout: None }, who);
					},
					Step::Rename(who, farm, n) => {
						call(Call::update { farm, name: name(&format!("FARM{n}")) }, who);
					},
					Step::Add(who, farm, last, gateway) => {
						let ips: Vec<_> = last
							.into_iter()
							.map(|last| FarmAddress { ip: address(last), prefix: 24 })
							.collect();
						let ips = ips.try_into().unwrap();
						let gateway = address(gateway);
						call(Call::add_public_ips { farm, ips, gateway }, who);
					},
					Step::Remove(who, farm, last) => {
						call(Call::remove_public_ip { farm, ip: address(last) }, who);
					},
					Step::Offer(who, farm, to) => call(Call::transfer { farm, to }, who),
					Step::Accept(who, farm) => call(Call::accept_transfer { farm }, who),
					Step::Delete(who, farm) => call(Call::delete { farm }, who),
					Step::Reserve(farm, number) => {
						let free = Land::free_ips(farm, IpVersion::V4);
						let got = Land::reserve(farm, IpVersion::V4, number);
						let there = Farms::<Test>::contains_key(farm);
						assert_eq!(got.is_some(), there && number <= free);
						contracts.extend(got);
					},
					Step::Release(index) if index < contracts.len() => {
						Land::release(&contracts.swap_remove(index));
					},
					Step::Release(_) => {},
				}
				Land::do_try_state().expect("the invariants hold");
				let taken: usize = contracts.iter().map(Vec::len).sum();
				let marked = PublicIps::<Test>::iter_values().filter(|it| it.reserved).count();
				assert_eq!(taken, marked);
			}
		});
	}
}
