use grid_primitives::report::FailureCode;
use std::{
	collections::{BTreeMap, BTreeSet},
	path::PathBuf,
	sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use zos_core::{
	ports::{
		Cancel, ContainerFound, ContainerState, Exit, Fault, ImageDigest, LogLine, NetworkFound,
		PortError, VolumeFound, ZdbFound,
	},
	Actual, Key,
};

/// For how long to look away from what is held, before looking whether it is cancelled.
const GLANCE: Duration = Duration::from_millis(5);

/// A machine in memory. Clones are the same machine. What is done to it has names, as in
/// `start container 1/web` or `pull image 0101…`.
#[derive(Clone, Debug, Default)]
pub struct FakeHost {
	shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
	state: Mutex<State>,
	released: Condvar,
}

/// What is on the machine, and what it was told to do wrong.
#[derive(Debug, Default)]
pub(super) struct State {
	pub(super) images: BTreeSet<ImageDigest>,
	pub(super) containers: BTreeMap<Key, ContainerFound>,
	pub(super) logs: BTreeMap<Key, Vec<LogLine>>,
	pub(super) volumes: BTreeMap<Key, VolumeFound>,
	/// Which containers use which volumes.
	pub(super) uses: BTreeMap<Key, Vec<PathBuf>>,
	pub(super) volumes_grow_alone: bool,
	pub(super) zdbs: BTreeMap<Key, ZdbFound>,
	pub(super) networks: BTreeMap<Key, NetworkFound>,
	pub(super) attached: BTreeSet<Key>,
	done: Vec<String>,
	faults: BTreeMap<String, (FakeFault, Times)>,
	held: BTreeSet<String>,
	effects: usize,
	cut: Option<(usize, Cut)>,
	is_cut: bool,
}

/// How often something fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
	/// Until told otherwise.
	Always,
	/// So often.
	Only(u32),
}

/// Where in an effect the agent is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
	/// Before any of it.
	Before,
	/// In the middle, where it leaves parts of things.
	Within,
	/// After all of it, but before anybody hears so.
	After,
}

/// What a machine in memory fails with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct FakeFault {
	/// What the chain is told.
	pub code: FailureCode,
	/// Whether it may go well later.
	pub is_retryable: bool,
	/// In words.
	pub detail: String,
}

impl FakeFault {
	/// Something that may go well later.
	pub fn passing(code: FailureCode, detail: &str) -> Self {
		Self { code, is_retryable: true, detail: detail.into() }
	}

	fn cut_off() -> Self {
		Self::passing(FailureCode::Other, "the agent is cut off")
	}

	/// Something that never goes well.
	pub fn lasting(code: FailureCode, detail: &str) -> Self {
		Self { code, is_retryable: false, detail: detail.into() }
	}
}

impl Fault for FakeFault {
	fn code(&self) -> FailureCode {
		self.code
	}

	fn is_retryable(&self) -> bool {
		self.is_retryable
	}
}

impl FakeHost {
	/// A machine with nothing on it.
	pub fn new() -> Self {
		Self::default()
	}

	pub(super) fn state(&self) -> MutexGuard<'_, State> {
		self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Read something, unless the agent is cut off.
	pub(super) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> Result<T, PortError> {
		let state = self.state();
		state.reachable()?;
		Ok(read(&state))
	}

	/// Have an effect, of which `part` is what remains when the agent is cut off within.
	pub(super) fn effect<T>(
		&self,
		what: String,
		part: impl FnOnce(&mut State),
		whole: impl FnOnce(&mut State) -> T,
	) -> Result<T, PortError> {
		self.held_effect(what, &Cancel::default(), part, whole)
	}

	/// The same, of something that takes as long as it is held.
	pub(super) fn held_effect<T>(
		&self,
		what: String,
		cancel: &Cancel,
		part: impl FnOnce(&mut State),
		whole: impl FnOnce(&mut State) -> T,
	) -> Result<T, PortError> {
		let mut state = self.state();
		while state.held.contains(&what) {
			if cancel.is_cancelled() {
				return Err(FakeFault::passing(FailureCode::Other, "nobody wants it").into());
			}
			let released = &self.shared.released;
			state = match released.wait_timeout(state, GLANCE) {
				Ok((state, _)) => state,
				Err(poisoned) => poisoned.into_inner().0,
			};
		}
		state.reachable()?;
		state.fault(&what)?;
		state.effects += 1;
		let here = state.cut.filter(|(at, _)| *at == state.effects).map(|(_, cut)| cut);
		state.is_cut = here.is_some();
		match here {
			Some(Cut::Before) => {},
			Some(Cut::Within) => part(&mut state),
			None | Some(Cut::After) => {
				let result = whole(&mut state);
				state.done.push(what);
				return state.reachable().map(|()| result).map_err(PortError::from);
			},
		}
		Err(FakeFault::cut_off().into())
	}

	/// What was done since this was last asked.
	pub fn take_done(&self) -> Vec<String> {
		std::mem::take(&mut self.state().done)
	}

	/// Let something fail.
	pub fn fail(&self, what: &str, with: FakeFault, times: Times) {
		self.state().faults.insert(what.into(), (with, times));
	}

	/// Let something go well again.
	pub fn heal(&self, what: &str) {
		self.state().faults.remove(what);
	}

	/// Let something take until it is released.
	pub fn hold(&self, what: &str) {
		self.state().held.insert(what.into());
	}

	/// Let something that is held go on.
	pub fn release(&self, what: &str) {
		self.state().held.remove(what);
		self.shared.released.notify_all();
	}

	/// Whether anything is held.
	pub fn is_holding(&self) -> bool {
		!self.state().held.is_empty()
	}

	/// Cut the agent off at an effect, counted from 1 from now on.
	pub fn cut_at(&self, effect: usize, cut: Cut) {
		let mut state = self.state();
		state.effects = 0;
		state.cut = Some((effect, cut));
	}

	/// Whether the agent is cut off.
	pub fn is_cut(&self) -> bool {
		self.state().is_cut
	}

	/// Let an agent at the machine again.
	pub fn reconnect(&self) {
		let mut state = self.state();
		state.cut = None;
		state.is_cut = false;
	}

	/// Start the machine anew: what runs in memory is gone, and what is on disks is there.
	pub fn reboot(&self) {
		let mut state = self.state();
		state.containers.values_mut().for_each(|it| it.state = ContainerState::Broken);
		state.volumes.values_mut().for_each(|it| it.ready = None);
		state.zdbs.values_mut().for_each(|it| it.serves = false);
		state.attached.clear();
	}

	/// Let a container be in another state.
	pub fn set_state(&self, key: &Key, to: ContainerState) {
		if let Some(found) = self.state().containers.get_mut(key) {
			found.state = to;
		}
	}

	/// Let a container end, for good.
	pub fn end(&self, key: &Key, exit: Exit) {
		self.set_state(key, ContainerState::Ended(exit));
	}

	/// Let a container print something.
	pub fn print(&self, key: &Key, line: LogLine) {
		self.state().logs.entry(key.clone()).or_default().push(line);
	}

	/// Let volumes grow only while nobody uses them.
	pub fn let_volumes_grow_alone(&self) {
		let mut state = self.state();
		state.volumes_grow_alone = true;
		state.volumes.values_mut().for_each(|it| it.grows_in_use = false);
	}

	/// Put something on the machine that nobody wants.
	pub fn leak(&self, found: ContainerFound) {
		self.state().containers.insert(found.key.clone(), found);
	}

	/// All that is there.
	pub fn actual(&self) -> Actual {
		let state = self.state();
		Actual {
			containers: state.containers.clone(),
			volumes: state.volumes.clone(),
			zdbs: state.zdbs.clone(),
			networks: state.networks.clone(),
		}
	}

	/// The images that are there.
	pub fn images(&self) -> BTreeSet<ImageDigest> {
		self.state().images.clone()
	}
}

impl State {
	fn reachable(&self) -> Result<(), FakeFault> {
		match self.is_cut {
			true => Err(FakeFault::cut_off()),
			false => Ok(()),
		}
	}

	fn fault(&mut self, what: &str) -> Result<(), FakeFault> {
		let Some((fault, times)) = self.faults.get_mut(what) else { return Ok(()) };
		let fault = fault.clone();
		match times {
			Times::Always => {},
			Times::Only(0) => return Ok(()),
			Times::Only(left) => *left -= 1,
		}
		Err(fault)
	}
}
