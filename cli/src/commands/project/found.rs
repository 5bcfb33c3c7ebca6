//! A manifest, and what the chain has of it.

use super::drift::{Drift, What};
use crate::{
	chain::{
		records::{Contract, ContractState, Place},
		State, AT_ONCE,
	},
	commands::nothing,
	manifest::{
		self, Addresses, Blank, Candidate, Current, Manifest, Plan as Planned, Sealer, Seals,
		Secrets,
	},
	session::Session,
	Failure,
};
use futures::{stream, StreamExt, TryStreamExt};
use grid_primitives::{
	ip::IpVersion,
	ports::Quote,
	query::{NodeFilter, NodeSummary},
	ContractId, FarmId, NodeId, TwinId,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	path::PathBuf,
};
use zeroize::Zeroizing;

/// The hours of a month, as budgets count them.
const MONTH: u128 = 720;

/// A manifest, and what there is of it.
pub(super) struct Project {
	pub(super) manifest: Manifest,
	pub(super) contract: Option<ContractId>,
	/// The same, as the chain has it.
	pub(super) found: Option<Contract>,
	pub(super) current: Current,
	/// What is wrong with its nodes.
	pub(super) trouble: Trouble,
	/// What is not as it should be.
	pub(super) drift: Vec<Drift>,
	pub(super) plan: Planned,
	pub(super) quote: Quote,
}

/// What is wrong with nodes that have something of a contract.
#[derive(Clone, Debug, Default)]
pub(super) struct Trouble {
	/// They are offline.
	pub(super) offline: BTreeSet<NodeId>,
	/// They cannot run it, for reasons of their own.
	pub(super) unfit: BTreeSet<NodeId>,
}

/// What is made of trouble.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Judgement {
	/// Who is offline, and waited for.
	pub(super) awaited: BTreeSet<NodeId>,
	/// Where nothing is to be.
	pub(super) unfit: BTreeSet<NodeId>,
}

pub(super) fn load(file: &PathBuf) -> Result<Manifest, Failure> {
	let path = file.clone();
	let text =
		std::fs::read_to_string(file).map_err(|source| manifest::Error::File { path, source })?;
	manifest::read(&text).map_err(|error| match error {
		manifest::Error::Flaw(flaw) => Failure::Input(format!("{}: {flaw}", file.display())),
		other => other.into(),
	})
}

/// The contract that a manifest of somebody has made.
pub(super) async fn contract(
	state: &State,
	twin: Option<TwinId>,
	manifest: &Manifest,
) -> Result<Option<ContractId>, Failure> {
	let label = manifest.name.value.as_str().try_into();
	let label = label.map_err(|_| Failure::Input("the name is too long".into()))?;
	match twin {
		Some(twin) => Ok(state.labelled(twin, &label).await?),
		None => Ok(None),
	}
}

impl Project {
	/// Find out what there is, and plan. Who is in trouble is judged: nobody is waited for, and nobody
	/// unfit, unless that is said.
	pub(super) async fn of(
		session: &Session,
		file: &PathBuf,
		judge: impl FnOnce(&Trouble) -> Judgement,
	) -> Result<Self, Failure> {
		let manifest = load(file)?;
		let folder = file.parent().map(PathBuf::from).unwrap_or_default();
		let secrets = Secrets::gather(&manifest, &folder)?;
		let key = match secrets.is_empty() {
			true => Zeroizing::default(),
			false => session.pair("sealing secrets", "")?.derived(b"grid/secrets"),
		};
		let state = session.state().await?;
		let account = session.account()?;
		let twin = state.twin_of(account).await?;
		let contract = contract(&state, twin, &manifest).await?;
		let (mut current, mut drift, mut trouble) =
			(Current::default(), Vec::new(), Trouble::default());
		let mut found = None;
		if let Some(id) = contract {
			let it = state.contract(id).await?.ok_or_else(|| nothing(format!("contract {id}")))?;
			keeps_policy(&manifest, id, &it)?;
			current = runs(&it);
			trouble.offline = state.offline_of(it.taken()).await?;
			drift = Drift::of(id, &it, &trouble.offline);
			let unfit = drift.iter().filter(|it| it.what == What::Unfit);
			trouble.unfit = unfit.filter_map(|it| it.node).collect();
			found = Some(it);
		}
		Judgement { awaited: current.awaited, unfit: current.unfit } = judge(&trouble);
		let candidates = candidates(&state, &manifest, &current).await?;
		let seed = [&account.0[..], manifest.name.as_bytes()].concat();
		let seed = sp_crypto_hashing::blake2_256(&seed);
		let plan = |sealer: &dyn Sealer| {
			manifest::plan(&manifest, &candidates, &current, twin, seed, sealer)
		};
		// Where things go does not depend on what is sealed: only the keys of those nodes are needed.
		let mut planned = plan(&Blank)?;
		if !secrets.is_empty() {
			let nodes = keys(&state, planned.specs.keys().copied()).await?;
			planned = plan(&Seals { secrets, key, twin, nodes })?;
		}
		let plan = planned;
		let quote = match contract {
			Some(id) => {
				let quote = state.quote_amendment(id, &plan.changes).await?;
				quote.ok_or_else(|| nothing(format!("contract {id}")))?
			},
			None => state.quote(account, &plan.whole()).await?,
		};
		let project = Self { manifest, contract, found, current, trouble, drift, plan, quote };
		project.within_budget()?;
		Ok(project)
	}

	/// Whether applying it would change something, or something is not as it should be.
	pub(super) fn differs(&self) -> bool {
		!self.plan.changes.is_empty() || self.drift.iter().any(Drift::stays)
	}

	fn within_budget(&self) -> Result<(), Failure> {
		let cost = self.quote.usd_per_hour.saturating_mul(MONTH);
		let shown =
			|units: u128| format!("{}.{:02} USD", units / 10_000_000, units % 10_000_000 / 100_000);
		match self.manifest.budget {
			Some(budget) if cost > budget.0.into() => Err(manifest::Error::OverBudget {
				cost: shown(cost),
				budget: shown(budget.0.into()),
			}
			.into()),
			_ => Ok(()),
		}
	}

	/// Whether it can be changed at the moment.
	pub(super) fn is_changeable(&self) -> Result<(), Failure> {
		let (Some(id), Some(found)) = (self.contract, &self.found) else { return Ok(()) };
		match (found.state, found.question.0) {
			(ContractState::AwaitingApproval, Some((_, request))) => Err(Failure::Input(format!(
				"stakeholders are being asked whether it may begin: answer with `grid approvals show \
				 {request}`, or take it back with `grid destroy`"
			))),
			(_, Some((_, request))) => Err(Failure::Input(format!(
				"stakeholders are being asked about it: answer with `grid approvals show {request}`, \
				 or take it back with `grid deployment withdraw {id}`"
			))),
			(ContractState::Paused, None) => Err(Failure::NotRunning(format!(
				"it is paused for want of money: top it up with `grid bill top-up {id} AMOUNT` first"
			))),
			_ => Ok(()),
		}
	}
}

/// A contract keeps the policy that it was made with.
fn keeps_policy(manifest: &Manifest, id: ContractId, found: &Contract) -> Result<(), Failure> {
	if found.policy == manifest.policy {
		return Ok(());
	}
	let right = match found.policy {
		Some(policy) => format!("write policy: {policy}"),
		None => "leave `policy` out".into(),
	};
	Err(Failure::Input(format!(
		"contract {id} keeps the policy that it was made with: {right}, or make it anew with `grid \
		 destroy` and `grid apply`, without its data"
	)))
}

/// What runs of a contract, and where.
fn runs(found: &Contract) -> Current {
	let mut current = Current::default();
	for part in &found.nodes {
		match (&part.place, &part.spec) {
			(Place::Taken(_), Some(spec)) => {
				current.specs.insert(part.node, spec.0.clone());
			},
			(Place::Leaving, _) => {
				current.leaving.insert(part.node);
			},
			(Place::Lost(_), _) => {
				current.lost.insert(part.node);
			},
			(Place::Taken(_), None) => {},
		}
		let addresses = part
			.addresses
			.iter()
			.filter_map(|it| Some((it.network.as_str()?.to_string(), it.ip.version())));
		current.addresses.insert(part.node, addresses.collect());
	}
	current
}

/// The nodes that may take something, and those that have something already.
async fn candidates(
	state: &State,
	manifest: &Manifest,
	current: &Current,
) -> Result<Vec<Candidate>, Failure> {
	let open = NodeFilter { online: Some(true), ..NodeFilter::default() };
	let all = state.find_nodes(&open).await?;
	let mut nodes: BTreeMap<_, _> = all.into_iter().map(|node| (node.node, node)).collect();
	for node in current.specs.keys() {
		if let (false, Some(found)) = (nodes.contains_key(node), state.node(*node).await?) {
			nodes.insert(*node, found);
		}
	}
	let wanted = |version: IpVersion| {
		manifest.networks.values().any(|it| match version {
			IpVersion::V4 => it.public_v4,
			IpVersion::V6 => it.public_v6,
		})
	};
	let [v4, v6] = [IpVersion::V4, IpVersion::V6].map(|version| async move {
		match wanted(version) {
			true => addresses(state, version).await,
			false => Ok(BTreeMap::new()),
		}
	});
	let (v4, v6) = (v4.await?, v6.await?);
	let candidate = |node: NodeSummary| {
		let of = |all: &BTreeMap<FarmId, u32>| all.get(&node.farm).copied().unwrap_or_default();
		let addresses = Addresses { v4: of(&v4), v6: of(&v6) };
		Candidate { node, addresses }
	};
	Ok(nodes.into_values().map(candidate).collect())
}

/// How many public addresses of a version farms have free, of those that have any.
async fn addresses(state: &State, version: IpVersion) -> Result<BTreeMap<FarmId, u32>, Failure> {
	let (public_v4, public_v6) = match version {
		IpVersion::V4 => (1, 0),
		IpVersion::V6 => (0, 1),
	};
	let filter = NodeFilter { online: Some(true), public_v4, public_v6, ..NodeFilter::default() };
	let nodes = state.find_nodes(&filter).await?;
	let farms: BTreeSet<_> = nodes.iter().map(|node| node.farm).collect();
	let look = |farm: FarmId| async move {
		Ok::<_, Failure>((farm, state.free_addresses(farm, version).await?))
	};
	stream::iter(farms).map(look).buffered(AT_ONCE).try_collect().await
}

/// The keys of nodes that secrets are sealed to.
async fn keys(
	state: &State,
	nodes: impl Iterator<Item = NodeId>,
) -> Result<BTreeMap<NodeId, [u8; 32]>, Failure> {
	let mut keys = BTreeMap::new();
	for node in nodes {
		if let Some(key) = state.encryption_key(node).await? {
			keys.insert(node, key);
		}
	}
	Ok(keys)
}
