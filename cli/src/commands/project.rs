//! Manifests: planned, applied, watched, and ended.

use super::{deployment, nothing, review, wait};
use crate::{
	chain::{
		records::{ContractState, Place, Status},
		State,
	},
	interrupt,
	manifest::{
		self, Blank, Candidate, Current, Manifest, Plan as Planned, Sealer, Seals, Secrets,
	},
	output::{
		style::{paint, BAD, GOOD, STRONG, WATCH},
		tokens, usd_per_hour,
	},
	session::Session,
	Failure,
};
use grid_primitives::{ports::Quote, query::NodeFilter, spec::Spec, ContractId, NodeId};
use serde_json::json;
use std::{
	collections::{BTreeMap, BTreeSet},
	path::PathBuf,
	time::{Duration, Instant},
};
use zeroize::Zeroizing;

/// The hours of a month, as budgets count them.
const MONTH: u128 = 720;

/// Show what applying a manifest would change, and what that costs
#[derive(clap::Args)]
pub(super) struct Plan {
	/// The manifest
	file: PathBuf,
	/// End with 10 if there are changes
	#[arg(long)]
	exit_code: bool,
}

/// Make it so: everything of it or nothing, and wait until it runs
#[derive(clap::Args)]
pub(super) struct Apply {
	/// The manifest
	file: PathBuf,
	/// Do not wait until it runs
	#[arg(long)]
	no_wait: bool,
}

/// End what a manifest has made
#[derive(clap::Args)]
pub(super) struct Destroy {
	/// The manifest
	file: PathBuf,
}

/// Watch what a manifest has made, and move what fails if told to
#[derive(clap::Args)]
pub(super) struct Watch {
	/// The manifest
	file: PathBuf,
	/// Move what is on nodes that have been offline for a while. Data on them is left behind
	#[arg(long)]
	heal: bool,
	/// For how many seconds a node has to be offline
	#[arg(long, default_value_t = 600, value_name = "SECONDS")]
	after: u64,
}

/// A manifest, and what there is of it.
struct Project {
	manifest: Manifest,
	contract: Option<ContractId>,
	current: Current,
	/// What the chain says of those nodes.
	offline: BTreeSet<NodeId>,
	state: Option<ContractState>,
	asked: Option<u64>,
	failed: Vec<String>,
	plan: Planned,
	quote: Quote,
}

fn load(file: &PathBuf) -> Result<Manifest, Failure> {
	let path = file.clone();
	let text =
		std::fs::read_to_string(file).map_err(|source| manifest::Error::File { path, source })?;
	manifest::read(&text).map_err(|error| match error {
		manifest::Error::Flaw(flaw) => Failure::Input(format!("{}: {flaw}", file.display())),
		other => other.into(),
	})
}

impl Project {
	async fn of(session: &Session, file: &PathBuf) -> Result<Self, Failure> {
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
		let label = manifest.name.value.as_str().try_into();
		let label = label.map_err(|_| Failure::Input("the name is too long".into()))?;
		let contract = match twin {
			Some(twin) => state.labelled(twin, &label).await?,
			None => None,
		};
		let (mut current, mut contract_state, mut asked, mut failed) =
			(Current::default(), None, None, Vec::new());
		if let Some(id) = contract {
			let found = state.contract(id).await?;
			let found = found.ok_or_else(|| nothing(format!("contract {id}")))?;
			contract_state = Some(found.state);
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

	fn record(&self) -> serde_json::Value {
		let changes: Vec<_> = self
			.plan
			.changes
			.iter()
			.map(|change| {
				let before = self.current.specs.contains_key(&change.node);
				let what = match (before, &change.spec) {
					(_, None) => "remove",
					(true, Some(_)) => "change",
					(false, Some(_)) => "create",
				};
				json!({ "node": change.node, "what": what, "spec": change.spec })
			})
			.collect();
		let moves: Vec<_> = self
			.plan
			.moves
			.iter()
			.map(|it| json!({ "unit": it.unit, "from": it.from, "to": it.to, "loses": it.loses }))
			.collect();
		json!({
			"label": self.manifest.name.value,
			"contract": self.contract,
			"changes": changes,
			"moves": moves,
			"failed": self.failed.iter().map(|it| anstream::adapter::strip_str(it).to_string()).collect::<Vec<_>>(),
			"usd_per_hour": self.quote.usd_per_hour.to_string(),
			"per_hour": self.quote.per_hour.to_string(),
			"prepayment": self.quote.prepayment.to_string(),
		})
	}

	fn show(&self) -> String {
		let name = &self.manifest.name.value;
		let mut text = match self.contract {
			Some(id) => paint(STRONG, format!("{name}: contract {id}\n")),
			None => paint(STRONG, format!("{name}: a new contract\n")),
		};
		for it in &self.plan.moves {
			let why = if self.offline.contains(&it.from) { ", which is offline," } else { "" };
			text += &paint(
				WATCH,
				format!("{} moves from node {}{why} to node {}\n", it.unit, it.from, it.to),
			);
			for lost in &it.loses {
				text += &paint(BAD, format!("  the data of {lost} stays behind and is lost\n"));
			}
		}
		for failed in &self.failed {
			text += &format!("drift: {failed}\n");
		}
		for node in &self.current.lost {
			text += &paint(BAD, format!("drift: node {node} is gone, with what it ran\n"));
		}
		if self.plan.changes.is_empty() {
			text += &paint(GOOD, "nothing to change\n");
		}
		text += &review::differences(&self.current.specs, &self.plan.specs);
		let (hour, advance) = (tokens(self.quote.per_hour), tokens(self.quote.prepayment));
		text + &format!(
			"\n{}; {hour} an hour now, {advance} in advance\n",
			usd_per_hour(self.quote.usd_per_hour)
		)
	}

	/// Whether it can be changed at the moment.
	fn is_changeable(&self) -> Result<(), Failure> {
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

impl Plan {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let project = Project::of(session, &self.file).await?;
		session.output().write(&project.record(), || project.show())?;
		match self.exit_code && !project.plan.changes.is_empty() {
			true => Err(Failure::Changes),
			false => Ok(()),
		}
	}
}

impl Apply {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let project = Project::of(session, &self.file).await?;
		session.note(project.show());
		apply(session, &project, !self.no_wait).await
	}
}

/// Do what was planned.
async fn apply(session: &Session, project: &Project, wait: bool) -> Result<(), Failure> {
	let mut contract = project.contract;
	if !project.plan.changes.is_empty() {
		project.is_changeable()?;
		session.confirm("Do that?")?;
		let call = match project.contract {
			Some(id) => deployment::amend(id, &project.plan.changes),
			None => {
				let plan: Vec<(NodeId, Spec)> = project.plan.whole();
				deployment::create(&project.plan.label, &plan, project.manifest.policy)
			},
		};
		let Some(done) = session.send(call).await? else { return Ok(()) };
		contract = contract.or(done.told("Deployments", "Created", "contract"));
	}
	let Some(id) = contract else { return Ok(()) };
	if wait {
		wait::until_it_runs(session, id).await?;
	}
	let record = json!({ "contract": id, "changed": !project.plan.changes.is_empty() });
	session.output().write(&record, || match project.plan.changes.is_empty() {
		true => format!("contract {id}: nothing to change"),
		false => format!("contract {id}"),
	})
}

impl Destroy {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let manifest = load(&self.file)?;
		let state = session.state().await?;
		let label = manifest.name.value.as_str().try_into();
		let label = label.map_err(|_| Failure::Input("the name is too long".into()))?;
		let contract = match state.twin_of(session.account()?).await? {
			Some(twin) => state.labelled(twin, &label).await?,
			None => None,
		};
		let Some(id) = contract else {
			return session
				.output()
				.write(&json!({ "contract": null }), || "nothing to end".into());
		};
		session
			.confirm(&format!("End {} (contract {id}) with all its data?", manifest.name.value))?;
		let Some(done) = session.send(deployment::cancel(id)).await? else { return Ok(()) };
		let asked = done.told("Deployments", "EndProposed", "request");
		session.output().write(&json!({ "contract": id, "request": asked }), || match asked {
			Some(request) => format!("stakeholders are asked: `grid approvals show {request}`"),
			None => format!("contract {id} has ended"),
		})
	}
}

impl Watch {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let mut since: BTreeMap<NodeId, Instant> = BTreeMap::new();
		let (mut said, mut failed) = (String::new(), None);
		loop {
			match self.look(session, &mut since, &mut said).await {
				Err(failure) if !said.is_empty() && failure.may_pass() => {
					let why = Some(failure.explain());
					if why != failed {
						session.note(format!("not now: {}", why.as_deref().unwrap_or_default()));
						failed = why;
					}
				},
				other => {
					other?;
					failed = None;
				},
			}
			tokio::select! {
				() = tokio::time::sleep(Duration::from_secs(6)) => {},
				() = interrupt::heard() => return Ok(()),
			}
		}
	}

	/// Say what is different, and heal what can be healed.
	async fn look(
		&self,
		session: &Session,
		since: &mut BTreeMap<NodeId, Instant>,
		said: &mut String,
	) -> Result<(), Failure> {
		let project = Project::of(session, &self.file).await?;
		since.retain(|node, _| project.offline.contains(node));
		for node in &project.offline {
			since.entry(*node).or_insert_with(Instant::now);
		}
		let state = match (project.contract, project.plan.changes.is_empty()) {
			(None, _) => return Err(nothing("contract of this manifest: `grid apply` makes it")),
			(Some(id), true) if project.failed.is_empty() => {
				format!("contract {id} is as it should be")
			},
			_ => project.show(),
		};
		if state != *said {
			session.note(&state);
			*said = state;
		}
		let waited = since.values().any(|since| since.elapsed().as_secs() >= self.after);
		let gone = !project.current.lost.is_empty() || waited;
		if self.heal && gone && !project.plan.changes.is_empty() {
			apply(session, &project, true).await?;
		}
		Ok(())
	}
}
