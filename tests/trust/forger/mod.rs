//! Somebody on the network who passes on what a node says, and lies whenever that is wanted.
//!
//! It joins the peer-to-peer network as nodes do, with one of them as its only source. Whoever
//! has no other peer hears the chain as the forger tells it. All that it can do is lie: it has no
//! chain of its own, and the keys that a story gives it.

mod answers;
mod finality;

pub(crate) use answers::Lie;
pub(crate) use finality::Proof;

use codec::{Decode, Encode};
use futures::StreamExt;
use grid_runtime::{opaque::Block, Hash};
use grid_stories::{free_port, Node};
use sc_network::{
	config::{
		FullNetworkConfiguration, IncomingRequest, MultiaddrWithPeerId, NetworkConfiguration,
		NonReservedPeerMode, NotificationHandshake, NotificationMetrics, OutgoingResponse, Params,
		PeerStore, ProtocolId, Role, SetConfig,
	},
	request_responses::IfDisconnected,
	service::traits::{NetworkService, NotificationEvent, NotificationService, ValidationResult},
	Litep2pNetworkBackend, NetworkBackend, NetworkRequest, PeerId, ProtocolName,
};
use std::{
	collections::{BTreeMap, HashSet},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::{runtime::Runtime, time::interval};

type Net = Litep2pNetworkBackend;

/// How often a claim is repeated: whoever was told may have gone away and come back.
const REPEAT: Duration = Duration::from_secs(1);

/// The most bytes of anything.
const MOST: u64 = 16 * 1024 * 1024;

const PATIENCE: Duration = Duration::from_secs(15);

/// The byte by which full nodes are known.
const FULL_NODE: u8 = 1;

/// What others are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
	/// Headers.
	Blocks,
	/// The state of a block.
	State,
	/// Proofs of what is final.
	Finality,
	/// Notifications that blocks are final, which nobody asks for.
	Commits,
}

/// What is told in place of what is true.
#[derive(Default)]
struct Script {
	lie: Option<Lie>,
	proof: Option<Proof>,
	/// How often who was lied to.
	told: BTreeMap<Kind, usize>,
}

/// Somebody who passes on what a node says, and lies whenever that is wanted. It is gone when this
/// is dropped.
pub(crate) struct Forger {
	address: String,
	script: Arc<Mutex<Script>>,
	runtime: Option<Runtime>,
}

impl Drop for Forger {
	fn drop(&mut self) {
		if let Some(runtime) = self.runtime.take() {
			runtime.shutdown_background();
		}
	}
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
	script.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What all parts of it share.
#[derive(Clone)]
struct Middle {
	source: PeerId,
	network: Arc<dyn NetworkService>,
	script: Arc<Mutex<Script>>,
}

impl Forger {
	/// It passes on what a node says.
	pub(crate) fn before(node: &Node) -> Self {
		let source: MultiaddrWithPeerId = node.address().parse().expect("a node has an address");
		let genesis = node.chain().genesis();
		let best = node.chain().best();
		let handshake = (FULL_NODE, best.number, best.hash(), genesis).encode();
		let port = free_port();
		let script = Arc::new(Mutex::new(Script::default()));
		let runtime = Runtime::new().expect("the machine can run threads");
		let id = {
			let _inside = runtime.enter();
			join(source, genesis, handshake, port, script.clone())
		};
		let address = format!("/ip4/127.0.0.1/tcp/{port}/ws/p2p/{id}");
		Self { address, script, runtime: Some(runtime) }
	}

	/// Where it is reached.
	pub(crate) fn address(&self) -> &str {
		&self.address
	}

	/// From now on it answers so about the state of blocks.
	pub(crate) fn lies(&self, lie: Option<Lie>) {
		lock(&self.script).lie = lie;
	}

	/// From now on it claims that a block is final, with a proof that may be none.
	pub(crate) fn claims(&self, proof: Option<Proof>) {
		lock(&self.script).proof = proof;
	}

	/// How often it was lied so far.
	pub(crate) fn told(&self, kind: Kind) -> usize {
		lock(&self.script).told.get(&kind).copied().unwrap_or_default()
	}
}

/// Join the network.
fn join(
	source: MultiaddrWithPeerId,
	genesis: Hash,
	handshake: Vec<u8>,
	port: u16,
	script: Arc<Mutex<Script>>,
) -> PeerId {
	let mut config = NetworkConfiguration::new("forger", "forger", Default::default(), None);
	let listen = format!("/ip4/127.0.0.1/tcp/{port}/ws");
	config.listen_addresses = vec![listen.parse().expect("it is an address")];
	config.enable_dht_random_walk = false;
	let peers = SetConfig {
		in_peers: 10,
		out_peers: 0,
		reserved_nodes: vec![source.clone()],
		non_reserved_mode: NonReservedPeerMode::Accept,
	};
	config.default_peers_set = peers.clone();
	let mut full = FullNetworkConfiguration::<Block, Hash, Net>::new(&config, None);
	let metrics = NotificationMetrics::new(None);
	let name = |what: &str| format!("/{}/{what}", hex::encode(genesis));

	let notifications = |what: &str, handshake: Vec<u8>| {
		<Net as NetworkBackend<Block, Hash>>::notification_config(
			name(what).into(),
			Vec::new(),
			MOST,
			Some(NotificationHandshake::from_bytes(handshake)),
			peers.clone(),
			metrics.clone(),
			full.peer_store_handle(),
		)
	};
	let (announcements, announced) = notifications("block-announces/1", handshake);
	let (votes, voted) = notifications("grandpa/1", vec![FULL_NODE]);
	let (transactions, said) = notifications("transactions/1", vec![FULL_NODE]);
	full.add_notification_protocol(votes);
	full.add_notification_protocol(transactions);

	let kinds = [("sync/2", Kind::Blocks), ("light/2", Kind::State), ("sync/warp", Kind::Finality)];
	let questions = kinds.map(|(what, kind)| {
		let (sender, questions) = async_channel::bounded(100);
		let protocol: ProtocolName = name(what).into();
		let request = <Net as NetworkBackend<Block, Hash>>::request_response_config(
			protocol.clone(),
			vec![],
			MOST,
			MOST,
			PATIENCE,
			Some(sender),
		);
		full.add_request_response_protocol(request);
		(kind, protocol, questions)
	});
	tokio::spawn(full.take_peer_store().run());

	let params = Params::<Block, Hash, Net> {
		role: Role::Full,
		executor: Box::new(|task| drop(tokio::spawn(task))),
		network_config: full,
		protocol_id: ProtocolId::from("forger"),
		// Only for how peers find others: nobody is to find whom the forger knows.
		genesis_hash: Hash::zero(),
		fork_id: None,
		metrics_registry: None,
		block_announce_config: announcements,
		ipfs_config: None,
		notification_metrics: metrics,
	};
	let net = <Net as NetworkBackend<Block, Hash>>::new(params).expect("the network can be joined");
	let network = NetworkBackend::<Block, Hash>::network_service(&net);
	let id = network.local_peer_id();
	let middle = Middle { source: source.peer_id, network, script };
	tokio::spawn(NetworkBackend::<Block, Hash>::run(net));
	tokio::spawn(middle.clone().pass_on(announced));
	tokio::spawn(middle.clone().pass_on(said));
	tokio::spawn(middle.clone().claim(voted));
	for (kind, protocol, questions) in questions {
		tokio::spawn(middle.clone().answer(kind, protocol, questions));
	}
	id
}

impl Middle {
	fn script(&self) -> MutexGuard<'_, Script> {
		lock(&self.script)
	}

	fn note(&self, kind: Kind) {
		*self.script().told.entry(kind).or_default() += 1;
	}

	/// Answer questions.
	async fn answer(
		self,
		kind: Kind,
		protocol: ProtocolName,
		questions: async_channel::Receiver<IncomingRequest>,
	) {
		let each = questions.for_each_concurrent(None, |asked| async {
			let result = self.answer_to(kind, protocol.clone(), asked.payload).await;
			let answer =
				OutgoingResponse { result, reputation_changes: Vec::new(), sent_feedback: None };
			// Whoever asked may be gone.
			let _ = asked.pending_response.send(answer);
		});
		each.await;
	}

	async fn answer_to(
		&self,
		kind: Kind,
		protocol: ProtocolName,
		question: Vec<u8>,
	) -> Result<Vec<u8>, ()> {
		let (lie, proof) = {
			let script = self.script();
			(script.lie.filter(|_| kind == Kind::State), script.proof.clone())
		};
		if let Some(proof) = proof.filter(|_| kind == Kind::Finality) {
			self.note(kind);
			return Ok(proof.warp_proof());
		}
		let question = lie.map_or(question.clone(), |lie| lie.question(question));
		let asked = self.network.request(
			self.source,
			protocol,
			question,
			None,
			IfDisconnected::ImmediateError,
		);
		let answer = asked.await.map_err(drop)?.0;
		Ok(match lie {
			Some(lie) => {
				self.note(kind);
				lie.answer(answer)
			},
			None => answer,
		})
	}

	/// Pass on which blocks and which transactions there are, in both directions.
	async fn pass_on(self, mut service: Box<dyn NotificationService>) {
		let mut peers = Peers::default();
		while let Some(event) = service.next_event().await {
			let Some((from, news)) = peers.take(event) else { continue };
			if from != self.source {
				service.send_sync_notification(&self.source, news);
				continue;
			}
			for peer in peers.others(self.source) {
				service.send_sync_notification(&peer, news.clone());
			}
		}
	}

	/// Pass on what is final, or claim something else.
	async fn claim(self, mut service: Box<dyn NotificationService>) {
		let mut peers = Peers::default();
		let mut ticks = interval(REPEAT);
		let mut last_true_claim = None;
		loop {
			let event = tokio::select! {
				event = service.next_event() => match event {
					Some(event) => Some(event),
					None => return,
				},
				_ = ticks.tick() => None,
			};
			let proof = self.script().proof.clone();
			if let Some(proof) = &proof {
				if event.is_none() {
					for peer in peers.others(self.source) {
						service.send_sync_notification(&peer, proof.claim());
						service.send_sync_notification(&peer, proof.commit());
						self.note(Kind::Commits);
					}
				}
			}
			let opened = match &event {
				Some(NotificationEvent::NotificationStreamOpened { peer, .. }) => Some(*peer),
				_ => None,
			};
			if let (Some(peer), None, Some(claim)) = (opened, &proof, &last_true_claim) {
				if peer != self.source {
					service.send_sync_notification(&peer, Vec::clone(claim));
				}
			}
			let Some((from, news)) = event.and_then(|event| peers.take(event)) else { continue };
			if from != self.source {
				// How far they are: else they are told nothing new.
				service.send_sync_notification(&self.source, news);
				continue;
			}
			if is_claim(&news) {
				last_true_claim = Some(news.clone());
			}
			if proof.is_none() {
				for peer in peers.others(self.source) {
					service.send_sync_notification(&peer, news.clone());
				}
			}
		}
	}
}

/// Whether validators say with this how far they are.
fn is_claim(news: &[u8]) -> bool {
	<(u8, u8)>::decode(&mut &news[..]).is_ok_and(|it| it == (2, 1))
}

/// Who listens.
#[derive(Default)]
struct Peers(HashSet<PeerId>);

impl Peers {
	/// Take in what happened. What was said is returned, with who said it.
	fn take(&mut self, event: NotificationEvent) -> Option<(PeerId, Vec<u8>)> {
		match event {
			NotificationEvent::ValidateInboundSubstream { result_tx, .. } => {
				// Whoever came may be gone.
				let _ = result_tx.send(ValidationResult::Accept);
			},
			NotificationEvent::NotificationStreamOpened { peer, .. } => drop(self.0.insert(peer)),
			NotificationEvent::NotificationStreamClosed { peer } => drop(self.0.remove(&peer)),
			NotificationEvent::NotificationReceived { peer, notification } => {
				return Some((peer, notification.to_vec()));
			},
		}
		None
	}

	fn others(&self, source: PeerId) -> Vec<PeerId> {
		self.0.iter().copied().filter(|it| *it != source).collect()
	}
}
