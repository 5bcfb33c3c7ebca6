//! The zdb servers of this machine, as the configuration says.

use crate::config::Config;
use grid_primitives::{capacity::bytes::MIB, spec::Disk, Capacity};
use std::{io, path::PathBuf};
use zos_core::HostNames;
use zos_provision::zdbs::{DiskSettings, Settings};

/// The server's name, where it is beside the agent.
const PROGRAM: &str = "zdb";
/// What part of the machine's memory is for the servers, unless somebody says otherwise.
const SHARE: u64 = 16;
/// The least that a server can do something with.
const LEAST: u64 = 256 * MIB;

/// The folders with a server, of which one is the agent's own.
fn folders(config: &Config, own: Disk) -> [Option<PathBuf>; 2] {
	let here = config.state.join("zdbs");
	let other = config.hdd.as_ref().map(|it| it.join("zdbs"));
	match own {
		Disk::Ssd => [Some(here), other],
		Disk::Hdd => [None, other.or(Some(here))],
	}
}

/// The memory of each server, on a machine that has so much.
fn memory(config: &Config, own: Disk, of_machine: u64) -> u64 {
	let servers = folders(config, own).iter().flatten().count().max(1) as u64;
	let usual = of_machine / SHARE / servers;
	config.zdb.memory.map_or(usual, |it| it.0).max(LEAST)
}

/// What of a machine is left when the servers have their memory: they are not to have what others
/// pay for.
pub fn leave(config: &Config, own: Disk, capacity: Capacity) -> Capacity {
	let servers = folders(config, own).iter().flatten().count() as u64;
	let taken = servers * memory(config, own, capacity.mru);
	Capacity { mru: capacity.mru.saturating_sub(taken), ..capacity }
}

/// The servers of a machine that has, and offers, so much.
pub fn settings(
	config: &Config,
	names: HostNames,
	own: Disk,
	measured: Capacity,
	offered: Capacity,
) -> io::Result<Settings> {
	let program = match &config.zdb.program {
		Some(program) => program.clone(),
		None => std::env::current_exe()?.with_file_name(PROGRAM),
	};
	let run = config.containers.run.join(names.of_role("zdbs"));
	let memory = memory(config, own, measured.mru);
	let on = |folder: Option<PathBuf>, offered| {
		folder.map(|folder| DiskSettings { folder, memory, offered })
	};
	let [ssd, hdd] = folders(config, own);
	Ok(Settings {
		ssd: on(ssd, offered.sru),
		hdd: on(hdd, offered.hru),
		..Settings::new(names, program, run)
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use grid_primitives::capacity::bytes::GIB;

	fn config(rest: &str) -> Config {
		let text = format!(
			"{rest}\n[chain]\nendpoints = [\"ws://[::1]:1\"]\n[location]\ncountry = \"BE\"\n\
			latitude = 0\nlongitude = 0\n"
		);
		toml::from_str(&text).expect("it is one")
	}

	#[test]
	fn memory_of_servers_is_not_offered() {
		let machine = Capacity { mru: 64 * GIB, ..Capacity::ZERO };
		let left = |text: &str, own| leave(&config(text), own, machine).mru;
		assert_eq!(left("", Disk::Ssd), 60 * GIB);
		assert_eq!(left("hdd = \"/hdd\"", Disk::Ssd), 60 * GIB, "two share it");
		assert_eq!(left("hdd = \"/hdd\"", Disk::Hdd), 60 * GIB);
		let said = "hdd = \"/hdd\"\n[zdb]\nmemory = \"3 GiB\"";
		assert_eq!(left(said, Disk::Ssd), 58 * GIB, "each has what was said");
		let small = Capacity { mru: 2 * GIB, ..Capacity::ZERO };
		assert_eq!(leave(&config(""), Disk::Ssd, small).mru, 2 * GIB - LEAST);
	}

	#[test]
	fn each_disk_has_a_server() {
		let folders = |text: &str, own| {
			folders(&config(text), own).map(|it| it.map(|it| it.display().to_string()))
		};
		let (state, hdd) = (Some("/s/zdbs".to_owned()), Some("/h/zdbs".to_owned()));
		assert_eq!(folders("state = \"/s\"", Disk::Ssd), [state.clone(), None]);
		assert_eq!(folders("state = \"/s\"", Disk::Hdd), [None, state.clone()]);
		assert_eq!(folders("state = \"/s\"\nhdd = \"/h\"", Disk::Ssd), [state, hdd]);
	}
}
