//! A manifest, and what the chain has of it.

use crate::{
	chain::{
		records::{ContractState, Place, Status},
		State,
	},
	commands::{nothing, wait},
	manifest::{
		self, Blank, Candidate, Current, Manifest, Plan as Planned, Sealer, Seals, Secrets,
	},
	session::Session,
	Failure,
};
use grid_primitives::{ports::Quote, query::NodeFilter, ContractId, NodeId, TwinId};
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
	/// The revision that was looked at.
	pub(super) revision: u32,
	pub(super) current: Current,
	/// What the chain says of those nodes.
	pub(super) offline: BTreeSet<NodeId>,
	pub(super) state: Option<ContractState>,
	pub(super) asked: Option<u64>,
	pub(super) failed: Vec<String>,
	pub(super) plan: Planned,
	pub(super) quote: Quote,
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
	pub(super) async fn of(session: &Session, file: &PathBuf) -> Result<Self, Failure> {
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
		let (mut current, mut contract_state, mut asked, mut failed) =
			(Current::default(), None, None, Vec::new());
		let mut revision = 0;
		if let Some(id) = contract {
			let found = state.contract(id).await?;
			let found = found.ok_or_else(|| nothing(format!("contract {id}")))?;
			contract_state = Some(found.state);
			revision = found.revision;
			asked = found.question.map(|(_, request)| request);
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
				if matches!(part.status, Some(Status::Failed(_))) {
					failed.push(format!("node {}: {}", part.node, wait::words(part)));
				}
			}
		}
		let candidates = candidates(&state, &manifest, &current).await?;
		let offline = candidates
			.iter()
			.filter(|it| !it.node.online && current.specs.contains_key(&it.node.node))
			.map(|it| it.node.node)
			.collect();
		let seed = [&account.0[..], manifest.name.as_bytes()].concat();
		let seed = sp_crypto_hashing::blake2_256(&seed);
		let plan = |sealer: &dyn Sealer| {
			manifest::plan(&manifest, &candidates, &current, twin, seed, sealer)
		};
		// Where things go does not depend on what is sealed: only the keys of those nodes are needed.
		let mut planned = plan(&Blank)?;
		if !secrets.is_empty() {
			let nodes = keys(&state, planned.specs.keys().copied()).await?;
			planned = plan(&Seals { secrets, key, nodes })?;
		}
		let plan = planned;
		let quote = state.quote(account, &plan.whole()).await?;
		let project = Self {
			manifest,
			contract,
			revision,
			current,
			offline,
			state: contract_state,
			asked,
			failed,
			plan,
			quote,
		};
		project.within_budget()?;
		Ok(project)
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
		match (self.state, self.asked) {
			(_, Some(request)) => Err(Failure::Input(format!(
				"stakeholders are being asked about it: answer with `grid approvals show {request}`, \
				 or take it back with `grid deployment withdraw`"
			))),
			(Some(ContractState::Paused), _) => Err(Failure::NotRunning(
				"it is paused for want of money: top it up with `grid bill top-up` first".into(),
			)),
			_ => Ok(()),
		}
	}
}

/// The nodes that may take something, and those that have something already.
async fn candidates(
	state: &State,
	manifest: &Manifest,
	current: &Current,
) -> Result<Vec<Candidate>, Failure> {
	let open = NodeFilter { online: Some(true), ..NodeFilter::default() };
	let all = state.find_nodes(&open).await?;
	let with = |v4: u32, v6: u32| NodeFilter { public_v4: v4, public_v6: v6, ..open.clone() };
	let mut public: [BTreeSet<NodeId>; 2] = Default::default();
	let wanted = [
		(manifest.networks.values().any(|it| it.public_v4), with(1, 0)),
		(manifest.networks.values().any(|it| it.public_v6), with(0, 1)),
	];
	for (found, (wanted, filter)) in public.iter_mut().zip(wanted) {
		if wanted {
			found.extend(state.find_nodes(&filter).await?.iter().map(|node| node.node));
			// Who has an address keeps it.
			found.extend(current.specs.keys());
		}
	}
	let mut nodes: BTreeMap<_, _> = all.into_iter().map(|node| (node.node, node)).collect();
	for node in current.specs.keys() {
		if let (false, Some(found)) = (nodes.contains_key(node), state.node(*node).await?) {
			nodes.insert(*node, found);
		}
	}
	let [v4, v6] = public;
	let candidate =
		|(id, node)| Candidate { node, public_v4: v4.contains(&id), public_v6: v6.contains(&id) };
	Ok(nodes.into_iter().map(candidate).collect())
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
