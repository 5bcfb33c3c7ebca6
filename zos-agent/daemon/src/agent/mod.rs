//! The agent of one node: hears the chain, does what it says, and tells it so.
//!
//! Three things go on side by side: the chain is followed, the node shows itself to it
//! ([`membership`]), and the machine is made what the chain wants ([`reconcile`]).
//! They meet in what was last heard, never in calls: whichever of them is held up holds up no other.

mod execute;
mod failing;
mod hear;
mod membership;
mod reconcile;
mod report;
mod settings;
mod tidy;

pub use membership::MembershipError;
pub use settings::Settings;

use crate::{
	hardware::Boot,
	ledger::{Ledger, LedgerError},
	metrics::Metrics,
	secrets::Secrets,
	status::View,
};
use grid_primitives::{FarmId, NodeId};
use std::sync::Arc;
use tokio::sync::watch;
use zos_core::{
	node::Machine,
	ports::{Chain, Containers, Head, Images, Networks, Volumes, Zdbs},
};
use zos_provision::fakes::FakeHost;

/// All that an agent is made of.
pub struct Agent {
	/// The chain, with the key of the node.
	pub chain: Arc<dyn Chain>,
	/// The machine.
	pub host: Host,
	/// What was decided, done and said.
	pub ledger: Arc<Ledger>,
	/// What opens secrets.
	pub secrets: Arc<Secrets>,
	/// What the chain is told of the machine.
	pub machine: Machine,
	/// When the machine started.
	pub boot: Boot,
	/// The farm to join, if several have invited the node.
	pub farm: Option<FarmId>,
	/// How often, how much, how long.
	pub settings: Settings,
	/// Where it is seen how it goes.
	pub view: Arc<View>,
	/// Where it is counted.
	pub metrics: Arc<Metrics>,
}

/// The machine, by its ports.
#[derive(Clone)]
pub struct Host {
	/// Images.
	pub images: Arc<dyn Images>,
	/// Containers.
	pub containers: Arc<dyn Containers>,
	/// Volumes.
	pub volumes: Arc<dyn Volumes>,
	/// Zdbs.
	pub zdbs: Arc<dyn Zdbs>,
	/// Networks.
	pub networks: Arc<dyn Networks>,
}

impl From<FakeHost> for Host {
	fn from(host: FakeHost) -> Self {
		let host = Arc::new(host);
		Self {
			images: host.clone(),
			containers: host.clone(),
			volumes: host.clone(),
			zdbs: host.clone(),
			networks: host,
		}
	}
}

/// Why an agent cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
	/// The ledger is of no use.
	#[error(transparent)]
	Ledger(#[from] LedgerError),
	/// The chain does not take the node.
	#[error(transparent)]
	Membership(#[from] MembershipError),
}

/// What has been heard so far, for all parts of an agent.
#[derive(Clone)]
struct Heard {
	head: watch::Receiver<Option<Head>>,
	node: watch::Receiver<Option<NodeId>>,
}

impl Agent {
	/// Run until it cannot. It may be dropped at any time: all that it leaves is found again.
	pub async fn run(self) -> Result<(), AgentError> {
		let agent = Arc::new(self);
		let (heads, head) = watch::channel(None);
		let (nodes, node) = watch::channel(None);
		let heard = Heard { head, node };
		tokio::select! {
			() = agent.follow(heads) => Ok(()),
			result = membership::run(agent.clone(), heard.clone(), nodes) => Ok(result?),
			result = reconcile::run(agent.clone(), heard) => Ok(result?),
		}
	}

	/// Follow the chain for ever.
	async fn follow(&self, heads: watch::Sender<Option<Head>>) {
		let mut newest = None;
		loop {
			let head = self.chain.finalized(newest).await;
			newest = Some(head.number);
			self.metrics.head.set(head.number.into());
			self.view.set_block();
			heads.send_replace(Some(head));
		}
	}
}

impl Heard {
	/// The newest finalized block, waiting for the first.
	async fn newest(&mut self) -> Head {
		loop {
			if let Some(head) = *self.head.borrow_and_update() {
				return head;
			}
			self.changed().await;
		}
	}

	/// Wait for another block.
	async fn changed(&mut self) {
		if self.head.changed().await.is_err() {
			// Whoever follows the chain has ended, and so will this.
			std::future::pending::<()>().await;
		}
	}
}
