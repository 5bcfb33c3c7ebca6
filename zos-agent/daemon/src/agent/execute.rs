//! Steps are carried out: each when those that it waits for went well, side by side with others,
//! on threads that may block.

use super::{failing, Host};
use crate::secrets::Secrets;
use futures::stream::{FuturesUnordered, StreamExt};
use grid_primitives::{
	report::Failure,
	spec::{Attachment, Container, Name},
	ContractId, TwinId,
};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};
use tokio::{
	sync::{mpsc, Semaphore},
	task::spawn_blocking,
};
use zos_core::{
	plan::{Step, Verb},
	ports::{Attached, Bind, Cancel, ContainerOrder, NetworkOrder, PortError, Unpacked, ZdbOrder},
	Fingerprint, Key,
};

/// Where steps are carried out.
pub(super) struct Workshop {
	pub(super) host: Host,
	pub(super) secrets: Arc<Secrets>,
	effects: Arc<Semaphore>,
	/// Pulls take long. They have a queue of their own, so that nothing else waits for them.
	pulls: Arc<Semaphore>,
}

/// The steps of a contract that are to be carried out.
pub(super) struct Job {
	pub(super) contract: ContractId,
	/// Whose it is, unless nobody wants it.
	pub(super) twin: Option<TwinId>,
	pub(super) steps: Vec<Step>,
	/// Which of them.
	pub(super) due: Vec<bool>,
	/// Where the volumes are that are there already.
	pub(super) volumes: BTreeMap<Name, PathBuf>,
	pub(super) cancel: Cancel,
}

/// What became of a step.
#[derive(Debug)]
pub(super) struct Done {
	pub(super) key: Key,
	pub(super) aim: Option<Fingerprint>,
	/// Whether the workload is now what it was to become.
	pub(super) is_last: bool,
	pub(super) result: Result<(), (Failure, bool)>,
}

/// What a step gives to those after it.
enum Product {
	Nothing,
	Image(Unpacked),
	Volume(PathBuf),
}

/// What steps need that others gave.
#[derive(Clone, Default)]
struct Given {
	images: BTreeMap<Key, Unpacked>,
	volumes: BTreeMap<Name, PathBuf>,
}

/// A step lacks what another was to give: the plan is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{step} has no {what}: this is a fault of the agent, please report it")]
struct Lacking {
	step: String,
	what: &'static str,
}

impl zos_core::ports::Fault for Lacking {
	fn code(&self) -> grid_primitives::report::FailureCode {
		grid_primitives::report::FailureCode::Other
	}

	fn is_retryable(&self) -> bool {
		true
	}
}

impl Workshop {
	pub(super) fn new(host: Host, secrets: Arc<Secrets>, parallel: usize, pulls: usize) -> Self {
		let effects = Arc::new(Semaphore::new(parallel));
		Self { host, secrets, effects, pulls: Arc::new(Semaphore::new(pulls)) }
	}

	/// Carry out a job as far as that is possible. What is cancelled begins nothing more.
	pub(super) async fn run(self: Arc<Self>, job: Job, done: mpsc::UnboundedSender<Done>) {
		let Job { contract, twin, steps, due, volumes, cancel } = job;
		let mut given = Given { volumes, ..Given::default() };
		let mut started = vec![false; steps.len()];
		let mut went_well = vec![false; steps.len()];
		let mut going = FuturesUnordered::new();
		loop {
			for (at, step) in steps.iter().enumerate() {
				let ready = due[at] && !started[at] && step.after.iter().all(|it| went_well[*it]);
				if ready && !cancel.is_cancelled() {
					started[at] = true;
					let (given, cancel) = (given.clone(), cancel.clone());
					let task = Task { step: step.clone(), twin, given, cancel };
					let work = self.clone().carry_out(task);
					going.push(async move { (at, work.await) });
				}
			}
			let Some((at, result)) = going.next().await else { break };
			let step = &steps[at];
			went_well[at] = result.is_ok();
			let result = match result {
				Ok(product) => {
					log::info!("{step}: done");
					given.take(step, product);
					Ok(())
				},
				// It was told to give up.
				Err(_) if cancel.is_cancelled() => continue,
				Err((failure, is_retryable)) => {
					log::warn!("{step}: {}", failure.detail.as_str().unwrap_or_default());
					Err((failure, is_retryable))
				},
			};
			let is_part = matches!(step.verb, Verb::Prepare(_) | Verb::ReserveVolume(_))
				|| (step.verb == Verb::RemoveContainer && step.aim.is_some());
			let said = Done { key: step.key.clone(), aim: step.aim, is_last: !is_part, result };
			if done.send(said).is_err() {
				log::debug!("nobody waits for contract {contract} any more");
			}
		}
	}

	async fn carry_out(self: Arc<Self>, task: Task) -> Result<Product, (Failure, bool)> {
		let name = task.step.key.name.clone();
		let queue = match task.step.verb {
			Verb::Prepare(_) => &self.pulls,
			_ => &self.effects,
		};
		// The queue is never closed, so there is always a place in it some time.
		let place = queue.clone().acquire_owned().await;
		let workshop = self.clone();
		let work = spawn_blocking(move || {
			let result = task.perform(&workshop);
			drop(place);
			result
		});
		match work.await {
			Ok(result) => result.map_err(|error| failing::of_port(&error, &name)),
			Err(error) => Err(failing::of_agent(&error, &name)),
		}
	}
}

impl Given {
	fn take(&mut self, step: &Step, product: Product) {
		match product {
			Product::Nothing => {},
			Product::Image(image) => drop(self.images.insert(step.key.clone(), image)),
			Product::Volume(path) => drop(self.volumes.insert(step.key.name.clone(), path)),
		}
	}
}

/// A step, with all that it needs.
struct Task {
	step: Step,
	twin: Option<TwinId>,
	given: Given,
	cancel: Cancel,
}

impl Task {
	fn lacks(&self, what: &'static str) -> PortError {
		Lacking { step: self.step.to_string(), what }.into()
	}

	fn aim(&self) -> Result<Fingerprint, PortError> {
		self.step.aim.ok_or_else(|| self.lacks("aim"))
	}

	fn twin(&self) -> Result<TwinId, PortError> {
		self.twin.ok_or_else(|| self.lacks("owner"))
	}

	fn perform(&self, workshop: &Workshop) -> Result<Product, PortError> {
		let Workshop { host, secrets, .. } = workshop;
		let key = &self.step.key;
		match &self.step.verb {
			Verb::Prepare(container) => {
				// Before anything is fetched for it: a secret that cannot be opened never can be.
				drop(secrets.of(container, self.twin()?)?);
				let signer = container.signer.as_ref().map(|it| it.as_slice());
				return host
					.images
					.pull(&container.image, signer, &self.cancel)
					.map(Product::Image);
			},
			Verb::MakeVolume(volume) => {
				return host.volumes.make(key, volume).map(Product::Volume);
			},
			Verb::ReserveVolume(volume) => host.volumes.reserve(key, volume)?,
			Verb::RemoveContainer => {
				host.containers.remove(key)?;
				host.networks.detach(key)?;
			},
			Verb::PauseZdb => host.zdbs.pause(key)?,
			Verb::RemoveZdb => {
				host.zdbs.remove(key)?;
				host.networks.detach(key)?;
			},
			Verb::RemoveVolume => host.volumes.remove(key)?,
			Verb::RemoveNetwork => host.networks.remove(key)?,
			Verb::MakeNetwork(network, around) => {
				let fingerprint = self.aim()?;
				host.networks.make(&NetworkOrder { key, fingerprint, network, around })?;
			},
			Verb::MakeZdb(zdb) => {
				let twin = self.twin()?;
				let password = zdb.password.as_ref().map(|it| secrets.open(it, twin));
				let password = password.transpose()?;
				let namespace = self.attach(host, &zdb.networks)?.map(|it| it.namespace);
				let fingerprint = self.aim()?;
				host.zdbs.make(&ZdbOrder { key, fingerprint, zdb, password, namespace })?;
			},
			Verb::StartContainer(container) => self.start(workshop, container)?,
		}
		Ok(Product::Nothing)
	}

	fn attach(&self, host: &Host, to: &[Attachment]) -> Result<Option<Attached>, PortError> {
		match to {
			[] => Ok(None),
			to => host.networks.attach(&self.step.key, to).map(Some),
		}
	}

	fn start(&self, workshop: &Workshop, container: &Container) -> Result<(), PortError> {
		let key = &self.step.key;
		let image = self.given.images.get(key).ok_or_else(|| self.lacks("image"))?;
		let mut binds = Vec::with_capacity(container.mounts.len());
		for mount in container.mounts.iter() {
			let from = self.given.volumes.get(&mount.volume).ok_or_else(|| self.lacks("volume"))?;
			let to = mount.path.as_str().ok_or_else(|| self.lacks("path"))?;
			binds.push(Bind { from: from.clone(), to, read_only: mount.read_only });
		}
		let order = ContainerOrder {
			key,
			fingerprint: self.aim()?,
			container,
			image,
			secrets: workshop.secrets.of(container, self.twin()?)?,
			binds,
			network: self.attach(&workshop.host, &container.networks)?,
		};
		workshop.host.containers.start(&order)
	}
}
