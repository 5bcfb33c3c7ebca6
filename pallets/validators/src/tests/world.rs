//! A chain with nothing but validators, on a sessions port that follows the rules of the real
//! one: a plan is in force one session later.

use crate as pallet_validators;
use crate::*;
use alloc::{collections::BTreeSet, vec, vec::Vec};
use frame_support::{derive_impl, dispatch::DispatchResult, parameter_types, traits::Hooks};
use frame_system::EnsureRoot;
use pallet_session::SessionManager;
use sp_runtime::BuildStorage;

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeTask)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(2)]
	pub type Validators = pallet_validators;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

impl pallet_authorship::Config for Test {
	type FindAuthor = ();
	type EventHandler = Validators;
}

parameter_types! {
	pub static Keyed: BTreeSet<u64> = BTreeSet::new();
	pub static Active: Vec<u64> = Vec::new();
	pub static Planned: Vec<u64> = Vec::new();
	pub static Disabled: Vec<u64> = Vec::new();
	pub static Index: u32 = 0;
}

impl Config for Test {
	type GovernanceOrigin = EnsureRoot<u64>;
	type Sessions = FakeSessions;
	type MaxValidators = frame_support::traits::ConstU32<5>;
	type MinSessionLength = frame_support::traits::ConstU64<5>;
	type MaxSessionLength = frame_support::traits::ConstU64<1000>;
	type WeightInfo = ();
}

pub struct FakeSessions;
impl Sessions<u64> for FakeSessions {
	fn has_keys(who: &u64) -> bool {
		Keyed::get().contains(who)
	}
	fn active() -> Vec<u64> {
		Active::get()
	}
	fn are_planned(validators: &[u64]) -> bool {
		Planned::get() == validators
	}
	fn in_use(who: &u64) -> bool {
		Active::get().contains(who) || Planned::get().contains(who)
	}
	fn turn() {
		Active::set(Planned::get());
		Disabled::set(Vec::new());
		Index::mutate(|index| *index += 1);
		<Validators as SessionManager<_>>::start_session(Index::get());
		if let Some(next) = <Validators as SessionManager<_>>::new_session(Index::get() + 1) {
			Planned::set(next);
		}
	}
	fn disable(who: &u64) {
		Disabled::mutate(|disabled| disabled.push(*who));
	}
	fn drop_keys(who: &u64) -> DispatchResult {
		Keyed::mutate(|keyed| keyed.remove(who));
		Ok(())
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn register_keys(who: &u64) {
		Keyed::mutate(|keyed| keyed.insert(*who));
	}
}

pub(super) const SESSION: u64 = 5;
pub(super) const SILENCE: u64 = 40;

/// Run a story that starts with these validators.
pub(super) fn world(first: &[u64], story: impl FnOnce()) {
	Keyed::set((1..=9).collect());
	Active::set(first.to_vec());
	Planned::set(first.to_vec());
	Disabled::set(vec![]);
	Index::set(0);
	let genesis = RuntimeGenesisConfig {
		validators: ValidatorsConfig {
			validators: first.to_vec(),
			timing: Timing { session_length: SESSION, silence_limit: SILENCE },
		},
		..Default::default()
	};
	let storage = genesis.build_storage().expect("the genesis is complete");
	sp_io::TestExternalities::new(storage).execute_with(|| {
		System::set_block_number(1);
		<Validators as SessionManager<_>>::start_session(0);
		story();
		Validators::do_try_state().expect("the invariants hold");
	});
}

/// Let blocks pass, made in turn by those who are active and not dead.
pub(super) fn blocks(number: u64, dead: &[u64]) {
	for _ in 0..number {
		let now = System::block_number() + 1;
		System::set_block_number(now);
		let alive: Vec<_> = Active::get().into_iter().filter(|who| !dead.contains(who)).collect();
		if !alive.is_empty() {
			let author = alive[now as usize % alive.len()];
			<Validators as pallet_authorship::EventHandler<_, _>>::note_author(author);
		}
		Validators::on_initialize(now);
		Validators::do_try_state().expect("the invariants hold");
	}
}

pub(super) fn sessions(number: u64) {
	blocks(number * SESSION, &[]);
}

pub(super) fn standing(who: u64) -> Option<Standing> {
	Standings::<Test>::get().get(&who).copied()
}

pub(super) fn events() -> Vec<Event<Test>> {
	let ours = |record: frame_system::EventRecord<_, _>| match record.event {
		RuntimeEvent::Validators(event) => Some(event),
		_ => None,
	};
	System::read_events_no_consensus().map(|record| *record).filter_map(ours).collect()
}
