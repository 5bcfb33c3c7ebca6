//! A store on a disk of which a test knows everything.

mod failing;
mod large;

use zdb_store::{NamespaceId, Options, Settings, Store};

/// A store, and a namespace in it.
fn open(options: Options) -> (Store, NamespaceId) {
	let mut store = Store::open(options).expect("the disk works");
	let id = match store.find(b"default") {
		Some(id) => id,
		None => store.create(b"default", Settings::default()).expect("there is none yet"),
	};
	(store, id)
}

fn read(store: &mut Store, id: NamespaceId, key: &[u8]) -> Option<Vec<u8>> {
	let mut value = Vec::new();
	store.get(id, key, &mut value).expect("the disk reads").then_some(value)
}
