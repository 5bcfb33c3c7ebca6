//! What the smallest and the largest of everything is.

use crate::capacity::bytes::{GIB, MIB, TIB};
use core::ops::RangeInclusive;

/// The most workloads of a spec.
pub const MAX_WORKLOADS: u32 = 64;
/// The most networks of a spec: each is a namespace and a tunnel of its node, with a key that the node
/// publishes.
pub const MAX_NETWORKS: u32 = 16;
/// The most bytes of a spec, encoded.
pub const MAX_SPEC: u32 = 16 * 1024;
/// The most nodes of a contract.
pub const MAX_NODES: u32 = 32;
/// The most bytes of all specs of a contract, encoded.
pub const MAX_BYTES: u32 = MAX_NODES * MAX_SPEC;

/// Bytes of a volume, of a zdb, and of what a container may write beside its volumes.
pub const DISK: RangeInclusive<u64> = MIB..=1_024 * TIB;
/// Thousandths of a processor core, of a container.
pub const CPU: RangeInclusive<u32> = 10..=1_000_000;
/// Bytes of memory, of a container.
pub const MEMORY: RangeInclusive<u64> = 4 * MIB..=64 * TIB;
/// The most bytes that a node keeps of what a container prints.
pub const MAX_LOG: u32 = GIB as u32;

/// How many bits the addresses of a whole network have alike.
pub const RANGE_PREFIX: RangeInclusive<u8> = 16..=24;
/// The most bits that the addresses of a node's part of a network have alike: it has room for the
/// gateway and one more.
pub const LONGEST_SUBNET: u8 = 30;
