//! An append-only key-value store for one disk.
//!
//! All namespaces share one log of checked records, cut into segments. An index in memory says
//! where the newest record of each key is. `docs/zdb-format.md` describes what is on the disk.
//!
//! One thread owns a [`Store`]. It changes and reads it, calls [`Store::commit`] before it tells
//! anyone that a change is made, and [`Store::maintain`] now and then: syncing, checkpoints and
//! compaction happen in threads of the store, and `maintain` takes over what they finished.

mod apply;
mod checkpoint;
mod compaction;
mod disk;
mod error;
mod format;
mod health;
mod identity;
mod index;
mod log;
mod namespace;
mod options;
mod recovery;
pub mod replication;
pub mod simulation;
mod store;
mod sync;
mod worker;

pub use disk::{Disk, DiskFile, Folder};
pub use error::{
	CloseError, CommitError, MaintainError, NamespaceError, OpenError, ReadError, WriteError,
};
pub use format::MAX_VALUE;
pub use health::{Checked, Checking, Damage, Stats};
pub use identity::Identity;
pub use namespace::{Bounds, Info, Mode, NamespaceId, Settings};
pub use options::{Compaction, Options, Sync};
pub use recovery::Recovered;
pub use store::{Check, Cursor, Direction, Item, Page, Past, Set, Store, Version};
