//! What a manifest says.

use super::measures::{At, Cores, CountryCode, ImageName, Range, SignerKey, Size, TunnelKey, Usd};
use grid_primitives::{FarmId, NodeId, PolicyId};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{collections::BTreeMap, path::PathBuf};

/// A whole IT architecture.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
	/// The version of this format: 1.
	pub grid: At<u32>,
	/// What it is called: the label of its contract, by which it is found again.
	pub name: At<String>,
	/// The number of the policy whose stakeholders have to agree to it.
	#[serde(default)]
	pub policy: Option<PolicyId>,
	/// What it may cost in a month of 30 days, in USD.
	#[serde(default)]
	pub budget: Option<Usd>,
	/// Where all of it goes, unless something says otherwise.
	#[serde(default)]
	pub place: Place,
	/// Its private networks.
	#[serde(default)]
	pub networks: BTreeMap<String, At<Network>>,
	/// Its volumes. Each is on the node of the containers that mount it.
	#[serde(default)]
	pub volumes: BTreeMap<String, At<Volume>>,
	/// Its databases.
	#[serde(default)]
	pub databases: BTreeMap<String, At<Database>>,
	/// Its containers.
	#[serde(default)]
	pub containers: BTreeMap<String, At<Container>>,
}

/// Rules for the choice of nodes. All of them hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Place {
	/// Only on these nodes, if there are any.
	pub nodes: Vec<NodeId>,
	/// Only on nodes of these farms, if there are any.
	pub farms: Vec<FarmId>,
	/// Only in these countries, if there are any.
	pub countries: Vec<CountryCode>,
	/// Only on nodes that governance vouches for.
	pub certified: bool,
	/// Only on nodes that one rents as a whole.
	pub dedicated: bool,
	/// How far apart several of the same are.
	pub spread: Spread,
}

/// How far apart several of the same are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
	/// They may be on one node.
	#[default]
	None,
	/// Each is on a node of its own.
	Nodes,
	/// Each is in a farm of its own.
	Farms,
}

/// A private network over all nodes that need it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
	/// Its addresses. Each node gets a thirty-second part of them.
	pub range: Range,
	/// Whether there is a way out to the internet.
	#[serde(default)]
	pub egress: Way,
	/// Whether it has addresses of version 6, too.
	#[serde(default)]
	pub ipv6: bool,
	/// Whether each part has a public address of version 4.
	#[serde(default)]
	pub public_v4: bool,
	/// Whether each part has a public address of version 6.
	#[serde(default)]
	pub public_v6: bool,
	/// Devices of users that join it. `grid network access` tells each how.
	#[serde(default)]
	pub devices: BTreeMap<String, At<Device>>,
}

/// A device of a user, outside of the grid.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Device {
	/// The public half of its WireGuard key, as `grid network key` or `wg pubkey` say it.
	pub key: TunnelKey,
	/// It joins at the node of this container or database, and not at any.
	#[serde(default)]
	pub near: Option<At<String>>,
}

/// A way out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
	/// None.
	None,
	/// To the whole internet.
	#[default]
	Full,
}

/// A kind of disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DiskKind {
	/// Solid state.
	#[default]
	Ssd,
	/// Rotating.
	Hdd,
}

/// A disk that outlives its containers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Volume {
	/// How much it holds.
	pub size: Size,
	/// What it is on.
	#[serde(default)]
	pub disk: DiskKind,
}

/// A namespace of a zdb.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Database {
	/// How much it holds.
	pub size: Size,
	/// What it is on.
	#[serde(default)]
	pub disk: DiskKind,
	/// How it names what it keeps.
	#[serde(default)]
	pub mode: Mode,
	/// Whether it can be read without the password.
	#[serde(default)]
	pub public: bool,
	/// Its password.
	#[serde(default)]
	pub password: Option<SecretSource>,
	/// The networks it is in.
	pub networks: Vec<At<String>>,
	/// Where it goes, instead of where all of it does.
	#[serde(default)]
	pub place: Option<Place>,
}

/// How a database names what it keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
	/// By keys that its user chooses.
	#[default]
	User,
	/// By numbers that it gives.
	Sequential,
}

/// A program.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Container {
	/// What is run.
	pub image: ImageName,
	/// Who must have signed the image: a public key in PEM, as cosign writes it.
	#[serde(default)]
	pub signer: Option<SignerKey>,
	/// How many there are of it, named with -1, -2, … if there are several. What runs
	/// keeps its name.
	#[serde(default = "one")]
	pub count: At<u32>,
	/// Its processor.
	pub cpu: Cores,
	/// Its memory.
	pub memory: Size,
	/// What it may write beside its volumes, which is gone when it is.
	#[serde(default = "one_gib")]
	pub root: Size,
	/// What to run instead of the image's entry point.
	#[serde(default)]
	pub command: Vec<String>,
	/// What to tell it. ${ip:NAME} is the address of another.
	#[serde(default)]
	pub args: Vec<String>,
	/// Its environment. ${ip:NAME} is the address of another.
	#[serde(default)]
	pub env: BTreeMap<String, At<String>>,
	/// What only its node can read: a variable, or a file if the name begins with /.
	#[serde(default)]
	pub secrets: BTreeMap<String, SecretSource>,
	/// The volumes it sees.
	#[serde(default)]
	pub mounts: Vec<Mount>,
	/// The networks it is in.
	#[serde(default)]
	pub networks: Vec<At<String>>,
	/// The ports of its node, or of a public address, that lead to it.
	#[serde(default)]
	pub ports: Vec<At<Port>>,
	/// What happens when it ends.
	#[serde(default)]
	pub restart: Restart,
	/// How much of what it prints its node keeps.
	#[serde(default)]
	pub log: Option<Size>,
	/// Where it goes, instead of where all of it does. The same for all that share a volume.
	#[serde(default)]
	pub place: Option<At<Place>>,
}

fn one() -> At<u32> {
	At::nowhere(1)
}

fn one_gib() -> Size {
	Size(grid_primitives::capacity::bytes::GIB)
}

/// What happens when a container ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Restart {
	/// It starts again.
	#[default]
	Always,
	/// It starts again if it failed, ten times at most.
	OnFailure,
	/// It does not.
	Never,
}

/// A volume that a container sees.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mount {
	/// The volume.
	pub volume: At<String>,
	/// Where it sees it.
	pub path: String,
	/// Whether it can only read.
	#[serde(default)]
	pub read_only: bool,
}

/// A port that leads to a container.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Port {
	/// The port outside.
	pub port: u16,
	/// The port of the container, if it is another.
	#[serde(default)]
	pub to: Option<u16>,
	/// How it travels.
	#[serde(default)]
	pub protocol: Travel,
	/// By which network, if not by the first.
	#[serde(default)]
	pub network: Option<String>,
}

/// How something travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Travel {
	/// In a stream.
	#[default]
	Tcp,
	/// In datagrams.
	Udp,
}

/// Where a secret comes from. It is never in the manifest itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretSource {
	/// A variable of the environment of `grid`.
	Env(String),
	/// A file, beside the manifest if its path does not begin with /.
	File(PathBuf),
}
