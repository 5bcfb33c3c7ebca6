//! What a node reads of the chain.
//!
//! Fields of records are found by their names, so that others may come and go. What they hold is
//! decoded as the types that chain and agent share.

use crate::{
	state::{Item, State},
	Error,
};
use codec::Decode;
use grid_primitives::{
	approval::Digest,
	query::NodeState,
	report::NetworkKeys,
	spec::{Name, Spec, SpecHash},
	BlockNumber, ContractId, FarmId, NodeId, TwinId,
};
use subxt::{
	config::substrate::AccountId32,
	ext::{
		scale_decode::{self, DecodeAsType},
		scale_value::Value,
	},
	utils::Static,
};
use zos_core::{
	desired::{Address, Desired, Elsewhere, Status},
	node::{Clock, Machine, Node, Terms},
};

const ACCOUNT: Item = Item("System", "Account");
const BLOCK_HASH: Item = Item("System", "BlockHash");
const NOW: Item = Item("Timestamp", "Now");
const PARAMETERS: Item = Item("Parameters", "Parameters");
const NODE_IDS: Item = Item("Nodes", "NodeIds");
const NODES: Item = Item("Nodes", "Nodes");
const CLOCKS: Item = Item("Nodes", "Clocks");
const INVITATIONS: Item = Item("Nodes", "Invitations");
const PLACEMENTS: Item = Item("Deployments", "Placements");
const DESIRED: Item = Item("Deployments", "desired");

/// How many contracts are asked for at a time. Each may have a spec of 16 KiB.
const PAGE: u32 = 32;

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct Account {
	nonce: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct NodeRecord {
	farm: FarmId,
	machine: Static<Machine>,
	state: Static<NodeState>,
	updated: u64,
}

/// How often a node was told that what it is to run has changed.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct Told {
	generation: u64,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct DesiredPage {
	contracts: Vec<DesiredRecord>,
	next: Option<ContractId>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct DesiredRecord {
	contract: ContractId,
	label: Static<Name>,
	twin: TwinId,
	run: bool,
	revision: u32,
	spec: Option<Static<Spec>>,
	addresses: Static<Vec<Address>>,
	status: Static<Status>,
	plan: Static<Vec<(NodeId, SpecHash)>>,
	contract_revision: u32,
	approved: Option<Digest>,
}

/// What a contract has on a node, as far as other nodes need to know.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct Placed {
	spec: Option<Static<Spec>>,
	keys: Static<NetworkKeys>,
}

impl From<DesiredRecord> for Desired {
	fn from(it: DesiredRecord) -> Self {
		Self {
			contract: it.contract,
			label: it.label.0,
			twin: it.twin,
			run: it.run,
			revision: it.revision,
			spec: it.spec.map(|spec| spec.0),
			addresses: it.addresses.0,
			elsewhere: Vec::new(),
			status: it.status.0,
			plan: it.plan.0,
			contract_revision: it.contract_revision,
			approved: it.approved,
		}
	}
}

impl State {
	/// How many transactions of an account are in the chain.
	pub(crate) async fn nonce(&self, account: [u8; 32]) -> Result<u32, Error> {
		let found: Option<Account> = self.get(ACCOUNT, (AccountId32(account),)).await?;
		Ok(found.map_or(0, |it| it.nonce))
	}

	/// The hash of an earlier block, if the chain still knows it.
	pub(crate) async fn hash_of(&self, number: BlockNumber) -> Result<Option<[u8; 32]>, Error> {
		let found: Option<Static<[u8; 32]>> = self.get(BLOCK_HASH, (number,)).await?;
		Ok(found.map(|hash| hash.0))
	}

	/// What time it was, in seconds since 1970.
	pub(crate) async fn time(&self) -> Result<u64, Error> {
		let millis: Option<u64> = self.get(NOW, ()).await?;
		Ok(millis.unwrap_or_default() / 1_000)
	}

	/// The node that an account operates.
	pub(crate) async fn node_of(&self, account: [u8; 32]) -> Result<Option<Node>, Error> {
		let id: Option<NodeId> = self.get(NODE_IDS, (AccountId32(account),)).await?;
		let Some(id) = id else { return Ok(None) };
		let keys = [self.key(NODES, (id,))?, self.key(CLOCKS, (id,))?];
		let [node, clock] = self.follow.values(self.block.hash, [&keys[0], &keys[1]]).await?;
		let (Some(node), Some(clock)) = (node, clock) else {
			return Err(Error::unknown("nodes")(format!("node {id} is not there").into()));
		};
		let node: NodeRecord = self.read(NODES, &node)?;
		let clock: Static<Clock> = self.read(CLOCKS, &clock)?;
		Ok(Some(Node {
			id,
			farm: node.farm,
			machine: node.machine.0,
			state: node.state.0,
			updated: node.updated,
			clock: clock.0,
		}))
	}

	/// The farms that have invited an account.
	pub(crate) async fn invitations(&self, account: [u8; 32]) -> Result<Vec<FarmId>, Error> {
		let prefix = self.key(INVITATIONS, (AccountId32(account),))?;
		let found = self.follow.pairs(self.block.hash, &prefix).await?;
		let farm = |(key, _): &(Vec<u8>, Vec<u8>)| {
			// After the prefix there are the hash of the number, and the number.
			let number = key.get(prefix.len() + 8..).unwrap_or_default();
			FarmId::decode(&mut &*number)
				.map_err(|error| Error::unknown("invitations")(error.into()))
		};
		found.iter().map(farm).collect()
	}

	/// How often the chain wants to hear of nodes.
	pub(crate) async fn terms(&self) -> Result<Terms, Error> {
		let key = |name: &str| {
			let parameter = Value::unnamed_variant(name, [Value::unnamed_composite([])]);
			self.key(PARAMETERS, (Value::unnamed_variant("Heartbeats", [parameter]),))
		};
		let keys = [key("MinGap")?, key("MaxGap")?, key("UpdateInterval")?];
		let [min_gap, max_gap, update_interval] =
			self.follow.values(self.block.hash, [&keys[0], &keys[1], &keys[2]]).await?;
		// The value comes after the numbers of its group and of itself.
		let seconds = |value: Option<Vec<u8>>, otherwise: u64| match value {
			None => Ok(otherwise),
			Some(value) => <(u8, u8, u64)>::decode(&mut &value[..])
				.map(|(_, _, seconds)| seconds)
				.map_err(|error| Error::unknown("parameters")(error.into())),
		};
		Ok(Terms {
			min_gap: seconds(min_gap, Terms::AT_FIRST.min_gap)?,
			max_gap: seconds(max_gap, Terms::AT_FIRST.max_gap)?,
			update_interval: seconds(update_interval, Terms::AT_FIRST.update_interval)?,
		})
	}

	/// How often what a node is to run has changed.
	pub(crate) async fn generation(&self, node: NodeId) -> Result<u64, Error> {
		let found: Option<Told> = self.get(NODES, (node,)).await?;
		Ok(found.map_or(0, |it| it.generation))
	}

	/// What a node is to run: all of it, or an error.
	pub(crate) async fn desired(&self, node: NodeId) -> Result<Vec<Desired>, Error> {
		let mut all = Vec::new();
		let mut after = None;
		loop {
			let page: DesiredPage = self.view(DESIRED, (node, after, PAGE)).await?;
			all.extend(page.contracts.into_iter().map(Desired::from));
			match page.next {
				Some(next) => after = Some(next),
				None => break,
			}
		}
		all.sort_by_key(|desired| desired.contract);
		for desired in &mut all {
			desired.elsewhere = self.elsewhere(node, desired).await?;
		}
		Ok(all)
	}

	/// What a contract has on other nodes, if a network reaches there.
	async fn elsewhere(&self, here: NodeId, desired: &Desired) -> Result<Vec<Elsewhere>, Error> {
		let has_networks = desired.spec.as_ref().is_some_and(|it| it.networks().next().is_some());
		let others = desired.plan.iter().map(|(node, _)| *node).filter(|node| *node != here);
		let mut all = Vec::new();
		for node in others.filter(|_| has_networks) {
			let found: Option<Placed> = self.get(PLACEMENTS, (node, desired.contract)).await?;
			let Some(Placed { spec: Some(spec), keys }) = found else { continue };
			all.push(Elsewhere { node, spec: spec.0, keys: keys.0 });
		}
		Ok(all)
	}
}
