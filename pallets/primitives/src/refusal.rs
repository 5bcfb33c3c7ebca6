//! Why the pool refuses what a node says, as `InvalidTransaction::Custom`.

/// In one word. The numbers are what travels, and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Refusal {
	/// No farm has invited the account.
	NotInvited = 10,
	/// The account operates a node already.
	OperatesAlready = 11,
	/// The machine is too small or too large, or its description makes no sense.
	BadMachine = 12,
	/// The account operates no node.
	NoNode = 13,
	/// Contracts hold more than the machine says to have.
	CapacityReserved = 14,
	/// The update changes nothing.
	NothingChanged = 15,
	/// A report of an account that operates no node.
	NotANode = 20,
	/// There is no such contract.
	NoContract = 21,
	/// The contract has nothing on the node.
	NotOnNode = 22,
	/// The stakeholders of the contract have not agreed.
	NotApproved = 23,
	/// The contract has another revision now.
	OtherRevision = 24,
	/// The node says that it runs what is not to run, or the other way round.
	NotAsWanted = 25,
	/// The report names what is not in the spec.
	Malformed = 26,
}

impl Refusal {
	/// All there are.
	pub const ALL: [Self; 13] = [
		Self::NotInvited,
		Self::OperatesAlready,
		Self::BadMachine,
		Self::NoNode,
		Self::CapacityReserved,
		Self::NothingChanged,
		Self::NotANode,
		Self::NoContract,
		Self::NotOnNode,
		Self::NotApproved,
		Self::OtherRevision,
		Self::NotAsWanted,
		Self::Malformed,
	];

	/// The one that travels as this number.
	pub fn of_code(code: u8) -> Option<Self> {
		Self::ALL.into_iter().find(|it| *it as u8 == code)
	}
}
