//! How records are numbered: from 1 on. The number of one that is gone is not given again.

/// A digital identity.
pub type TwinId = u32;

/// A set of nodes under one farmer.
pub type FarmId = u32;

/// A machine.
pub type NodeId = u32;

/// A deployment contract.
pub type ContractId = u64;

/// A policy of stakeholders.
pub type PolicyId = u32;

/// A question to stakeholders.
pub type RequestId = u64;
