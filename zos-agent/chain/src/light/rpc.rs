//! Questions to the light client that runs in this process, and its answers.

use super::platform::Platform;
use futures::{channel::mpsc, stream, StreamExt};
use serde::Deserialize;
use serde_json::value::{to_raw_value, RawValue};
use smoldot_light::{ChainId, Client, JsonRpcResponses};
use std::{
	collections::HashMap,
	sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};
use subxt::rpcs::{
	client::{RawRpcFuture, RawRpcSubscription},
	Error, RpcClientT, UserError,
};
use tokio::sync::oneshot;

type Notes = mpsc::UnboundedReceiver<Result<Box<RawValue>, Error>>;

/// A way to the light client. It ends when the last clone is dropped.
#[derive(Clone)]
pub(super) struct LightRpc(Arc<Mutex<State>>);

struct State {
	client: Client<Platform>,
	chain: ChainId,
	next_id: u64,
	/// Nobody answers any more once the light client has ended.
	ended: bool,
	questions: HashMap<u64, Question>,
	subscriptions: HashMap<String, mpsc::UnboundedSender<Result<Box<RawValue>, Error>>>,
}

enum Question {
	Plain(oneshot::Sender<Result<Box<RawValue>, Error>>),
	Subscribe(oneshot::Sender<Result<(String, Notes), Error>>),
}

/// What the light client says: the answer to a question, or a note of a subscription.
#[derive(Deserialize)]
struct Said {
	id: Option<String>,
	result: Option<Box<RawValue>>,
	error: Option<UserError>,
	params: Option<Note>,
}

#[derive(Deserialize)]
struct Note {
	subscription: String,
	result: Box<RawValue>,
}

#[derive(Debug, thiserror::Error)]
enum LightError {
	#[error("the light client has ended")]
	Ended,
	#[error("the light client has too much to do")]
	Busy,
}

impl From<LightError> for Error {
	fn from(error: LightError) -> Self {
		Self::Client(Box::new(error))
	}
}

impl LightRpc {
	pub(super) fn new(
		client: Client<Platform>,
		chain: ChainId,
		mut answers: JsonRpcResponses<Platform>,
	) -> Self {
		let state = State {
			client,
			chain,
			next_id: 0,
			ended: false,
			questions: HashMap::new(),
			subscriptions: HashMap::new(),
		};
		let shared = Arc::new(Mutex::new(state));
		let listener = Arc::downgrade(&shared);
		tokio::spawn(async move {
			while let Some(said) = answers.next().await {
				match listener.upgrade() {
					Some(state) => lock(&state).hear(&said),
					None => return,
				}
			}
			if let Some(state) = listener.upgrade() {
				lock(&state).end();
			}
		});
		Self(shared)
	}
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
	state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
	fn ask(
		&mut self,
		method: &str,
		params: Option<&RawValue>,
		question: Question,
	) -> Result<(), Error> {
		if self.ended {
			return Err(LightError::Ended.into());
		}
		let id = self.next_id;
		self.next_id += 1;
		let params = params.map_or("[]", RawValue::get);
		let text =
			format!(r#"{{"jsonrpc":"2.0","id":"{id}","method":"{method}","params":{params}}}"#);
		self.client.json_rpc_request(text, self.chain).map_err(|_| LightError::Busy)?;
		self.questions.insert(id, question);
		Ok(())
	}

	fn hear(&mut self, text: &str) {
		match serde_json::from_str(text) {
			Ok(Said { params: Some(note), .. }) => {
				if let Some(listener) = self.subscriptions.get(&note.subscription) {
					// Whoever listened may just have stopped to.
					let _ = listener.unbounded_send(Ok(note.result));
				}
			},
			Ok(Said { id: Some(id), result, error, .. }) => {
				let question = id.parse().ok().and_then(|id: u64| self.questions.remove(&id));
				let answer = match (result, error) {
					(_, Some(error)) => Err(Error::User(error)),
					(Some(result), None) => Ok(result),
					// An answer may be `null`, which is taken for none at all.
					(None, None) => to_raw_value(&()).map_err(Error::Serialization),
				};
				match question {
					Some(question) => self.answer(question, answer),
					None => log::warn!("the light client answers what was not asked"),
				}
			},
			_ => log::warn!("the light client says what cannot be read: {text}"),
		}
	}

	/// Whoever asked may have stopped to wait, so nobody minds if an answer cannot be given.
	fn answer(&mut self, question: Question, answer: Result<Box<RawValue>, Error>) {
		match question {
			Question::Plain(asker) => {
				let _ = asker.send(answer);
			},
			Question::Subscribe(asker) => {
				let subscribed = answer.and_then(|id| {
					let id: String =
						serde_json::from_str(id.get()).map_err(Error::Deserialization)?;
					let (sender, notes) = mpsc::unbounded();
					self.subscriptions.insert(id.clone(), sender);
					Ok((id, notes))
				});
				let _ = asker.send(subscribed);
			},
		}
	}

	fn end(&mut self) {
		self.ended = true;
		self.questions.clear();
		self.subscriptions.clear();
	}
}

/// Tells the light client that nobody listens to a subscription any more.
struct Unsubscribe {
	state: Weak<Mutex<State>>,
	method: String,
	id: String,
}

impl Drop for Unsubscribe {
	fn drop(&mut self) {
		let Some(state) = self.state.upgrade() else { return };
		let mut state = lock(&state);
		state.subscriptions.remove(&self.id);
		let (nobody, _) = oneshot::channel();
		let asked = to_raw_value(&[&self.id])
			.map_err(Error::Serialization)
			.and_then(|params| state.ask(&self.method, Some(&params), Question::Plain(nobody)));
		if let Err(error) = asked {
			log::debug!("a subscription to the light client is left to itself: {error}");
		}
	}
}

impl RpcClientT for LightRpc {
	fn request_raw<'a>(
		&'a self,
		method: &'a str,
		params: Option<Box<RawValue>>,
	) -> RawRpcFuture<'a, Box<RawValue>> {
		Box::pin(async move {
			let (sender, answer) = oneshot::channel();
			lock(&self.0).ask(method, params.as_deref(), Question::Plain(sender))?;
			answer.await.map_err(|_| LightError::Ended)?
		})
	}

	fn subscribe_raw<'a>(
		&'a self,
		subscribe: &'a str,
		params: Option<Box<RawValue>>,
		unsubscribe: &'a str,
	) -> RawRpcFuture<'a, RawRpcSubscription> {
		Box::pin(async move {
			let (sender, answer) = oneshot::channel();
			lock(&self.0).ask(subscribe, params.as_deref(), Question::Subscribe(sender))?;
			let (id, notes) = answer.await.map_err(|_| LightError::Ended)??;
			let state = Arc::downgrade(&self.0);
			let guard = Unsubscribe { state, method: unsubscribe.into(), id: id.clone() };
			let ended = stream::once(async { Err(LightError::Ended.into()) });
			let stream = notes.chain(ended).map(move |note| {
				let _until_dropped = &guard;
				note
			});
			Ok(RawRpcSubscription { stream: stream.boxed(), id: Some(id) })
		})
	}
}
