use super::nothing;
use crate::{
	chain::{account, number, of, Call},
	output::{bytes, Table},
	session::Session,
	Failure,
};
use grid_primitives::{
	capacity::bytes::GIB,
	query::{Country, NodeFilter, NodeState, Tenancy},
	Capacity, FarmId, NodeId,
};
use subxt::ext::scale_value::Value;

/// Nodes: who joins, who is there, and what they may be used for
#[derive(clap::Subcommand)]
pub(super) enum Node {
	/// Nodes that fit
	List(Wanted),
	/// A node
	Show {
		/// Which
		node: NodeId,
	},
	/// Let accounts join a farm as nodes: all of them, or none
	Invite {
		/// The farm
		farm: FarmId,
		/// The accounts of the nodes, as their agents say
		#[arg(required = true)]
		nodes: Vec<String>,
	},
	/// Take an invitation back
	Uninvite {
		/// The farm
		farm: FarmId,
		/// The account of the node
		node: String,
	},
	/// Let a node take contracts
	Open {
		/// Which
		node: NodeId,
	},
	/// Have a node take no new contracts for a while
	Maintenance {
		/// Which
		node: NodeId,
	},
	/// Have a node take no more contracts
	Retire {
		/// Which
		node: NodeId,
	},
	/// Remove a node that nothing is on
	Remove {
		/// Which
		node: NodeId,
	},
	/// Vouch for a node (governance: --by)
	Certify {
		/// Which
		node: NodeId,
		/// No longer vouch for it
		#[arg(long)]
		no_longer: bool,
	},
	/// Take a node off the grid (governance: --by)
	Expel {
		/// Which
		node: NodeId,
	},
}

/// What is wanted of nodes.
#[derive(clap::Args)]
pub(super) struct Wanted {
	/// In this country, as in BE
	#[arg(long, value_parser = parse_country)]
	country: Option<Country>,
	/// Of this farm
	#[arg(long)]
	farm: Option<FarmId>,
	/// At least so many cores are free
	#[arg(long, default_value_t = 0)]
	cores: u64,
	/// At least so many GiB of memory are free
	#[arg(long, default_value_t = 0)]
	memory: u64,
	/// At least so many GiB of solid-state disks are free
	#[arg(long, default_value_t = 0)]
	ssd: u64,
	/// At least so many GiB of hard disks are free
	#[arg(long, default_value_t = 0)]
	hdd: u64,
	/// Governance vouches for it
	#[arg(long)]
	certified: bool,
	/// Its last heartbeat is recent
	#[arg(long)]
	online: bool,
	/// It can be rented as a whole
	#[arg(long)]
	rentable: bool,
	/// At least so many public addresses of version 4 are free
	#[arg(long, default_value_t = 0)]
	ipv4: u32,
}

fn parse_country(text: &str) -> Result<Country, String> {
	match *text.as_bytes() {
		[a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok([a, b]),
		_ => Err("a country is two capital letters, as in BE".into()),
	}
}

impl Wanted {
	fn filter(&self) -> NodeFilter {
		let gib = |number: u64| number.saturating_mul(GIB);
		NodeFilter {
			free: Capacity {
				cru: self.cores.saturating_mul(1_000),
				mru: gib(self.memory),
				sru: gib(self.ssd),
				hru: gib(self.hdd),
			},
			country: self.country,
			farm: self.farm,
			certified: self.certified.then_some(true),
			online: self.online.then_some(true),
			public_v4: self.ipv4,
			tenancy: self.rentable.then_some(Tenancy::Rentable),
			..NodeFilter::default()
		}
	}
}

fn about(name: &str, node: NodeId) -> Call {
	Call::new("Nodes", name).with("node", number(node))
}

fn set_state(node: NodeId, state: NodeState) -> Call {
	about("set_state", node).with("state", of(&state))
}

impl Node {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let invitation = |name: &str, farm: FarmId, node: &str| {
			let node = session.find_account(node)?;
			Ok::<_, Failure>(
				Call::new("Nodes", name).with("farm", number(farm)).with("node", account(node)),
			)
		};
		let call = match self {
			Self::List(wanted) => return list(session, &wanted).await,
			Self::Show { node } => return show(session, node).await,
			Self::Invite { farm, nodes } => {
				let all = nodes.iter().map(|node| invitation("invite", farm, node));
				let mut all = all.collect::<Result<Vec<_>, _>>()?;
				match all.len() {
					1 => all.remove(0),
					_ => Call::all(all),
				}
			},
			Self::Uninvite { farm, node } => invitation("withdraw_invitation", farm, &node)?,
			Self::Open { node } => set_state(node, NodeState::Open),
			Self::Maintenance { node } => set_state(node, NodeState::Maintenance),
			Self::Retire { node } => set_state(node, NodeState::Retired),
			Self::Remove { node } => {
				session.confirm(&format!("Remove node {node}?"))?;
				about("remove", node)
			},
			Self::Certify { node, no_longer } => {
				about("certify", node).with("certified", Value::bool(!no_longer))
			},
			Self::Expel { node } => {
				session.confirm(&format!("Expel node {node}, and end all that is on it?"))?;
				about("force_expel", node)
			},
		};
		session.act(call).await
	}
}

async fn list(session: &Session, wanted: &Wanted) -> Result<(), Failure> {
	let nodes = session.state().await?.find_nodes(&wanted.filter()).await?;
	let mut records = Vec::new();
	for node in &nodes {
		let mut record = serde_json::to_value(node)
			.map_err(|error| Failure::Output(std::io::Error::other(error)))?;
		record["country"] = String::from_utf8_lossy(&node.country).into();
		records.push(record);
	}
	session.output().write(&records, || {
		let headings = ["node", "farm", "country", "state", "cores", "memory", "ssd", "hdd"];
		let mut table = Table::new(&headings);
		for node in &nodes {
			let mut state = vec![format!("{:?}", node.state).to_lowercase()];
			state.extend((!node.online).then(|| "offline".to_string()));
			state.extend(node.certified.then(|| "certified".to_string()));
			state.extend(node.tenant.map(|tenant| format!("rented by {tenant}")));
			table.row([
				node.node.to_string(),
				node.farm.to_string(),
				String::from_utf8_lossy(&node.country).into_owned(),
				state.join(", "),
				format!("{} of {}", node.free.cru / 1_000, node.offered.cru / 1_000),
				format!("{} of {}", bytes(node.free.mru), bytes(node.offered.mru)),
				format!("{} of {}", bytes(node.free.sru), bytes(node.offered.sru)),
				format!("{} of {}", bytes(node.free.hru), bytes(node.offered.hru)),
			]);
		}
		table.to_string()
	})
}

async fn show(session: &Session, node: NodeId) -> Result<(), Failure> {
	let state = session.state().await?;
	let missing = || nothing(format!("node {node}"));
	let mut record = state.get_json("Nodes", "Nodes", (node,)).await?.ok_or_else(missing)?;
	record["node"] = node.into();
	let summary = state.view_json("Nodes", "summary", (node,)).await?;
	for field in ["online", "offered", "free", "available_seconds"] {
		record[field] = summary[field].clone();
	}
	session.output().record(&record)
}
