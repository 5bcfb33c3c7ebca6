//! What a node says, as a call of the chain. Arguments are found by their names.

use crate::{state::State, Error};
use grid_primitives::{report::Outcome, ContractId, FarmId};
use std::fmt;
use subxt::{
	ext::scale_encode::{self, EncodeAsFields, EncodeAsType, FieldIter, TypeResolver},
	tx::Payload,
	utils::Static,
};
use zos_core::{node::Machine, ports::Call};

/// A call, with its arguments.
pub(super) enum Said<'a> {
	Register(Register<'a>),
	Update(Update<'a>),
	Heartbeat(Heartbeat),
	Report(Report<'a>),
}

#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "scale_encode")]
pub(super) struct Register<'a> {
	farm: FarmId,
	machine: Static<&'a Machine>,
	boot_id: [u8; 16],
}

#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "scale_encode")]
pub(super) struct Update<'a> {
	machine: Static<&'a Machine>,
}

#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "scale_encode")]
pub(super) struct Heartbeat {
	boot_id: [u8; 16],
	uptime: u64,
}

#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "scale_encode")]
pub(super) struct Report<'a> {
	contract: ContractId,
	revision: u32,
	outcome: Static<&'a Outcome>,
}

impl<'a> From<&'a Call> for Said<'a> {
	fn from(call: &'a Call) -> Self {
		match call {
			Call::Register { farm, machine, boot_id } => Self::Register(Register {
				farm: *farm,
				machine: Static(machine),
				boot_id: *boot_id,
			}),
			Call::Update { machine } => Self::Update(Update { machine: Static(machine) }),
			Call::Heartbeat { boot_id, uptime } => {
				Self::Heartbeat(Heartbeat { boot_id: *boot_id, uptime: *uptime })
			},
			Call::Report { contract, revision, outcome } => Self::Report(Report {
				contract: *contract,
				revision: *revision,
				outcome: Static(outcome),
			}),
		}
	}
}

impl Said<'_> {
	/// Whether this is a registration with the farm that the account has joined already.
	pub(super) async fn has_joined(&self, at: &State, account: [u8; 32]) -> Result<bool, Error> {
		let Self::Register(register) = self else { return Ok(false) };
		let node = at.node_of(account).await?;
		Ok(node.is_some_and(|node| node.farm == register.farm))
	}
}

impl fmt::Display for Said<'_> {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		match self {
			Self::Register(it) => write!(f, "registration with farm {}", it.farm),
			Self::Update(_) => write!(f, "update"),
			Self::Heartbeat(_) => write!(f, "heartbeat"),
			Self::Report(it) => write!(f, "report of contract {}.{}", it.contract, it.revision),
		}
	}
}

impl EncodeAsFields for Said<'_> {
	fn encode_as_fields_to<R: TypeResolver>(
		&self,
		fields: &mut dyn FieldIter<'_, R::TypeId>,
		types: &R,
		out: &mut Vec<u8>,
	) -> Result<(), scale_encode::Error> {
		match self {
			Self::Register(it) => it.encode_as_fields_to(fields, types, out),
			Self::Update(it) => it.encode_as_fields_to(fields, types, out),
			Self::Heartbeat(it) => it.encode_as_fields_to(fields, types, out),
			Self::Report(it) => it.encode_as_fields_to(fields, types, out),
		}
	}
}

impl Payload for Said<'_> {
	type CallData = Self;

	fn pallet_name(&self) -> &str {
		match self {
			Self::Register(_) | Self::Update(_) | Self::Heartbeat(_) => "Nodes",
			Self::Report(_) => "Deployments",
		}
	}

	fn call_name(&self) -> &str {
		match self {
			Self::Register(_) => "register",
			Self::Update(_) => "update",
			Self::Heartbeat(_) => "heartbeat",
			Self::Report(_) => "report",
		}
	}

	fn call_data(&self) -> &Self {
		self
	}
}
