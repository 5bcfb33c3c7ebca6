//! Which interfaces of the machine pass packets on.

use super::namespace;
use crate::{error::Doing, NetworkError};
use std::{collections::BTreeSet, fs, path::Path};

/// What the kernel is told about each interface, for the namespace of whoever reads it.
const INTERFACES: &str = "/proc/sys/net/ipv4/conf";
/// Those who are there that are no interfaces, and the one that leads nowhere.
const OTHERS: [&str; 3] = ["all", "default", "lo"];

/// Whether those who have the machine let it pass packets on for anybody.
pub(crate) fn is_router() -> Result<bool, NetworkError> {
	let text = fs::read_to_string("/proc/sys/net/ipv4/ip_forward");
	Ok(text.doing("read whether this machine passes packets on")?.trim() != "0")
}

/// The interfaces that pass nothing on.
pub(crate) fn shut() -> Result<BTreeSet<String>, NetworkError> {
	let entries = fs::read_dir(INTERFACES).doing("list interfaces")?;
	let names = entries.flatten().filter_map(|it| it.file_name().into_string().ok());
	let names = names.filter(|name| !OTHERS.contains(&name.as_str()));
	Ok(names.filter(|name| passes(name) == Some(false)).collect())
}

/// Whether an interface passes packets on, if it is there.
pub(crate) fn passes(name: &str) -> Option<bool> {
	let text = fs::read_to_string(Path::new(INTERFACES).join(name).join("forwarding")).ok()?;
	Some(text.trim() != "0")
}

/// Have an interface pass packets on, or not.
pub(crate) fn pass(name: &str, passes: bool) -> Result<(), NetworkError> {
	namespace::set(&format!("ipv4/conf/{name}/forwarding"), u8::from(passes))
}
