//! What is believed of what the chain says.
//!
//! A chain that is finalized and proven says what was agreed. The agent looks nevertheless whether
//! it makes sense: that the specs are those that stakeholders saw, that nothing goes back, and
//! that the machine has what it takes. What makes no sense changes nothing of what runs.

#[cfg(test)]
mod tests;

use crate::{
	desired::{Address, Elsewhere},
	outcome::failure,
	Desired,
};
use codec::Encode;
use grid_primitives::{
	approval::{Action, Question},
	report::{Failure, FailureCode},
	spec::{Fault, Name, Spec, MAX_SPEC},
	Capacity, ContractId, NodeId, TwinId,
};
use std::collections::BTreeMap;

/// What is to be done about a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
	/// The contract.
	pub contract: ContractId,
	/// What its owner calls it.
	pub label: Name,
	/// The owner's twin: whose secrets it may read.
	pub twin: TwinId,
	/// The revision that reports name.
	pub revision: u32,
	/// What is to be done.
	pub intent: Intent,
	/// The public addresses of its networks.
	pub addresses: Vec<Address>,
	/// What the contract has on other nodes.
	pub elsewhere: Vec<Elsewhere>,
}

/// What is to be done about what a contract has here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
	/// It is to run.
	Run(Spec),
	/// Its programs are to stop, and its data is to stay.
	Pause(Spec),
	/// Nothing of it is to be here.
	Leave,
	/// It is not believed: all of it stays as it is.
	Keep {
		/// Whether the chain wants it to run.
		run: bool,
		/// Why it is not believed.
		why: Failure,
	},
}

/// What this machine knows without the chain.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
	/// Its number.
	pub node: NodeId,
	/// What it has.
	pub capacity: Capacity,
	/// The revision of each contract that it last believed.
	pub revisions: &'a BTreeMap<ContractId, u32>,
}

/// Why something that the chain says is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
	/// The spec is not the one of the plan.
	#[error("the spec is not the one in the plan of the contract")]
	OtherSpec,
	/// The revision came before one that ran.
	#[error("revision {given} is older than {known}, which was here before")]
	Older {
		/// What the chain says.
		given: u32,
		/// What was here.
		known: u32,
	},
	/// The spec has a revision that the contract has yet to reach.
	#[error("the contract has yet to reach revision {0}")]
	Ahead(u32),
	/// Stakeholders agreed to something else.
	#[error("stakeholders agreed to something else than this revision")]
	NotAgreed,
	/// The spec is not well-formed.
	#[error("the spec is malformed: {0}")]
	Malformed(#[source] Fault),
	/// The spec has more bytes than any.
	#[error("the spec has more bytes than any may have")]
	TooLarge,
	/// The machine has less than all contracts need.
	#[error("the machine has less than its contracts need: a disk or memory may have failed")]
	NoCapacity,
}

impl Doubt {
	/// What the chain is told.
	pub fn code(&self) -> FailureCode {
		match self {
			Self::NoCapacity => FailureCode::NoCapacity,
			_ => FailureCode::NotProven,
		}
	}
}

/// What is to be done, of all that the chain says. Where the machine has too little for all, those
/// contracts that came first are served.
pub fn verify(desired: Vec<Desired>, known: &Known) -> Vec<Wanted> {
	let mut desired = desired;
	desired.sort_by_key(|it| it.contract);
	let mut taken = Capacity::ZERO;
	let mut all = Vec::with_capacity(desired.len());
	for it in desired {
		let Desired { contract, twin, revision, run, .. } = it;
		let usage = it.spec.as_ref().map_or(Capacity::ZERO, |spec| spec.usage().capacity);
		let doubt = check(&it, known).and_then(|()| {
			let sum = taken.checked_add(usage).filter(|sum| known.capacity.covers(sum));
			taken = sum.ok_or(Doubt::NoCapacity)?;
			Ok(())
		});
		let intent = match (doubt, it.spec) {
			(Err(doubt), _) => {
				Intent::Keep { run, why: failure(doubt.code(), None, &doubt.to_string()) }
			},
			(Ok(()), Some(spec)) if run => Intent::Run(spec),
			(Ok(()), Some(spec)) => Intent::Pause(spec),
			(Ok(()), None) => Intent::Leave,
		};
		let mut elsewhere = it.elsewhere;
		// What is of a revision that is not in force is nobody's business here.
		elsewhere.retain(|other| it.plan.contains(&(other.node, other.spec.hash())));
		let (label, addresses) = (it.label, it.addresses);
		all.push(Wanted { contract, label, twin, revision, intent, addresses, elsewhere });
	}
	all
}

/// Whether what the chain says of a contract makes sense.
fn check(it: &Desired, known: &Known) -> Result<(), Doubt> {
	if let Some(&before) = known.revisions.get(&it.contract) {
		if it.revision < before {
			return Err(Doubt::Older { given: it.revision, known: before });
		}
	}
	if it.revision > it.contract_revision {
		return Err(Doubt::Ahead(it.revision));
	}
	let in_plan = it.plan.iter().find(|(node, _)| *node == known.node).map(|(_, hash)| *hash);
	if in_plan != it.spec.as_ref().map(Spec::hash) {
		return Err(Doubt::OtherSpec);
	}
	// A contract need not have stakeholders, and their policy need not guard each amendment: only
	// the chain knows whether they had to be asked. What they did agree to is checked to the byte.
	if let Some(approved) = it.approved {
		let agreed = [Action::Create, Action::Amend].into_iter().any(|action| {
			let (contract, revision) = (it.contract, it.contract_revision);
			Question::about(action, contract, revision, &it.plan).digest() == approved
		});
		if !agreed {
			return Err(Doubt::NotAgreed);
		}
	}
	if let Some(spec) = &it.spec {
		if spec.encoded_size() > MAX_SPEC as usize {
			return Err(Doubt::TooLarge);
		}
		spec.check().map_err(Doubt::Malformed)?;
	}
	Ok(())
}
