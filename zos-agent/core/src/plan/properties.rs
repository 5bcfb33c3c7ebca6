//! What holds of all plans.

use super::{Plan, Step, Verb};
use crate::{
	backoff::{Attempts, Backoff},
	outcome::{failure, outcome},
	ports::ContainerState,
	sample::{container, list, network, text, want, zdb, SIZE},
	verify::{Intent, Wanted},
	Actual, Fingerprint, Key,
};
use grid_primitives::{
	report::{FailureCode, Outcome},
	spec::{Attachment, Disk, Kind, Name, Spec, Volume, Workload},
};
use proptest::{collection::vec, prelude::*, sample::Index};
use std::{collections::BTreeMap, time::Duration};

/// Up to three of each kind, from few names, so that other specs have the same.
fn spec() -> impl Strategy<Value = Spec> {
	let volumes = vec((0..4_u8, 1..4_u64, any::<bool>()), 0..3);
	let networks = vec((0..4_u8, 0..3_u8), 0..3);
	let zdbs = vec((0..4_u8, 1..3_u64, any::<Option<Index>>()), 0..3);
	let uses = (any::<Option<Index>>(), any::<Option<Index>>());
	let containers = vec((0..4_u8, 0..3_u8, uses), 0..3);
	(volumes, networks, zdbs, containers).prop_map(|(volumes, networks, zdbs, containers)| {
		let mut all = BTreeMap::new();
		for (name, size, hdd) in volumes {
			let disk = if hdd { Disk::Hdd } else { Disk::Ssd };
			all.insert(text(&format!("v{name}")), Kind::Volume(Volume { size: size * SIZE, disk }));
		}
		let (mut disks, mut nets): (Vec<_>, Vec<_>) = (all.keys().cloned().collect(), vec![]);
		disks.sort();
		for (name, number) in networks {
			all.insert(text(&format!("n{name}")), network(number));
			nets.push(text(&format!("n{name}")));
		}
		let pick = |from: &[Name], index: Option<Index>| -> Vec<Name> {
			index.filter(|_| !from.is_empty()).map(|it| it.get(from).clone()).into_iter().collect()
		};
		let attach = |index| {
			let nets = pick(&nets, index);
			nets.into_iter().map(|network| Attachment { network, ip: [10, 0, 0, 2] }).collect()
		};
		for (name, size, network) in zdbs {
			all.insert(text(&format!("z{name}")), zdb(size * SIZE, attach(network)));
		}
		for (name, image, (volume, network)) in containers {
			let kind = container(image, pick(&disks, volume), attach(network));
			all.insert(text(&format!("c{name}")), kind);
		}
		let workloads = all.into_iter().map(|(name, kind)| Workload { name, kind });
		Spec::V1(list(workloads.collect()))
	})
}

fn intent() -> impl Strategy<Value = Intent> {
	prop_oneof![
		4 => spec().prop_map(Intent::Run),
		1 => spec().prop_map(Intent::Pause),
		1 => Just(Intent::Leave),
	]
}

/// What the chain wants of up to three contracts.
fn wanted() -> impl Strategy<Value = Vec<Wanted>> {
	vec(proptest::option::of(intent()), 3).prop_map(|intents| {
		let all = (1..).zip(intents);
		let all = all.filter_map(|(contract, intent)| Some(want(contract, intent?)));
		all.collect()
	})
}

/// A machine on which something ran before, of which anything may have broken, with the power cut
/// in the middle of the last plan.
fn machine() -> impl Strategy<Value = Actual> {
	let breaks = vec((any::<Index>(), 0..5_u8), 0..6);
	(wanted(), wanted(), any::<Index>(), breaks).prop_map(|(first, second, cut, breaks)| {
		let mut actual = Actual::default();
		let plan = Plan::new(&first, &actual);
		actual.execute(plan, |_| false);
		let plan = Plan::new(&second, &actual);
		let number: usize = plan.contracts.values().map(Vec::len).sum();
		let left = std::cell::Cell::new(cut.index(number + 1));
		actual.execute(plan, |_| {
			let before = left.get();
			left.set(before.saturating_sub(1));
			before == 0
		});
		for (which, how) in breaks {
			damage(&mut actual, which, how);
		}
		actual
	})
}

fn damage(actual: &mut Actual, which: Index, how: u8) {
	fn nth<T>(map: &mut BTreeMap<Key, T>, which: Index) -> Option<&mut T> {
		let number = map.len();
		(number > 0).then(|| map.values_mut().nth(which.index(number))).flatten()
	}
	match how {
		0 => nth(&mut actual.containers, which)
			.into_iter()
			.for_each(|it| it.state = ContainerState::Broken),
		1 => nth(&mut actual.containers, which).into_iter().for_each(|it| it.fingerprint = None),
		2 => nth(&mut actual.volumes, which).into_iter().for_each(|it| it.ready = None),
		3 => nth(&mut actual.networks, which).into_iter().for_each(|it| it.public = None),
		_ => nth(&mut actual.volumes, which).into_iter().for_each(|it| it.grows_in_use = false),
	}
}

/// The kind that a contract wants under a name, if it is to run.
fn kind_of<'a>(wanted: &'a [Wanted], key: &Key) -> Option<(&'a Kind, bool)> {
	let found = wanted.iter().find(|it| it.contract == key.contract)?;
	let (spec, runs) = match &found.intent {
		Intent::Run(spec) => (spec, true),
		Intent::Pause(spec) => (spec, false),
		Intent::Leave | Intent::Keep { .. } => return None,
	};
	let workload = spec.workloads().iter().find(|it| it.name == key.name)?;
	Some((&workload.kind, runs))
}

/// Whether a volume is wanted larger than it is, and cannot grow while it is used.
fn is_held_back(wanted: &[Wanted], actual: &Actual, key: &Key) -> bool {
	let (Some(found), Some((Kind::Volume(volume), true))) =
		(actual.volumes.get(key), kind_of(wanted, key))
	else {
		return false;
	};
	found.disk == volume.disk && found.size < volume.size && !found.grows_in_use
}

fn steps(plan: &Plan) -> Vec<Step> {
	plan.contracts.values().flatten().cloned().collect()
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]

	#[test]
	fn what_is_there_becomes_what_is_wanted(wanted in wanted(), mut actual in machine()) {
		let plan = Plan::new(&wanted, &actual);
		actual.execute(plan, |_| false);
		prop_assert_eq!(Plan::new(&wanted, &actual), Plan::default());
		for contract in actual.contracts() {
			prop_assert!(wanted.iter().any(|it| it.contract == contract), "{} leaks", contract);
		}
		for it in &wanted {
			let said = outcome(it, &actual, &Attempts::default());
			match (&it.intent, said) {
				(Intent::Run(_), Some(Outcome::Running { .. })) => {},
				// A volume that is wanted smaller, or elsewhere, is the one thing that stays.
				(Intent::Run(_), Some(Outcome::Failed(why))) => {
					prop_assert_eq!(why.code, FailureCode::Volume);
				},
				(Intent::Pause(_) | Intent::Leave, Some(Outcome::Stopped)) => {},
				(intent, said) => prop_assert!(false, "{:?}: {:?}", intent, said),
			}
		}
	}

	#[test]
	fn what_is_right_is_never_touched(wanted in wanted(), actual in machine()) {
		for step in steps(&Plan::new(&wanted, &actual)) {
			let key = &step.key;
			let Some((kind, true)) = kind_of(&wanted, key) else { continue };
			let (container, volume) = (actual.containers.get(key), actual.volumes.get(key));
			match kind {
				Kind::Container(it) => {
					let Some(found) = container else { continue };
					let lost = it.mounts.iter().any(|mount| {
						let volume = Key { name: mount.volume.clone(), ..key.clone() };
						actual.volumes.get(&volume).is_none_or(|it| it.ready.is_none())
					}) || it.networks.iter().any(|attachment| {
						let network = Key { name: attachment.network.clone(), ..key.clone() };
						!actual.networks.contains_key(&network)
					});
					let other = found.fingerprint != step.aim;
					let broken = found.state == ContainerState::Broken;
					let holds = it.mounts.iter().any(|mount| {
						let volume = Key { name: mount.volume.clone(), ..key.clone() };
						is_held_back(&wanted, &actual, &volume)
					});
					prop_assert!(lost || other || broken || holds, "{} for nothing", step);
				},
				Kind::Volume(it) => {
					let Some(found) = volume else { continue };
					prop_assert!(found.ready.is_none() || found.size < it.size, "{}", step);
				},
				Kind::Zdb(_) => {
					let Some(found) = actual.zdbs.get(key) else { continue };
					prop_assert!(!found.serves || found.fingerprint != step.aim, "{}", step);
				},
				Kind::Network(_) => {
					let Some(found) = actual.networks.get(key) else { continue };
					prop_assert!(found.public.is_none() || found.fingerprint != step.aim, "{}", step);
				},
			}
		}
	}

	#[test]
	fn data_that_is_wanted_is_never_removed(wanted in wanted(), actual in machine()) {
		for step in steps(&Plan::new(&wanted, &actual)) {
			let kind = kind_of(&wanted, &step.key).map(|(kind, _)| kind);
			match step.verb {
				Verb::RemoveVolume => prop_assert!(!matches!(kind, Some(Kind::Volume(_)))),
				Verb::RemoveZdb => prop_assert!(!matches!(kind, Some(Kind::Zdb(_)))),
				_ => {},
			}
		}
	}

	#[test]
	fn who_holds_a_volume_that_is_to_grow_lets_go_first(wanted in wanted(), actual in machine()) {
		let plan = Plan::new(&wanted, &actual);
		for (contract, steps) in plan.into_contracts() {
			for step in &steps {
				let Verb::MakeVolume(_) = step.verb else { continue };
				if !is_held_back(&wanted, &actual, &step.key) {
					continue;
				}
				for (key, _) in actual.containers.iter().filter(|(it, _)| it.contract == contract) {
					let holds = match kind_of(&wanted, key) {
						Some((Kind::Container(it), _)) => {
							it.mounts.iter().any(|it| it.volume == step.key.name)
						},
						_ => true,
					};
					let goes = step.after.iter().any(|at| {
						steps[*at].key == *key && steps[*at].verb == Verb::RemoveContainer
					});
					prop_assert!(goes || !holds, "{} while {} uses it", step, key);
				}
			}
		}
	}

	#[test]
	fn a_container_changes_alone(spec in spec(), image in 100_u8..200, which in any::<Index>()) {
		let before = [want(1, Intent::Run(spec.clone()))];
		let mut actual = Actual::default();
		let plan = Plan::new(&before, &actual);
		actual.execute(plan, |_| false);
		let Spec::V1(mut workloads) = spec;
		let containers: Vec<_> = workloads
			.iter_mut()
			.filter_map(|it| match &mut it.kind {
				Kind::Container(container) => Some((it.name.clone(), container)),
				_ => None,
			})
			.collect();
		prop_assume!(!containers.is_empty());
		let number = which.index(containers.len());
		let (name, container) = containers.into_iter().nth(number).expect("it is one of them");
		container.image.digest = [image; 32];
		let plan = Plan::new(&[want(1, Intent::Run(Spec::V1(workloads)))], &actual);
		let said: Vec<_> = plan.of(1).iter().map(|step| (&step.key.name, step.verb.to_string())).collect();
		let verbs = ["prepare container", "remove container", "start container"];
		prop_assert_eq!(said, verbs.map(|verb| (&name, verb.to_string())).to_vec());
	}

	#[test]
	fn a_failure_holds_back_only_what_waits_for_it(
		wanted in wanted(),
		actual in machine(),
		which in any::<Index>(),
	) {
		let plan = Plan::new(&wanted, &actual);
		let all = steps(&plan);
		prop_assume!(!all.is_empty());
		let bad = which.get(&all).clone();
		let mut waits = vec![];
		for (at, step) in plan.of(bad.key.contract).iter().enumerate() {
			if *step == bad || step.after.iter().any(|it| waits.contains(it)) {
				waits.push(at);
			}
		}
		let mut after = actual.clone();
		let done = after.execute(plan, |step| *step == bad);
		prop_assert_eq!(done.len() + waits.len(), all.len());
		// And it goes on from there when the reason of the failure is gone.
		let rest = Plan::new(&wanted, &after);
		after.execute(rest, |_| false);
		prop_assert!(Plan::new(&wanted, &after).is_empty());
	}

	#[test]
	fn what_is_paused_keeps_its_data(spec in spec()) {
		let mut actual = Actual::default();
		let plan = Plan::new(&[want(1, Intent::Run(spec.clone()))], &actual);
		actual.execute(plan, |_| false);
		let before = actual.clone();
		let pause = [want(1, Intent::Pause(spec))];
		let plan = Plan::new(&pause, &actual);
		actual.execute(plan, |_| false);
		prop_assert!(actual.containers.is_empty());
		prop_assert!(actual.zdbs.values().all(|it| !it.serves));
		prop_assert_eq!(&actual.volumes, &before.volumes);
		prop_assert_eq!(&actual.networks, &before.networks);
		prop_assert!(actual.zdbs.keys().eq(before.zdbs.keys()));
	}

	#[test]
	fn what_is_not_believed_changes_nothing(actual in machine()) {
		let why = failure(FailureCode::NotProven, None, "no");
		let keep = |contract| want(contract, Intent::Keep { run: true, why: why.clone() });
		let wanted: Vec<_> = (1..=3).map(keep).collect();
		prop_assert!(Plan::new(&wanted, &actual).is_empty());
	}

	#[test]
	fn nothing_that_runs_stops_for_what_cannot_start(
		wanted in wanted(),
		actual in machine(),
		which in any::<Index>(),
	) {
		let plan = Plan::new(&wanted, &actual);
		let all = steps(&plan);
		prop_assume!(!all.is_empty());
		let bad = which.get(&all);
		let mut attempts = Attempts::new(Backoff::default());
		let why = failure(FailureCode::Other, None, "no");
		attempts.failed(bad.key.clone(), bad.aim, why, true, Duration::ZERO);
		let steps = plan.of(bad.key.contract);
		let due = Plan::due(steps, &attempts, Duration::ZERO);
		for (at, step) in steps.iter().enumerate() {
			let starts = |it: &Step| matches!(it.verb, Verb::StartContainer(_));
			let start = steps.iter().position(|it| starts(it) && it.key == step.key);
			if let Some(start) = start.filter(|_| step.aim.is_some()) {
				prop_assert!(!due[at] || due[start], "{} is in vain", step);
			}
			prop_assert!(!due[at] || step.after.iter().all(|it| due[*it]));
		}
		prop_assert!(Plan::due(steps, &attempts, Duration::from_secs(1)).iter().all(|it| *it));
	}
}

#[test]
fn fingerprints_do_not_see_volumes_grow() {
	let network = |number| Workload { name: text("net"), kind: network(number) };
	let volume = |size| Workload {
		name: text("data"),
		kind: Kind::Volume(Volume { size, disk: Disk::Ssd }),
	};
	let attachment = Attachment { network: text("net"), ip: [10, 1, 0, 2] };
	let Kind::Container(container) = container(1, vec![text("data")], vec![attachment]) else {
		unreachable!("it is one")
	};
	let spec = |size, number| Spec::V1(list(vec![volume(size), network(number)]));
	let print = |spec| Fingerprint::of_container(&container, &spec);
	assert_eq!(print(spec(SIZE, 1)), print(spec(2 * SIZE, 1)));
	assert_ne!(print(spec(SIZE, 1)), print(spec(SIZE, 2)), "its addresses are others");
}
