//! What the machine has.

mod disks;
#[cfg(test)]
mod tests;

pub use disks::DiskError;

use crate::{config::Config, ledger::Measured};
use grid_primitives::{spec::Disk, Capacity};
use std::{fs, io, path::PathBuf, time::Instant};

/// What of a disk is never offered: file systems slow down when they are full.
const DISK_RESERVE_PERCENT: u64 = 5;

/// Where the system tells of itself.
#[derive(Clone, Debug)]
pub struct System {
	proc: PathBuf,
	sys: PathBuf,
}

/// Why the machine cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum HardwareError {
	/// The system does not tell.
	#[error("{} does not tell what it should: is it mounted?", path.display())]
	Silent {
		/// What was read.
		path: PathBuf,
		/// Why it could not be, if it could not.
		#[source]
		source: Option<io::Error>,
	},
	/// A disk cannot be measured.
	#[error(transparent)]
	Disk(#[from] DiskError),
}

/// The time since the machine started, and what tells this start from others.
#[derive(Clone, Copy, Debug)]
pub struct Boot {
	/// Made anew when the machine starts.
	pub id: [u8; 16],
	uptime: u64,
	read: Instant,
}

impl Boot {
	/// A machine that starts now.
	pub fn now(id: [u8; 16]) -> Self {
		Self { id, uptime: 0, read: Instant::now() }
	}

	/// For how many seconds it has been running.
	pub fn uptime(&self) -> u64 {
		self.uptime.saturating_add(self.read.elapsed().as_secs())
	}
}

impl Default for System {
	fn default() -> Self {
		Self { proc: "/proc".into(), sys: "/sys".into() }
	}
}

impl System {
	fn read(&self, path: PathBuf) -> Result<(PathBuf, String), HardwareError> {
		match fs::read_to_string(&path) {
			Ok(text) => Ok((path, text)),
			Err(error) => Err(HardwareError::Silent { path, source: Some(error) }),
		}
	}

	/// When the machine started.
	pub fn boot(&self) -> Result<Boot, HardwareError> {
		let (path, text) = self.read(self.proc.join("sys/kernel/random/boot_id"))?;
		let mut id = [0; 16];
		hex::decode_to_slice(text.trim().replace('-', ""), &mut id)
			.map_err(|_| HardwareError::Silent { path, source: None })?;
		let (path, text) = self.read(self.proc.join("uptime"))?;
		let seconds = text.split(['.', ' ']).next().and_then(|it| it.parse().ok());
		let uptime = seconds.ok_or(HardwareError::Silent { path, source: None })?;
		Ok(Boot { id, uptime, read: Instant::now() })
	}

	/// Thousandths of cores.
	fn cores(&self) -> Result<u64, HardwareError> {
		let (path, text) = self.read(self.proc.join("cpuinfo"))?;
		let cores = text.lines().filter(|line| line.starts_with("processor")).count() as u64;
		match cores {
			0 => Err(HardwareError::Silent { path, source: None }),
			cores => Ok(cores * 1_000),
		}
	}

	/// Bytes of memory.
	fn memory(&self) -> Result<u64, HardwareError> {
		let (path, text) = self.read(self.proc.join("meminfo"))?;
		let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
		let kib = line.and_then(|it| it.trim().strip_suffix(" kB")?.parse::<u64>().ok());
		Ok(kib.ok_or(HardwareError::Silent { path, source: None })? * 1024)
	}

	/// What the machine has, as it is offered: at most what the configuration says, of disks what
	/// is free or the agent's own. What was measured before holds for as long as the machine is
	/// the same.
	pub fn measure(
		&self,
		config: &Config,
		before: Option<Measured>,
	) -> Result<Measured, HardwareError> {
		let mut whole = Capacity { cru: self.cores()?, mru: self.memory()?, ..Capacity::ZERO };
		let mut free = whole;
		let state = disks::Space::of(&config.state)?;
		let kind = self.disk(config)?;
		let mut folders = vec![(kind, state)];
		if let Some(hdd) = &config.hdd {
			folders.push((Disk::Hdd, disks::Space::of(hdd)?));
		}
		for (kind, space) in folders {
			let (whole, free) = match kind {
				Disk::Ssd => (&mut whole.sru, &mut free.sru),
				Disk::Hdd => (&mut whole.hru, &mut free.hru),
			};
			*whole += space.whole;
			*free += space.usable - space.usable / 100 * DISK_RESERVE_PERCENT;
		}
		if let Some(before) = before.filter(|before| before.whole == whole) {
			return Ok(before);
		}
		Ok(Measured { capacity: free, whole })
	}

	/// Where the system tells of itself, in a test.
	#[cfg(test)]
	pub(crate) fn at(folder: &std::path::Path) -> Self {
		Self { proc: folder.join("proc"), sys: folder.join("sys") }
	}

	/// The kind of the disk that the folder of the agent is on: as the configuration says, else as
	/// the system does, else what people mostly have.
	pub fn disk(&self, config: &Config) -> Result<Disk, HardwareError> {
		match config.disk {
			Some(disk) => Ok(disk),
			None => Ok(disks::kind(&self.sys, &config.state)?.unwrap_or(Disk::Ssd)),
		}
	}
}
