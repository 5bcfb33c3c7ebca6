//! Thousands of random steps by several payers, with nodes that come and go, prices and shares
//! that change, and time. A simple model says what each bill should have been charged.

use super::world::*;
use crate::*;
use frame_support::weights::Weight;
use frame_system::RawOrigin::Signed;
use grid_primitives::{
	ports::{Availability, Bill, Meter, NotFunded, Proposal},
	spec::Usage,
	Balance, NodeId,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The farms of the last two have no account.
const NODES: NodeId = 6;
const PAYERS: [u64; 3] = [BOB, CAROL, POOR];

#[derive(Debug, Clone)]
enum Step {
	Open {
		who: u64,
		rental: bool,
		plan: BTreeMap<NodeId, u64>,
		asked: bool,
	},
	Propose {
		pick: usize,
		node: NodeId,
		size: u64,
	},
	Withdraw(usize),
	Agree(usize),
	Ask(usize),
	Answer(usize, NodeId),
	Arrive(usize, NodeId),
	Excuse(usize, NodeId),
	Close(usize, NodeId),
	CloseAll(usize),
	Settle(usize),
	TopUp {
		by: u64,
		pick: usize,
		amount: Balance,
	},
	SetGrace {
		by: u64,
		pick: usize,
		seconds: u32,
	},
	TokenPrice(u64),
	Prices(u64),
	Shares(u32, u32),
	/// A farm is paid to another account, which is new as a rule.
	Payout(NodeId, u64),
	Dark(NodeId, bool),
	/// Time passes, and the agenda has no time.
	Wait(u64),
	/// Time passes in blocks.
	Pass(u64),
	Idle(u64),
	PayShare(u64),
	Give {
		from: u64,
		to: u64,
		amount: Balance,
	},
	/// The bank pays what is missing.
	Rescue(usize),
	/// All but a little goes away.
	Spend(u64, Balance),
}

fn step() -> impl Strategy<Value = Step> {
	let who = prop::sample::select(&PAYERS[..]);
	let by = prop::sample::select(&[BOB, CAROL, POOR, DUST, BANK][..]);
	let node = 1..=NODES;
	let pick = 0usize..16;
	let size = prop_oneof![1 => Just(0), 4 => 1u64..20_000];
	let amount = prop_oneof![Just(0u128), 1u128..ED, 1u128..10 * TFT, Just(RICH)];
	let payee = prop_oneof![3_000u64..3_100, Just(TREASURY)];
	prop_oneof![
		6 => (who.clone(), prop::bool::weighted(0.2), any::<bool>(),
			prop::collection::btree_map(node.clone(), size.clone(), 1..4))
			.prop_map(|(who, rental, asked, plan)| Step::Open { who, rental, plan, asked }),
		4 => (pick.clone(), node.clone(), size)
			.prop_map(|(pick, node, size)| Step::Propose { pick, node, size }),
		2 => pick.clone().prop_map(Step::Withdraw),
		3 => pick.clone().prop_map(Step::Agree),
		2 => pick.clone().prop_map(Step::Ask),
		4 => (pick.clone(), node.clone()).prop_map(|(pick, node)| Step::Answer(pick, node)),
		2 => (pick.clone(), node.clone()).prop_map(|(pick, node)| Step::Arrive(pick, node)),
		2 => (pick.clone(), node.clone()).prop_map(|(pick, node)| Step::Excuse(pick, node)),
		2 => (pick.clone(), node.clone()).prop_map(|(pick, node)| Step::Close(pick, node)),
		2 => pick.clone().prop_map(Step::CloseAll),
		6 => pick.clone().prop_map(Step::Settle),
		4 => pick.clone().prop_map(Step::Rescue),
		4 => (by.clone(), pick.clone(), amount.clone())
			.prop_map(|(by, pick, amount)| Step::TopUp { by, pick, amount }),
		2 => (by.clone(), pick, 0u32..200_000)
			.prop_map(|(by, pick, seconds)| Step::SetGrace { by, pick, seconds }),
		1 => (500_000u64..5_000_000).prop_map(Step::TokenPrice),
		1 => (0u64..300_000).prop_map(Step::Prices),
		2 => (prop_oneof![0u32..=1_000_000, 0u32..=50], 0u32..=1_000_000).prop_map(|(farm, more)| Step::Shares(farm, more)),
		4 => (node.clone(), 3_000u64..3_100).prop_map(|(node, payee)| Step::Payout(node, payee)),
		4 => (node, any::<bool>()).prop_map(|(node, dark)| Step::Dark(node, dark)),
		6 => (1u64..400).prop_map(Step::Wait),
		2 => (400u64..100_000).prop_map(Step::Wait),
		6 => (2u64..2_500).prop_map(Step::Pass),
		2 => (0u64..30_000_000_000).prop_map(Step::Idle),
		2 => payee.prop_map(Step::PayShare),
		2 => (by, who.clone(), amount)
			.prop_map(|(from, to, amount)| Step::Give { from, to, amount }),
		3 => (who, 0u128..TFT).prop_map(|(who, left)| Step::Spend(who, left)),
	]
}

/// What a stream should be.
#[derive(Debug, Default, Clone)]
struct Flow {
	rate: u64,
	next: Option<u64>,
	/// Until it is agreed, and then.
	proposed: Option<(u64, u64)>,
	since: u64,
	from: Option<u64>,
	until: Option<u64>,
}

impl Flow {
	/// What is owed for the seconds until this one.
	fn accrue(&mut self, second: u64) -> u128 {
		let rate = self.rate.max(self.proposed.map_or(0, |it| it.0));
		let mut owed = 0;
		while self.from.is_some_and(|from| from < second.min(self.until.unwrap_or(second))) {
			owed += u128::from(rate) * 10_000_000;
			self.from = self.from.map(|from| from + 1);
		}
		owed
	}

	/// The same for the last of it.
	fn accrue_last(&mut self, node: NodeId) -> u128 {
		if Fakes::is_online(node) {
			self.accrue(this_second(node).max(self.since + LEAST))
		} else {
			self.accrue(proven(node))
		}
	}

	fn ask(&mut self, now: u64) {
		if self.from.is_some() && self.until.is_none_or(|until| until > now) {
			self.until = Some(now + 300);
		}
	}

	fn answer(&mut self, now: u64) {
		if self.from.is_none() || self.until.is_some_and(|until| until < now) {
			self.from = Some(now);
		}
		self.until = None;
	}
}

/// The seconds that the shortest reservation is paid.
const LEAST: u64 = 200;

/// What a bill should be.
#[derive(Debug, Default, Clone)]
struct Expected {
	payer: u64,
	paused: bool,
	flows: BTreeMap<NodeId, Flow>,
	/// In parts: all that was ever owed, and what of it was paid.
	owed: u128,
	paid: u128,
	/// The most that may have been forgiven with streams that closed.
	forgiven: u128,
}

#[derive(Default)]
struct Model {
	bills: BTreeMap<Bill, Expected>,
	/// What each payer should have.
	has: BTreeMap<u64, Balance>,
	paid: Balance,
	next: u64,
	seen: BTreeSet<&'static str>,
}

fn price() -> u128 {
	3_600 * u128::from(Price::<Test>::get().expect("it was set").usd)
}

impl Model {
	/// What nodes have proven is owed, second by second.
	fn accrue(&mut self) {
		for it in self.bills.values_mut() {
			for (node, flow) in &mut it.flows {
				it.owed += flow.accrue(proven(*node));
			}
		}
	}

	/// Take in what the chain says that happened.
	fn hear(&mut self) {
		for event in events() {
			match event {
				Event::Settled { bill, paid, .. } => {
					let it = self.bills.get_mut(&bill).expect("it is open");
					it.paid += paid * price();
					self.paid += paid;
					*self.has.get_mut(&it.payer).expect("a payer") -= paid;
					self.seen.insert("settled");
				},
				Event::ToppedUp { bill, by, amount } => {
					let payer = self.bills[&bill].payer;
					*self.has.entry(by).or_default() -= amount;
					*self.has.entry(payer).or_default() += amount;
					self.seen.insert("topped up");
				},
				Event::Paused { bill } => {
					let it = self.bills.get_mut(&bill).expect("it is open");
					assert!(!it.paused, "it was paused before");
					it.paused = true;
					self.seen.insert("paused");
				},
				Event::Resumed { bill } => {
					let it = self.bills.get_mut(&bill).expect("it is open");
					assert!(it.paused, "it was not paused");
					it.paused = false;
					Self::ask(bill, it);
					self.seen.insert("resumed");
				},
				Event::Ended { bill } => {
					if let Bill::Contract(_) = bill {
						let it = self.bills.get_mut(&bill).expect("it is open");
						it.forgiven = u128::MAX;
						for (node, flow) in &mut it.flows {
							it.owed += flow.accrue_last(*node);
						}
					}
					self.seen.insert("ended");
				},
				Event::Closed { bill, .. } => {
					let it = self.bills.remove(&bill).expect("it is open");
					assert!(it.paid <= it.owed && it.owed - it.paid <= it.forgiven, "{it:?}");
					self.seen.insert("closed");
				},
				Event::ShareWaits { .. } => {
					self.seen.insert("share waits");
				},
				Event::SharePaid { .. } => {
					self.seen.insert("share paid");
				},
				_ => {},
			}
		}
		System::reset_events();
	}

	fn compare(&self) {
		assert_eq!(Accounts::<Test>::iter().count(), self.bills.len());
		for (bill, it) in &self.bills {
			assert_eq!(account(*bill).paused.is_some(), it.paused);
			let mut still = 0;
			for (node, flow) in &it.flows {
				let mut stream = stream(*bill, *node);
				stream.accrue(proven(*node), None);
				let is = (stream.rate.usd, stream.from, stream.until);
				assert_eq!(is, (flow.rate, flow.from, flow.until), "{bill:?} {node}");
				still += stream.owed;
			}
			assert_eq!(nodes_of(*bill), it.flows.keys().copied().collect::<Vec<_>>());
			let forgiven = it.owed.checked_sub(it.paid + still).expect("it was charged too much");
			assert!(forgiven <= it.forgiven, "it was charged too little: {forgiven} {it:?}");
		}
		for (who, has) in &self.has {
			assert_eq!(total(*who), *has, "what {who} has");
		}
		let payees = (1_001..=1_006).chain(3_000..3_100).chain([TREASURY]);
		let got: Balance = payees.map(|who| total(who) + Unpaid::<Test>::get(who)).sum();
		assert_eq!(got + Burned::<Test>::get(), self.paid + 5 * ED, "what was paid");
		check();
	}

	fn picked(&self, pick: usize) -> Option<Bill> {
		self.bills.keys().nth(pick % self.bills.len().max(1)).copied()
	}

	fn transfer(&mut self, from: u64, to: u64, amount: Balance) {
		use frame_support::traits::{fungible::Mutate, tokens::Preservation};
		if Balances::transfer(&from, &to, amount, Preservation::Preserve).is_ok() {
			*self.has.entry(from).or_default() -= amount;
			*self.has.entry(to).or_default() += amount;
		}
	}

	fn ask(bill: Bill, it: &mut Expected) {
		if matches!(bill, Bill::Contract(_)) {
			it.flows.iter_mut().for_each(|(node, flow)| flow.ask(this_second(*node)));
		}
	}

	fn flow(&mut self, bill: Bill, node: NodeId) -> Option<&mut Flow> {
		self.bills.get_mut(&bill)?.flows.get_mut(&node)
	}

	fn close(&mut self, bill: Bill, node: NodeId) {
		Money::close(bill, node);
		self.closed(bill, node);
	}

	fn closed(&mut self, bill: Bill, node: NodeId) {
		let it = self.bills.get_mut(&bill).expect("it is open");
		let mut flow = it.flows.remove(&node).expect("it is open");
		it.owed += flow.accrue_last(node);
		// Less than a unit is not charged. Neither is what somebody does not have.
		let poor = Money::spendable(&it.payer) == 0;
		it.forgiven = it.forgiven.saturating_add(if poor { u128::MAX } else { price() });
	}

	fn block(&mut self, seconds: u64, limit: Weight) {
		tick(seconds);
		self.accrue();
		let used = idle(limit);
		assert!(used.all_lte(limit));
		self.hear();
	}

	fn take(&mut self, step: Step) {
		match step {
			Step::Open { who, rental, plan, asked } => {
				let plan: Vec<(NodeId, Usage)> =
					plan.into_iter().map(|(node, size)| (node, usage(size, 4, 0, 0))).collect();
				self.next += 1;
				let (bill, plan) = match rental {
					true => (Bill::Rental(self.next as NodeId), &plan[..1]),
					false => (contract(self.next), &plan[..]),
				};
				if in_a_call(|| Money::open(bill, &who, plan, asked)).is_err() {
					return;
				}
				let flow = |(node, usage): &(NodeId, Usage)| {
					let now = this_second(*node);
					let rate = Money::rate_for(bill, *node, usage);
					(*node, Flow { rate, from: Some(now), since: now, ..Default::default() })
				};
				let flows = plan.iter().map(flow).collect();
				let mut it = Expected { payer: who, flows, ..Default::default() };
				if asked {
					Self::ask(bill, &mut it);
				}
				self.bills.insert(bill, it);
				self.seen.insert("opened");
			},
			Step::Propose { pick, node, size } => {
				let Some(bill) = self.picked(pick) else { return };
				let [meanwhile, then] = [size, size / 2].map(|size| usage(size, 2, 1, 3));
				let proposal = [(node, Proposal::Use { meanwhile, then })];
				if in_a_call(|| Money::propose(bill, &proposal)).is_err() {
					return;
				}
				let now = this_second(node);
				let new = Flow { from: Some(now), since: now, ..Default::default() };
				let flows = &mut self.bills.get_mut(&bill).expect("picked").flows;
				let [meanwhile, then] =
					[meanwhile, then].map(|it| Money::rate_for(bill, node, &it));
				flows.entry(node).or_insert(new).proposed = Some((meanwhile, then));
				self.seen.insert("proposed");
			},
			Step::Withdraw(pick) => {
				let Some(bill) = self.picked(pick) else { return };
				Money::retract(bill);
				let flows = &mut self.bills.get_mut(&bill).expect("picked").flows;
				let mut gone = Vec::new();
				for (node, flow) in flows {
					match flow.rate {
						0 => gone.push(*node),
						_ => flow.proposed = None,
					}
				}
				gone.into_iter().for_each(|node| self.closed(bill, node));
			},
			Step::Agree(pick) => {
				let Some(bill) = self.picked(pick) else { return };
				Money::agree(bill);
				for (node, flow) in &mut self.bills.get_mut(&bill).expect("picked").flows {
					let Some((meanwhile, then)) = flow.proposed.take() else { continue };
					flow.rate = flow.rate.max(meanwhile);
					flow.next = Some(then);
					flow.ask(this_second(*node));
				}
			},
			Step::Ask(pick) => {
				let Some(bill) = self.picked(pick) else { return };
				Money::ask(bill);
				Self::ask(bill, self.bills.get_mut(&bill).expect("picked"));
			},
			Step::Answer(pick, node) => {
				let Some(bill) = self.picked(pick) else { return };
				Money::answer(bill, node);
				if let Some(flow) = self.flow(bill, node) {
					flow.answer(this_second(node));
				}
			},
			Step::Arrive(pick, node) => {
				let Some(bill) = self.picked(pick) else { return };
				Money::arrive(bill, node, None);
				if let Some(flow) = self.flow(bill, node) {
					flow.answer(this_second(node));
					flow.rate = flow.next.take().unwrap_or(flow.rate);
				}
			},
			Step::Excuse(pick, node) => {
				let Some(bill) = self.picked(pick) else { return };
				Money::excuse(bill, node);
				if let Some(flow) = self.flow(bill, node) {
					(flow.from, flow.until) = (None, None);
				}
			},
			Step::Close(pick, node) => {
				let Some(bill) = self.picked(pick) else { return };
				if self.bills[&bill].flows.contains_key(&node) {
					self.close(bill, node);
				}
			},
			Step::CloseAll(pick) => {
				let Some(bill) = self.picked(pick) else { return };
				nodes_of(bill).into_iter().for_each(|node| self.close(bill, node));
			},
			Step::Settle(pick) => {
				let Some(bill) = self.picked(pick) else { return };
				settle(bill);
				// It may have been time for it to end.
				if Accounts::<Test>::get(bill).is_some_and(|it| it.paused.is_some()) {
					let payer = self.bills[&bill].payer;
					assert!(Money::spendable(&payer) < standing(bill).missing, "there was money");
				}
			},
			Step::TopUp { by, pick, amount } => {
				let Some(bill) = self.picked(pick) else { return };
				let own = Money::top_up(Signed(by).into(), bill, 1);
				assert!(own.is_err() || by == self.bills[&bill].payer, "it is not his");
				let can = amount > 0 && amount <= Money::spendable(&by);
				let done = Money::sponsor(Signed(by).into(), bill, amount);
				assert_eq!(done.is_ok(), can && total(self.bills[&bill].payer) > 0);
			},
			Step::SetGrace { by, pick, seconds } => {
				let Some(bill) = self.picked(pick) else { return };
				let mut account = account(bill);
				let is_more = seconds > account.grace;
				account.grace = seconds;
				Money::accrue(&mut account);
				let needs = Money::needs(&account, Money::token()).least();
				let has = account.held + Money::spendable(&account.payer);
				let can = !is_more || (account.paused.is_none() && has >= needs);
				let done = in_a_call(|| {
					Money::set_grace(Signed(by).into(), bill, seconds)
						.map(|()| 0)
						.map_err(|_| NotFunded)
				});
				assert_eq!(done.is_ok(), can && by == account.payer);
			},
			Step::TokenPrice(usd) => token_price(usd),
			Step::Prices(compute) => ThePrices::set(Prices { compute, ..PRICES }),
			Step::Shares(farm, more) => {
				TheShares::set(Shares { farm, treasury: more.min(1_000_000 - farm) })
			},
			Step::Payout(farm, payee) => {
				Payouts::mutate(|all| all.insert(farm, payee));
			},
			Step::Dark(node, is) => {
				dark(node, is);
				self.accrue();
			},
			Step::Wait(seconds) => {
				wait(seconds);
				self.accrue();
			},
			Step::Pass(seconds) => {
				for _ in 0..seconds / 2 {
					self.block(2, Weight::MAX);
				}
				let next = Agenda::<Test>::iter_keys().next();
				assert!(next.is_none_or(|(due, _)| u64::from_be_bytes(due) > now() - 2));
			},
			Step::Idle(time) => self.block(2, Weight::from_parts(time, u64::MAX)),
			Step::PayShare(payee) => {
				let waits = Unpaid::<Test>::get(payee);
				let can = waits > 0 && total(payee) + waits >= ED;
				assert_eq!(Money::pay_share(Signed(DUST).into(), payee).is_ok(), can);
			},
			Step::Give { from, to, amount } => self.transfer(from, to, amount),
			Step::Rescue(pick) => {
				let Some(bill) = self.picked(pick) else { return };
				// Only a bill that is paused says what is missing.
				settle(bill);
				let Some(missing) = Money::standing(bill).map(|it| it.missing) else { return };
				self.transfer(BANK, self.bills[&bill].payer, missing);
				settle(bill);
				assert_eq!(Accounts::<Test>::get(bill).and_then(|it| it.paused), None);
			},
			Step::Spend(who, left) => {
				let amount = free(who).saturating_sub(ED + left);
				self.transfer(who, BANK, amount);
			},
		}
	}
}

fn run(steps: Vec<Step>) -> BTreeSet<&'static str> {
	world(|| {
		TheGrace::set(2 * HOUR as u32);
		TheLeastTime::set(LEAST);
		for node in 5..=NODES {
			Clocks::insert(node, Clock { proven: 0, last_beat: now(), dark: false });
		}
		let has = PAYERS.into_iter().chain([BANK, DUST]).map(|who| (who, total(who))).collect();
		let mut model = Model { has, ..Default::default() };
		for step in steps {
			let what = format!("{step:?}");
			System::reset_events();
			let compared = std::panic::AssertUnwindSafe(|| {
				model.take(step);
				model.hear();
				model.compare();
			});
			std::panic::catch_unwind(compared).unwrap_or_else(|_| panic!("broken by {what}"));
		}
		for bill in model.bills.keys().copied().collect::<Vec<_>>() {
			nodes_of(bill).into_iter().for_each(|node| model.close(bill, node));
			model.hear();
		}
		model.compare();
		check_empty();
		model.seen
	})
}

/// How many stories of 150 steps there are.
fn stories() -> u32 {
	let soak = std::env::var("GRID_SOAK").ok().and_then(|it| it.parse::<u32>().ok());
	soak.unwrap_or(10) * 4
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(stories()))]

	#[test]
	fn thousands_of_steps_are_charged_exactly(steps in prop::collection::vec(step(), 150)) {
		run(steps);
	}
}

#[test]
fn the_steps_lead_somewhere() {
	use proptest::{strategy::ValueTree, test_runner::TestRunner};
	let mut runner = TestRunner::deterministic();
	let steps = prop::collection::vec(step(), 3_000).new_tree(&mut runner).expect("it makes some");
	let seen = run(steps.current());
	for wanted in [
		"opened",
		"proposed",
		"settled",
		"topped up",
		"paused",
		"resumed",
		"ended",
		"closed",
		"share waits",
		"share paid",
	] {
		assert!(seen.contains(wanted), "{wanted} never happened: {seen:?}");
	}
}
