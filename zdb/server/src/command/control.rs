//! What who runs the server tells it: which namespaces to have, and where to serve each.

use super::{
	access::{MAX_NAME, MAX_PASSWORD},
	database::Database,
	namespaces::is_name,
	password::{self, Known},
	refusal::{self, chain},
	scope::Served,
};
use crate::net::{Controlled, Gate, GateChange, Listener, Speaks};
use std::{error::Error, os::fd::OwnedFd, time::Instant};
use zdb_control::{Answer, Found, Order, Reason, Request, Serving};
use zdb_store::{Bounds, CommitError, Mode, NamespaceError, NamespaceId, Settings, WriteError};

/// Why a request is not done.
struct Refused(Reason, String);

impl Refused {
	fn request(text: &str) -> Self {
		Self(Reason::Request, text.into())
	}

	fn store(error: &dyn Error) -> Self {
		Self(Reason::Store, chain(error))
	}
}

impl From<NamespaceError> for Refused {
	fn from(error: NamespaceError) -> Self {
		let reason = match error {
			NamespaceError::NotEmpty => Reason::NotEmpty,
			NamespaceError::Write(WriteError::DiskFull) => Reason::DiskFull,
			_ => return Self::store(&error),
		};
		Self(reason, chain(&error))
	}
}

impl From<CommitError> for Refused {
	fn from(error: CommitError) -> Self {
		match error {
			CommitError::DiskFull => Self(Reason::DiskFull, refusal::of_commit(&error)),
			_ => Self(Reason::Store, refusal::of_commit(&error)),
		}
	}
}

impl Database {
	/// Do what a request says, and answer it.
	pub(super) fn obey(&mut self, request: &[u8], sockets: Vec<OwnedFd>) -> Controlled {
		let mut gates = Vec::new();
		let done = match serde_json::from_slice(request) {
			Ok(Request::List(prefix)) => Ok(self.list(&prefix)),
			Ok(Request::Serve(order)) => self.have(*order, sockets, &mut gates),
			Ok(Request::Pause(name)) => {
				self.leave(&name, &mut gates);
				Ok(Answer::Done)
			},
			Ok(Request::Remove(name)) => self.drop_namespace(&name, &mut gates),
			Err(error) => Err(Refused(Reason::Request, error.to_string())),
		};
		let answer = done.unwrap_or_else(|Refused(reason, text)| {
			log::warn!("what was told could not be done: {text}");
			Answer::Refused { reason, text }
		});
		// An answer is text, so it can be written as such.
		let mut reply = serde_json::to_vec(&answer).unwrap_or_default();
		reply.push(b'\n');
		Controlled { reply, gates }
	}

	fn list(&self, prefix: &str) -> Answer {
		let found = |(id, name): (NamespaceId, &[u8])| {
			let name = String::from_utf8(name.to_vec()).ok().filter(|it| it.starts_with(prefix))?;
			let info = self.store.info(id)?;
			let serving = match self.served.get(&id) {
				None => Serving::No,
				Some(Served { place: None, .. }) => Serving::Nowhere,
				Some(Served { place: Some(place), .. }) => Serving::At(place.clone()),
			};
			let (bytes, values, entries) = (info.disk_bytes, info.data_bytes, info.entries);
			Some(Found { name, bytes, values, entries, serving })
		};
		Answer::Found {
			namespaces: self.store.namespaces().filter_map(found).collect(),
			read_only: self.store.read_only().map(str::to_owned),
		}
	}

	/// Have a namespace, and serve it where the sockets are.
	fn have(
		&mut self,
		order: Order,
		sockets: Vec<OwnedFd>,
		gates: &mut Vec<GateChange>,
	) -> Result<Answer, Refused> {
		check(&order)?;
		let found = self.store.find(order.name.as_bytes());
		if found.is_some_and(|id| id == self.default) {
			return Err(Refused::request("the default namespace is not served by itself"));
		}
		let moves =
			found.and_then(|id| self.served.get(&id)).map(|it| &it.place) != Some(&order.place);
		let listeners = if moves { listeners(&order, sockets)? } else { Vec::new() };
		let before = found.and_then(|id| self.store.settings(id)).cloned();
		let settings = self.wanted(&order, before.as_ref())?;
		let id = match found {
			None => self.store.create(order.name.as_bytes(), settings.clone())?,
			Some(id) => {
				if before.as_ref() != Some(&settings) {
					self.store.change(id, settings.clone())?;
				}
				id
			},
		};
		let bounds = Bounds { disk_bytes: Some(order.bytes), entries: order.entries };
		self.store.bound(id, bounds)?;
		self.store.commit()?;
		let gate = Gate(id.0);
		if moves {
			gates.push(GateChange::Close(gate));
			gates.push(GateChange::Limit(gate, order.clients));
			gates.push(GateChange::Open(gate, listeners));
		} else {
			gates.push(GateChange::Limit(gate, order.clients));
			// Who came in with what was right before has to say what is right now.
			let entry = |settings: &Settings| (settings.public, settings.password.clone());
			if before.as_ref().map(entry) != Some(entry(&settings)) {
				gates.push(GateChange::Cut(gate));
			}
		}
		log::info!("namespace {} is served at {:?}", order.name, order.place);
		let password = order.password.as_ref().map(|password| Known::new(&password.0));
		self.served.insert(id, Served { called: order.called, place: order.place, password });
		Ok(Answer::Done)
	}

	/// What is to be settled about a namespace. A password that it has already is kept as it is.
	fn wanted(&self, order: &Order, before: Option<&Settings>) -> Result<Settings, Refused> {
		let password = match &order.password {
			None => None,
			Some(said) => {
				let kept = before.and_then(|before| before.password.clone());
				let same = kept.filter(|kept| password::is_password(kept, &said.0));
				let name = order.name.as_bytes();
				let kept = same.or_else(|| password::keep(name, &said.0, self.access.key.as_ref()));
				Some(kept.ok_or(Refused::request("the password cannot be kept"))?)
			},
		};
		Ok(Settings {
			mode: if order.sequential { Mode::Sequential } else { Mode::User },
			public: order.public,
			password,
			max_bytes: Some(order.bytes),
			..Settings::default()
		})
	}

	fn leave(&mut self, name: &str, gates: &mut Vec<GateChange>) {
		let Some(id) = self.store.find(name.as_bytes()) else { return };
		if self.served.remove(&id).is_some() {
			gates.push(GateChange::Close(Gate(id.0)));
			log::info!("namespace {name} is served nowhere");
		}
	}

	fn drop_namespace(
		&mut self,
		name: &str,
		gates: &mut Vec<GateChange>,
	) -> Result<Answer, Refused> {
		let Some(id) = self.store.find(name.as_bytes()) else { return Ok(Answer::Done) };
		if id == self.default {
			return Err(Refused::request("the default namespace stays"));
		}
		self.leave(name, gates);
		self.store.remove(id)?;
		self.store.commit()?;
		// What it had is cleared away while the store is cared for.
		self.changed = Instant::now();
		log::info!("namespace {name} is removed");
		Ok(Answer::Done)
	}
}

/// The sockets that came along.
fn listeners(order: &Order, sockets: Vec<OwnedFd>) -> Result<Vec<Listener>, Refused> {
	if sockets.is_empty() != order.place.is_none() {
		let text = "a place comes with its sockets, and sockets with their place";
		return Err(Refused(Reason::Sockets, text.into()));
	}
	let given = |socket| Listener::given(socket, "a socket that came along", Speaks::Resp);
	let listeners = sockets.into_iter().map(given).collect::<Result<_, _>>();
	listeners.map_err(|error| Refused(Reason::Sockets, chain(&error)))
}

fn check(order: &Order) -> Result<(), Refused> {
	for name in [&order.name, &order.called] {
		if name.is_empty() || name.len() > MAX_NAME || !is_name(name.as_bytes()) {
			return Err(Refused::request("a name has 1 to 128 visible letters, and no /"));
		}
	}
	let length = order.password.as_ref().map(|password| password.0.len());
	if length.is_some_and(|length| length == 0 || length > MAX_PASSWORD) {
		return Err(Refused::request("a password has 1 to 128 bytes: clients cannot say others"));
	}
	Ok(())
}
