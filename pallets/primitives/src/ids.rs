//! How records are numbered: from 1 on. The number of one that is gone is not given again.

/// A digital identity.
pub type TwinId = u32;

/// A set of nodes under one farmer.
pub type FarmId = u32;

/// A machine.
pub type NodeId = u32;
