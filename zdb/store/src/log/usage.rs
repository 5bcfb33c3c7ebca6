//! What in a segment is alive.

use crate::format::Kind;

/// Records, and the bytes they take on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
	pub(crate) records: u64,
	pub(crate) bytes: u64,
}

impl Share {
	pub(crate) fn add(&mut self, bytes: u64) {
		self.records += 1;
		self.bytes += bytes;
	}

	pub(crate) fn join(&mut self, other: Self) {
		self.records += other.records;
		self.bytes += other.bytes;
	}

	pub(crate) fn take(&mut self, bytes: u64) {
		self.records = self.records.saturating_sub(1);
		self.bytes = self.bytes.saturating_sub(bytes);
	}
}

/// What kinds of records a segment has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
	/// All records.
	pub(crate) all: Share,
	/// Values, alive or not.
	pub(crate) values: Share,
	/// Records that say that a key is gone.
	pub(crate) tombstones: Share,
	/// Records about namespaces, which stay.
	pub(crate) kept: Share,
}

/// What in a segment is alive, and of whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
	pub(crate) totals: Totals,
	/// Values that are alive.
	pub(crate) live: Share,
	/// The values that are alive of each namespace that has or had records here, by its id.
	pub(crate) of: Vec<(u32, Share)>,
}

impl Totals {
	/// A record of this kind is here.
	pub(crate) fn count(&mut self, kind: Kind, bytes: u64) {
		if kind == Kind::Gap {
			return;
		}
		self.all.add(bytes);
		match kind {
			Kind::Set => self.values.add(bytes),
			Kind::Delete => self.tombstones.add(bytes),
			Kind::Namespace | Kind::Removed | Kind::Flush => self.kept.add(bytes),
			Kind::Mark | Kind::Gap => (),
		}
	}
}

impl Usage {
	/// A record of this kind is here.
	pub(crate) fn count(&mut self, kind: Kind, bytes: u64) {
		self.totals.count(kind, bytes);
	}

	pub(crate) fn share(&self, namespace: u32) -> Share {
		match self.of.binary_search_by_key(&namespace, |(id, _)| *id) {
			Ok(at) => self.of[at].1,
			Err(_) => Share::default(),
		}
	}

	fn share_mut(&mut self, namespace: u32) -> &mut Share {
		let at = match self.of.binary_search_by_key(&namespace, |(id, _)| *id) {
			Ok(at) => at,
			Err(at) => {
				self.of.insert(at, (namespace, Share::default()));
				at
			},
		};
		&mut self.of[at].1
	}

	/// A value of this namespace lives here.
	pub(crate) fn revive(&mut self, namespace: u32, bytes: u64) {
		self.live.add(bytes);
		self.share_mut(namespace).add(bytes);
	}

	/// A value of this namespace that lived here is dead.
	pub(crate) fn kill(&mut self, namespace: u32, bytes: u64) {
		self.live.take(bytes);
		self.share_mut(namespace).take(bytes);
	}

	/// All values of this namespace that lived here are dead.
	pub(crate) fn kill_all(&mut self, namespace: u32) {
		let Ok(at) = self.of.binary_search_by_key(&namespace, |(id, _)| *id) else { return };
		let share = std::mem::take(&mut self.of[at].1);
		self.live.records = self.live.records.saturating_sub(share.records);
		self.live.bytes = self.live.bytes.saturating_sub(share.bytes);
	}

	/// A record of this namespace is here, alive or not.
	pub(crate) fn touch(&mut self, namespace: u32) {
		self.share_mut(namespace);
	}

	/// Whether this namespace has or had records here.
	pub(crate) fn has(&self, namespace: u32) -> bool {
		self.of.binary_search_by_key(&namespace, |(id, _)| *id).is_ok()
	}

	/// What lives here beside this.
	pub(crate) fn join(&mut self, other: &Self) {
		self.live.join(other.live);
		for (id, share) in &other.of {
			self.share_mut(*id).join(*share);
		}
	}

	/// Nothing is known to live here.
	pub(crate) fn clear_live(&mut self) {
		self.live = Share::default();
		self.of.clear();
	}

	/// How many bytes nobody needs.
	pub(crate) fn dead_bytes(&self) -> u64 {
		let needed = self.live.bytes + self.totals.tombstones.bytes + self.totals.kept.bytes;
		self.totals.all.bytes.saturating_sub(needed)
	}

	/// Whether a value is here that a newer record of its key replaced.
	pub(crate) fn has_old_values(&self) -> bool {
		self.totals.values.records > self.live.records
	}
}
