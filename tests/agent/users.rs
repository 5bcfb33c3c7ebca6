//! Users who change their minds all the time.

use grid_primitives::{
	capacity::bytes::MIB,
	spec::{Image, Kind, Spec, Variable},
	ContractId,
};
use grid_runtime::RuntimeCall;
use grid_stories::{
	specs::{container, spec, text, volume},
	Images, User,
};
use rand::{rngs::StdRng, seq::IteratorRandom, Rng};
use std::{
	collections::BTreeMap,
	sync::{
		atomic::{AtomicBool, Ordering},
		Mutex, MutexGuard, PoisonError,
	},
};
use zos_core::Key;

/// The images that programs are made of.
const IMAGES: [&str; 3] = ["red", "green", "blue"];
/// The sizes of a volume, in the order in which it grows.
const SIZES: [u64; 3] = [8 * MIB, 12 * MIB, 16 * MIB];
/// How many contracts are made at once.
const MOST_AT_ONCE: usize = 10;

/// A container that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
	pub(crate) image: usize,
	/// Its volume.
	pub(crate) volume: &'static str,
	/// The change that it came with: it may be made anew with each.
	pub(crate) change: u64,
	/// All images that it was ever to be made of.
	history: Vec<usize>,
}

impl Program {
	fn new(image: usize, volume: &'static str, change: u64) -> Self {
		Self { image, volume, change, history: vec![image] }
	}

	/// Whether what programs wrote to the volume is what could have run there: what was wanted, in
	/// that order, the last of it in the end. Some of it may never have been reached.
	pub(crate) fn check(&self, visits: &str, whose: &str) {
		let mut seen: Vec<_> = visits.lines().collect();
		seen.dedup();
		let history: Vec<_> = self.history.iter().map(|it| IMAGES[*it]).collect();
		let mut rest = history.iter();
		let in_order = seen.iter().all(|it| rest.any(|wanted| wanted == it));
		let last = seen.last() == history.last();
		assert!(in_order && last, "{whose}: {seen:?} ran, but {history:?} was wanted");
	}
}

/// What is wanted of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
	pub(crate) revision: u32,
	web: Program,
	/// Which of the sizes the volume of `web` has.
	size: usize,
	side: Option<Program>,
	/// All images of those that were `side` before: whoever slept meanwhile has their volume.
	past: Vec<usize>,
	/// Nobody ever changes it.
	is_quiet: bool,
}

impl Wish {
	/// Its containers.
	pub(crate) fn programs(&self) -> impl Iterator<Item = (&'static str, &Program)> {
		[("web", &self.web)].into_iter().chain(self.side.as_ref().map(|it| ("side", it)))
	}
}

/// Users, and what they want at present.
pub(crate) struct Users<'a> {
	user: &'a User<'a>,
	most: usize,
	images: Vec<Image>,
	_registry: Images,
	minds: Mutex<Minds>,
}

struct Minds {
	random: StdRng,
	wishes: BTreeMap<ContractId, Wish>,
	ended: Vec<ContractId>,
	changes: u64,
	/// How many contracts were made. The first ones are left alone.
	made: usize,
}

impl<'a> Users<'a> {
	/// Users who have so many contracts at most.
	pub(crate) fn new(user: &'a User<'a>, most: usize, random: StdRng) -> Self {
		let registry = Images::new();
		let images = IMAGES.map(|name| registry.make(name)).to_vec();
		let minds =
			Minds { random, wishes: BTreeMap::new(), ended: Vec::new(), changes: 0, made: 0 };
		Self { user, most, images, _registry: registry, minds: Mutex::new(minds) }
	}

	fn minds(&self) -> MutexGuard<'_, Minds> {
		self.minds.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Who signs for them.
	pub(crate) fn user(&self) -> &User<'a> {
		self.user
	}

	/// What they want at present, as far as the chain was told.
	pub(crate) fn wishes(&self) -> BTreeMap<ContractId, Wish> {
		self.minds().wishes.clone()
	}

	/// The containers that they want at present, with the change that each came with.
	pub(crate) fn programs(&self) -> BTreeMap<Key, u64> {
		let minds = self.minds();
		let of = |(contract, wish): (&ContractId, &Wish)| {
			let key = |name| Key::new(*contract, name).expect("a name");
			wish.programs().map(|(name, it)| (key(name), it.change)).collect::<Vec<_>>()
		};
		minds.wishes.iter().flat_map(of).collect()
	}

	/// The contracts that they ended.
	pub(crate) fn ended(&self) -> Vec<ContractId> {
		self.minds().ended.clone()
	}

	/// How often somebody wanted something else.
	pub(crate) fn changes(&self) -> u64 {
		self.minds().changes
	}

	/// By what an image is known.
	pub(crate) fn digest(&self, image: usize) -> [u8; 32] {
		self.images[image].digest
	}

	/// What a wish is in the words of the chain.
	pub(crate) fn spec(&self, wish: &Wish) -> Spec {
		let small = |name: &str, it: &Program| container(name, &self.images[it.image], it.volume);
		let mut workloads = vec![volume("data", SIZES[wish.size]), small("web", &wish.web)];
		if let Some(side) = &wish.side {
			workloads.extend([volume("more", SIZES[0]), small("side", side)]);
		}
		for workload in &mut workloads {
			if let Kind::Container(it) = &mut workload.kind {
				it.cpu = 30;
				// Whoever sees a volume of another size is another program, so that volumes grow
				// also on machines where none can that is used.
				let size = Variable { name: text("SIZE"), value: text(&wish.size.to_string()) };
				it.env = match it.mounts.iter().any(|it| it.volume == text("data")) {
					true => vec![size].try_into().expect("one"),
					false => Default::default(),
				};
			}
		}
		spec(workloads)
	}

	/// Have as many contracts as there may be.
	pub(crate) fn begin(&self) {
		loop {
			let missing = self.most - self.wishes().len();
			if missing == 0 {
				return;
			}
			self.create(missing.min(MOST_AT_ONCE));
		}
	}

	/// Change something, again and again.
	pub(crate) fn change_until(&self, is_over: &AtomicBool) {
		while !is_over.load(Ordering::Relaxed) {
			let missing = self.most - self.wishes().len();
			if missing > self.most / 4 {
				self.create(missing.min(MOST_AT_ONCE));
			} else {
				self.change();
			}
		}
	}

	fn create(&self, count: usize) {
		let mut made = Vec::new();
		let mut calls = Vec::new();
		{
			let mut minds = self.minds();
			for _ in 0..count {
				let mut wish = minds.new_wish();
				minds.made += 1;
				wish.is_quiet = minds.made <= self.most / 2;
				let label = format!("contract-{}", minds.made);
				calls.push(self.user.creation(&label, self.spec(&wish), None));
				made.push(wish);
			}
		}
		let created = User::created(&self.user.at_once(calls));
		assert_eq!(created.len(), made.len());
		self.minds().wishes.extend(created.into_iter().zip(made));
	}

	/// Some change what they want or end it, and all of that is in one block.
	fn change(&self) {
		let calls: Vec<RuntimeCall> = {
			let mut minds = self.minds();
			let count = minds.random.random_range(1..=3);
			let Minds { wishes, random, .. } = &mut *minds;
			let restless = wishes.iter().filter(|(_, wish)| !wish.is_quiet);
			let chosen = restless.map(|(it, _)| *it).choose_multiple(random, count);
			chosen.into_iter().map(|contract| self.change_one(&mut minds, contract)).collect()
		};
		// From here on nobody expects what was changed to go on.
		self.user.at_once(calls);
	}

	fn change_one(&self, minds: &mut Minds, contract: ContractId) -> RuntimeCall {
		minds.changes += 1;
		let change = minds.changes;
		let dice = minds.random.random_range(0..10);
		let another = minds.random.random_range(1..IMAGES.len());
		let Some(wish) = minds.wishes.get_mut(&contract) else { unreachable!("it was chosen") };
		let repaint = |it: &mut Program| {
			it.image = (it.image + another) % IMAGES.len();
			it.history.push(it.image);
			it.change = change;
		};
		match dice {
			0..2 => {
				minds.wishes.remove(&contract);
				minds.ended.push(contract);
				return User::cancellation(contract);
			},
			2..4 if wish.size + 1 < SIZES.len() => {
				wish.size += 1;
				wish.web.change = change;
			},
			4..6 => {
				wish.side = match wish.side.take() {
					Some(side) => {
						wish.past = side.history;
						None
					},
					None => {
						let mut side = Program::new(another, "more", change);
						side.history.splice(..0, wish.past.drain(..));
						Some(side)
					},
				}
			},
			_ => match &mut wish.side {
				Some(side) if dice == 6 => repaint(side),
				_ => repaint(&mut wish.web),
			},
		}
		wish.revision += 1;
		self.user.amendment(contract, wish.revision - 1, self.spec(wish))
	}

	/// End everything.
	pub(crate) fn cancel_all(&self) {
		let all: Vec<_> = self.minds().wishes.keys().copied().collect();
		for some in all.chunks(MOST_AT_ONCE) {
			self.user.at_once(some.iter().copied().map(User::cancellation).collect());
		}
	}
}

impl Minds {
	fn new_wish(&mut self) -> Wish {
		self.changes += 1;
		let mut program = |volume| {
			let image = self.random.random_range(0..IMAGES.len());
			Program::new(image, volume, self.changes)
		};
		let (web, side) = (program("data"), program("more"));
		let has_side = self.random.random_bool(0.4);
		let side = has_side.then_some(side);
		Wish { revision: 1, web, size: 0, side, past: Vec::new(), is_quiet: false }
	}
}
