//! How workloads are called.

use grid_primitives::{spec::Name, ContractId};
use std::{fmt, str::FromStr};

/// A workload of this node: its contract, and its name there. As text: `12/web`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
	/// The contract.
	pub contract: ContractId,
	/// The name of the workload in the spec of the contract.
	pub name: Name,
}

/// The text names no workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a workload is the number of its contract and its name, as in 12/web")]
pub struct NoKey;

impl Key {
	/// A workload of a contract, unless nothing can have that name.
	pub fn new(contract: ContractId, name: &str) -> Result<Self, NoKey> {
		let name = Name::try_from(name).map_err(|_| NoKey)?;
		if contract == 0 || !name.is_name() {
			return Err(NoKey);
		}
		Ok(Self { contract, name })
	}

	/// Its name in its contract.
	pub fn name(&self) -> &str {
		// Names are ASCII: `new` refuses others, and so does `Spec::check`.
		self.name.as_str().unwrap_or_default()
	}

	fn parse(text: &str, separator: char) -> Result<Self, NoKey> {
		let (contract, name) = text.split_once(separator).ok_or(NoKey)?;
		let number: ContractId = contract.parse().map_err(|_| NoKey)?;
		// What is parsed and written again must be the same: `+1` and `01` name nothing.
		if number.to_string() != contract {
			return Err(NoKey);
		}
		Self::new(number, name)
	}
}

impl fmt::Display for Key {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		write!(f, "{}/{}", self.contract, self.name())
	}
}

impl FromStr for Key {
	type Err = NoKey;

	fn from_str(text: &str) -> Result<Self, NoKey> {
		Self::parse(text, '/')
	}
}

/// How the things of one agent are called on its machine. Each begins with what tells the agent,
/// so that several agents on one machine never take the other's for their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostNames {
	prefix: String,
}

impl HostNames {
	/// The names of the agent that holds this account.
	pub fn of(account: &[u8; 32]) -> Self {
		Self { prefix: format!("zos-{}-", hex::encode(&account[..4])) }
	}

	/// What all names of this agent begin with.
	pub fn prefix(&self) -> &str {
		&self.prefix
	}

	/// What belongs to a workload: `zos-1a2b3c4d-12-web`.
	pub fn of_workload(&self, key: &Key) -> String {
		format!("{}{}-{}", self.prefix, key.contract, key.name())
	}

	/// What an agent has one of: `zos-1a2b3c4d-shims`. Roles begin with a letter, which numbers of
	/// contracts do not.
	pub fn of_role(&self, role: &str) -> String {
		format!("{}{role}", self.prefix)
	}

	/// Whether a name is neither of a workload nor of a role, but of this agent: nothing of that
	/// name is of any use.
	pub fn is_stray(&self, name: &str) -> bool {
		let Some(rest) = name.strip_prefix(&self.prefix) else { return false };
		let is_role = rest.starts_with(|first: char| first.is_ascii_lowercase());
		!is_role && self.workload(name).is_none()
	}

	/// The workload to which something of that name belongs, if it is of this agent.
	pub fn workload(&self, name: &str) -> Option<Key> {
		Key::parse(name.strip_prefix(&self.prefix)?, '-').ok()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn keys_read_what_they_write() {
		let key = Key::new(12, "my-web-1").expect("it is one");
		assert_eq!(key.to_string(), "12/my-web-1");
		assert_eq!("12/my-web-1".parse(), Ok(key));
		for bad in
			["", "12", "12/", "/web", "0/web", "01/web", "+1/web", "12/Web", "12/-a", "a/b/c"]
		{
			assert_eq!(bad.parse::<Key>(), Err(NoKey), "{bad}");
		}
	}

	#[test]
	fn names_on_the_machine_tell_the_agent_and_the_workload() {
		let (one, other) = (HostNames::of(&[1; 32]), HostNames::of(&[2; 32]));
		let key = Key::new(7, "a-1-b").expect("it is one");
		assert_eq!(one.of_workload(&key), "zos-01010101-7-a-1-b");
		assert_eq!(one.workload("zos-01010101-7-a-1-b"), Some(key));
		assert_eq!(other.workload("zos-01010101-7-a-1-b"), None);
		assert_eq!(one.workload("zos-01010101-images"), None);
	}

	#[test]
	fn strays_are_ours_and_of_nothing() {
		let names = HostNames::of(&[1; 32]);
		assert_eq!(names.of_role("shims"), "zos-01010101-shims");
		for stray in
			["zos-01010101-", "zos-01010101-7", "zos-01010101-07-web", "zos-01010101-7-Web"]
		{
			assert!(names.is_stray(stray), "{stray}");
		}
		for other in
			["zos-01010101-shims", "zos-01010101-7-web", "zos-02020202-7", "zos-", "zos-0101"]
		{
			assert!(!names.is_stray(other), "{other}");
		}
	}
}
