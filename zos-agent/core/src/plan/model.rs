//! A machine that does what it is told, at once.

use super::{Plan, Step, Verb};
use crate::{
	ports::{ContainerFound, ContainerState, NetworkFound, VolumeFound, ZdbFound},
	Actual, Key,
};
use grid_primitives::report::NetworkKey;

impl Actual {
	/// Do a step.
	pub(super) fn apply(&mut self, step: &Step) {
		let Step { key, verb, aim, .. } = step;
		let key = key.clone();
		match verb {
			Verb::Prepare(_) => {},
			Verb::RemoveContainer => assert!(self.containers.remove(&key).is_some(), "{step}"),
			Verb::RemoveZdb => assert!(self.zdbs.remove(&key).is_some(), "{step}"),
			Verb::RemoveVolume => assert!(self.volumes.remove(&key).is_some(), "{step}"),
			Verb::ReserveVolume(volume) => {
				let found = self.volumes.get(&key).expect("it is there");
				assert!(found.size < volume.size && !found.grows_in_use, "{step}: for nothing");
			},
			Verb::RemoveNetwork => assert!(self.networks.remove(&key).is_some(), "{step}"),
			Verb::PauseZdb => self.zdbs.get_mut(&key).expect("it is there").serves = false,
			Verb::MakeNetwork(..) => {
				let public = Some(NetworkKey {
					network: key.name.clone(),
					public_key: [1; 32],
					endpoint: None,
				});
				let found = NetworkFound { key: key.clone(), fingerprint: *aim, public };
				self.networks.insert(key, found);
			},
			Verb::MakeVolume(volume) => {
				let before = self.volumes.get(&key);
				assert!(before.is_none_or(|it| it.disk == volume.disk), "{step}: it moves");
				let size = before.map_or(0, |it| it.size).max(volume.size);
				let ready = Some(format!("/volumes/{key}").into());
				let grows_in_use = before.is_none_or(|it| it.grows_in_use);
				let found =
					VolumeFound { key: key.clone(), size, grows_in_use, disk: volume.disk, ready };
				self.volumes.insert(key, found);
			},
			Verb::MakeZdb(_) => {
				let found =
					ZdbFound { key: key.clone(), fingerprint: *aim, serves: true, usage: None };
				self.zdbs.insert(key, found);
			},
			Verb::StartContainer(container) => {
				assert!(!self.containers.contains_key(&key), "{step}: one is there");
				for mount in container.mounts.iter() {
					let volume = Key { contract: key.contract, name: mount.volume.clone() };
					let found = self.volumes.get(&volume).expect("it was waited for");
					assert!(found.ready.is_some(), "{step}: {volume} is not ready");
				}
				for attachment in container.networks.iter() {
					let network = Key { contract: key.contract, name: attachment.network.clone() };
					assert!(self.networks.contains_key(&network), "{step}: no {network}");
				}
				let found = ContainerFound {
					key: key.clone(),
					fingerprint: *aim,
					image: None,
					state: ContainerState::Running { restarts: 0, crashes: None },
				};
				self.containers.insert(key, found);
			},
		}
	}

	/// Carry out a plan. Steps that `fails` says so of fail, and so do those that wait for them.
	/// Says which steps were done.
	pub(super) fn execute(&mut self, plan: Plan, fails: impl Fn(&Step) -> bool) -> Vec<Step> {
		let mut done = Vec::new();
		for (_, steps) in plan.into_contracts() {
			let mut went_well = vec![false; steps.len()];
			for (at, step) in steps.iter().enumerate() {
				assert!(step.after.iter().all(|it| *it < at), "{step} waits for a later one");
				if step.after.iter().all(|it| went_well[*it]) && !fails(step) {
					self.apply(step);
					went_well[at] = true;
					done.push(step.clone());
				}
			}
		}
		done
	}
}
