use super::nothing;
use crate::{
	chain::{account, number, of, option, Call},
	output::Table,
	session::Session,
	Failure,
};
use codec::Encode;
use grid_primitives::{ip::Ip, spec::List, FarmId};
use scale_info::TypeInfo;
use std::{net::IpAddr, str::FromStr};

/// Farms and their public addresses
#[derive(clap::Subcommand)]
pub(super) enum Farm {
	/// Make a farm
	Create {
		/// Its name: 3 to 40 letters, digits, - and _
		name: String,
		/// Who gets what it earns, if not its farmer
		#[arg(long, value_name = "WHO")]
		payout: Option<String>,
	},
	/// Give a farm another name
	Rename {
		/// Which
		farm: FarmId,
		/// The name
		name: String,
	},
	/// Say who gets what a farm earns
	Payout {
		/// Which
		farm: FarmId,
		/// Who
		who: String,
	},
	/// Offer a farm to somebody, who then has to accept it
	Offer {
		/// Which
		farm: FarmId,
		/// To whom
		to: String,
	},
	/// Take an offer back
	WithdrawOffer {
		/// Which
		farm: FarmId,
	},
	/// Take a farm that was offered
	Accept {
		/// Which
		farm: FarmId,
	},
	/// Remove an empty farm
	Delete {
		/// Which
		farm: FarmId,
	},
	/// All farms
	List,
	/// A farm
	Show {
		/// Which: its number or its name
		farm: String,
	},
	/// The public addresses of a farm
	#[command(subcommand)]
	Ip(Addresses),
}

/// The public addresses of a farm
#[derive(clap::Subcommand)]
pub(super) enum Addresses {
	/// Add addresses to the pool
	Add {
		/// The farm
		farm: FarmId,
		/// Their gateway
		#[arg(long)]
		gateway: IpAddr,
		/// They, with their prefix
		#[arg(required = true)]
		addresses: Vec<FarmAddress>,
	},
	/// Remove an address from the pool
	Remove {
		/// The farm
		farm: FarmId,
		/// The address
		ip: IpAddr,
	},
	/// The addresses of a farm
	List {
		/// The farm
		farm: FarmId,
	},
}

/// An address with its prefix.
#[derive(Clone, Copy, Encode, TypeInfo)]
pub(super) struct FarmAddress {
	ip: Ip,
	prefix: u8,
}

impl FromStr for FarmAddress {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let said = "an address has a prefix, as in 185.206.122.31/24";
		let (ip, prefix) = text.split_once('/').ok_or(said)?;
		let ip: IpAddr = ip.parse().map_err(|_| said)?;
		Ok(Self { ip: to_ip(ip), prefix: prefix.parse().map_err(|_| said)? })
	}
}

fn to_ip(ip: IpAddr) -> Ip {
	match ip {
		IpAddr::V4(ip) => Ip::V4(ip.octets()),
		IpAddr::V6(ip) => Ip::V6(ip.octets()),
	}
}

fn name_of(name: String) -> Result<List<u8, 40>, Failure> {
	let fits: Result<List<u8, 40>, _> = name.into_bytes().try_into();
	fits.map_err(|_| Failure::Input("a name of a farm has at most 40 characters".into()))
}

fn about(name: &str, farm: FarmId) -> Call {
	Call::new("Farms", name).with("farm", number(farm))
}

impl Farm {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let call = match self {
			Self::Create { name, payout } => {
				let payout = payout.map(|who| session.find_account(&who)).transpose()?;
				Call::new("Farms", "create")
					.with("name", of(&name_of(name)?))
					.with("payout", option(payout.map(account)))
			},
			Self::Rename { farm, name } => about("update", farm).with("name", of(&name_of(name)?)),
			Self::Payout { farm, who } => {
				about("set_payout", farm).with("payout", account(session.find_account(&who)?))
			},
			Self::Offer { farm, to } => {
				let to = session.find_account(&to)?;
				session.confirm(&format!("Offer farm {farm} to {to}, with all its nodes?"))?;
				about("transfer", farm).with("to", account(to))
			},
			Self::WithdrawOffer { farm } => about("withdraw_offer", farm),
			Self::Accept { farm } => about("accept_transfer", farm),
			Self::Delete { farm } => {
				session.confirm(&format!("Remove farm {farm}?"))?;
				about("delete", farm)
			},
			Self::Ip(Addresses::Add { farm, gateway, addresses }) => about("add_public_ips", farm)
				.with("ips", of(&addresses))
				.with("gateway", of(&to_ip(gateway))),
			Self::Ip(Addresses::Remove { farm, ip }) => {
				about("remove_public_ip", farm).with("ip", of(&to_ip(ip)))
			},
			Self::Ip(Addresses::List { farm }) => return list_addresses(session, farm).await,
			Self::List => return list(session).await,
			Self::Show { farm } => return show(session, farm).await,
		};
		let Some(done) = session.send(call).await? else { return Ok(()) };
		session.done(&done, &[("farm", done.told("Farms", "Created", "farm"))])
	}
}

async fn list(session: &Session) -> Result<(), Failure> {
	let mut farms = session.state().await?.all_json("Farms", "Farms", Vec::new()).await?;
	farms.sort_by_key(|(id, _)| id.as_u64());
	let records: Vec<_> = farms
		.into_iter()
		.map(|(id, mut farm)| {
			farm["farm"] = id;
			farm
		})
		.collect();
	session.output().write(&records, || {
		let mut table = Table::new(&["farm", "name", "farmer", "nodes", "free ipv4", "free ipv6"]);
		for farm in &records {
			let fields = ["farm", "name", "farmer", "nodes", "free_v4", "free_v6"];
			table.row(fields.map(|field| super::status::plain(&farm[field])));
		}
		table.to_string()
	})
}

async fn show(session: &Session, farm: String) -> Result<(), Failure> {
	let state = session.state().await?;
	let id = match farm.parse::<FarmId>() {
		Ok(id) => Some(id),
		Err(_) => {
			let name = of(&name_of(farm.clone())?);
			state.view::<Option<FarmId>>("Farms", "farm_by_name", (name,)).await?
		},
	};
	let missing = || nothing(format!("farm {farm}"));
	let id = id.ok_or_else(missing)?;
	let mut record = state.get_json("Farms", "Farms", (id,)).await?.ok_or_else(missing)?;
	record["farm"] = id.into();
	record["offered_to"] = state.get_json("Farms", "Offers", (id,)).await?.unwrap_or_default();
	session.output().record(&record)
}

async fn list_addresses(session: &Session, farm: FarmId) -> Result<(), Failure> {
	let state = session.state().await?;
	let found = state.get_json("Farms", "Farms", (farm,)).await?;
	found.ok_or_else(|| nothing(format!("farm {farm}")))?;
	let all = state.all_json("Farms", "PublicIps", Vec::new()).await?;
	let mut records: Vec<_> = all
		.into_iter()
		.filter(|(_, it)| it["farm"] == farm)
		.map(|(ip, mut it)| {
			it["ip"] = ip;
			it
		})
		.collect();
	records.sort_by_key(|it| it["ip"].to_string());
	session.output().write(&records, || {
		let mut table = Table::new(&["address", "prefix", "gateway", "reserved"]);
		for it in &records {
			let fields = ["ip", "prefix", "gateway", "reserved"];
			table.row(fields.map(|field| super::status::plain(&it[field])));
		}
		table.to_string()
	})
}
