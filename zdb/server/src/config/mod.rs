//! Settings: from one file, from flags, or both, where flags win.

mod values;

pub use values::{Compaction, Mode, Size, Sync};

use crate::{
	command::{Access, DatabaseOptions, PasswordKey},
	net::{Address, Limits},
	replication::LinkOptions,
};
use serde::Deserialize;
use std::{
	fs, io,
	net::SocketAddr,
	path::{Path, PathBuf},
	time::Duration,
};
use thiserror::Error;
use zdb_store::Options;

/// The address that clients of 0-db expect.
const USUAL_PORT: u16 = 9900;

/// All settings, as an operator gives them.
#[derive(Clone, Debug, Default, Deserialize, clap::Args)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
	/// The folder of the data
	#[arg(long, value_name = "FOLDER")]
	pub data: Option<PathBuf>,
	/// Addresses to listen on [default: 127.0.0.1:9900 unless there is a socket or control]
	#[arg(long, value_name = "ADDRESS:PORT")]
	pub listen: Vec<SocketAddr>,
	/// A unix socket to listen on
	#[arg(long, value_name = "PATH")]
	pub socket: Option<PathBuf>,
	/// A unix socket where whoever runs the server tells it what to serve, or - for the one that is
	/// standard input
	#[arg(long, value_name = "PATH")]
	pub control: Option<PathBuf>,
	/// The number of the user to be from then on, who sees nothing but the data folder
	#[arg(long, value_name = "NUMBER")]
	pub user: Option<u32>,
	/// A loopback address where Prometheus finds /metrics
	#[arg(long, value_name = "ADDRESS:PORT")]
	pub metrics: Option<SocketAddr>,
	/// The administrator's password (in the file only: others see flags)
	#[arg(skip)]
	pub admin: Option<String>,
	/// A file that holds the administrator's password
	#[arg(long, value_name = "FILE")]
	pub admin_file: Option<PathBuf>,
	/// Make everyone an administrator
	#[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
	pub open: Option<bool>,
	/// Let only administrators write in the default namespace
	#[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
	pub protect: Option<bool>,
	/// A file of 32 bytes that passwords of namespaces are sealed with, for SELECT … SECURE
	#[arg(long, value_name = "FILE")]
	pub password_key: Option<PathBuf>,
	/// The server to be a copy of: ADDRESS:PORT, or the path of its unix socket
	#[arg(long, value_name = "SERVER")]
	pub replica_of: Option<Address>,
	/// A file that holds the administrator's password of that server
	#[arg(long, value_name = "FILE")]
	pub master_password_file: Option<PathBuf>,
	/// Who names the keys of namespaces: user, seq, or mixed, where each has its own [default: mixed]
	#[arg(long)]
	pub mode: Option<Mode>,
	/// When what was written is made durable: always, os, or an interval like 1s [default: 1s]
	#[arg(long)]
	pub sync: Option<Sync>,
	/// When dead data is cleared away: off, or from which percentage of a segment [default: 50]
	#[arg(long)]
	pub compaction: Option<Compaction>,
	/// The length of a segment of the log [default: 64MiB]
	#[arg(long, value_name = "SIZE")]
	pub segment: Option<Size>,
	/// Memory for data that was used lately [default: 256MiB]
	#[arg(long, value_name = "SIZE")]
	pub cache: Option<Size>,
	/// How much of the disk stays free [default: 16MiB]
	#[arg(long, value_name = "SIZE")]
	pub reserve: Option<Size>,
	/// How many clients there may be [default: as many as the system allows]
	#[arg(long, value_name = "NUMBER")]
	pub clients: Option<usize>,
	/// Memory for half-received commands and unread replies of all clients [default: 1GiB]
	#[arg(long, value_name = "SIZE")]
	pub buffers: Option<Size>,
	/// Unread replies of one client from which on it is not heard [default: 16MiB]
	#[arg(long, value_name = "SIZE")]
	pub unread: Option<Size>,
	/// Seconds after which a client is cut that leaves replies unread [default: 60]
	#[arg(long, value_name = "SECONDS")]
	pub unread_timeout: Option<u32>,
	/// Seconds after which a silent client is cut; 0 for never [default: 0]
	#[arg(long, value_name = "SECONDS")]
	pub idle_timeout: Option<u32>,
	/// Seconds of silence after which a client is asked whether it is there [default: 60]
	#[arg(long, value_name = "SECONDS")]
	pub keepalive: Option<u32>,
	/// What is logged: error, warn, info or debug [default: info]
	#[arg(long, value_name = "LEVEL")]
	pub log: Option<log::LevelFilter>,
}

/// Why settings cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
	/// The file cannot be read.
	#[error("cannot read {path}: {source}")]
	Read {
		/// The file.
		path: PathBuf,
		/// Why.
		source: io::Error,
	},
	/// The file says something that is not known.
	#[error("{path}: {source}")]
	Parse {
		/// The file.
		path: PathBuf,
		/// What, and where.
		source: Box<toml::de::Error>,
	},
	/// Nobody said where the data is.
	#[error("where is the data? Say 'data' in the configuration file, or --data FOLDER")]
	NoFolder,
	/// The figures would be open to the world.
	#[error("metrics are served on loopback only, and {0} is not: take 127.0.0.1 or [::1]")]
	MetricsNotLoopback(SocketAddr),
	/// Two passwords for one administrator.
	#[error("'admin' and 'admin_file' both give the administrator's password: leave one out")]
	AdminTwice,
	/// A number that makes no sense.
	#[error("{name} is {value}, and has to be {bounds}")]
	Bounds {
		/// Which.
		name: &'static str,
		/// What it is.
		value: String,
		/// What it may be.
		bounds: &'static str,
	},
	/// The key for passwords.
	#[error(transparent)]
	PasswordKey(#[from] crate::command::PasswordKeyError),
	/// Who may do what.
	#[error(transparent)]
	Access(#[from] crate::command::AccessError),
}

impl Settings {
	/// The settings in the file at `path`.
	pub fn read(path: &Path) -> Result<Self, SettingsError> {
		let text = read(path)?;
		toml::from_str(&text)
			.map_err(|source| SettingsError::Parse { path: path.into(), source: source.into() })
	}

	/// These, and `otherwise` where they say nothing.
	pub fn or(self, otherwise: Self) -> Self {
		Self {
			data: self.data.or(otherwise.data),
			listen: if self.listen.is_empty() { otherwise.listen } else { self.listen },
			socket: self.socket.or(otherwise.socket),
			control: self.control.or(otherwise.control),
			user: self.user.or(otherwise.user),
			metrics: self.metrics.or(otherwise.metrics),
			admin: self.admin.or(otherwise.admin),
			admin_file: self.admin_file.or(otherwise.admin_file),
			open: self.open.or(otherwise.open),
			protect: self.protect.or(otherwise.protect),
			password_key: self.password_key.or(otherwise.password_key),
			replica_of: self.replica_of.or(otherwise.replica_of),
			master_password_file: self.master_password_file.or(otherwise.master_password_file),
			mode: self.mode.or(otherwise.mode),
			sync: self.sync.or(otherwise.sync),
			compaction: self.compaction.or(otherwise.compaction),
			segment: self.segment.or(otherwise.segment),
			cache: self.cache.or(otherwise.cache),
			reserve: self.reserve.or(otherwise.reserve),
			clients: self.clients.or(otherwise.clients),
			buffers: self.buffers.or(otherwise.buffers),
			unread: self.unread.or(otherwise.unread),
			unread_timeout: self.unread_timeout.or(otherwise.unread_timeout),
			idle_timeout: self.idle_timeout.or(otherwise.idle_timeout),
			keepalive: self.keepalive.or(otherwise.keepalive),
			log: self.log.or(otherwise.log),
		}
	}

	/// The folder of the data.
	pub fn folder(&self) -> Result<&Path, SettingsError> {
		self.data.as_deref().ok_or(SettingsError::NoFolder)
	}

	/// Where clients come in.
	pub fn addresses(&self) -> Vec<Address> {
		let mut addresses: Vec<_> = self.listen.iter().copied().map(Address::Tcp).collect();
		addresses.extend(self.socket.clone().map(Address::Unix));
		if addresses.is_empty() && self.control.is_none() {
			addresses.push(Address::Tcp(SocketAddr::from(([127, 0, 0, 1], USUAL_PORT))));
		}
		addresses
	}

	/// Where Prometheus comes in.
	pub fn metrics(&self) -> Result<Option<Address>, SettingsError> {
		match self.metrics {
			Some(address) if !address.ip().is_loopback() => {
				Err(SettingsError::MetricsNotLoopback(address))
			},
			address => Ok(address.map(Address::Tcp)),
		}
	}

	/// How the store is to be kept.
	pub fn store(&self) -> Result<Options, SettingsError> {
		let mut options = Options::new(self.folder()?);
		if let Some(Sync(sync)) = self.sync {
			options.sync = sync;
		}
		if let Some(Compaction(compaction)) = self.compaction {
			options.compaction = compaction;
		}
		if let Some(Size(segment)) = self.segment {
			options.segment_bytes = u32::try_from(segment).map_err(|_| SettingsError::Bounds {
				name: "segment",
				value: Size(segment).to_string(),
				bounds: "less than 4GiB",
			})?;
		}
		if let Some(Size(cache)) = self.cache {
			options.cache_bytes = cache as usize;
		}
		if let Some(Size(reserve)) = self.reserve {
			options.reserve_bytes = reserve;
		}
		Ok(options)
	}

	/// What clients may cost.
	pub fn limits(&self) -> Limits {
		let usual = Limits::default();
		let seconds = |seconds: Option<u32>, usual| {
			seconds.map_or(usual, |seconds| Duration::from_secs(seconds.max(1).into()))
		};
		Limits {
			connections: self.clients.unwrap_or(usual.connections),
			output: self.unread.map_or(usual.output, |Size(size)| size as usize),
			buffers: self.buffers.map_or(usual.buffers, |Size(size)| size as usize),
			unread: seconds(self.unread_timeout, usual.unread),
			idle: match self.idle_timeout {
				None | Some(0) => None,
				idle => Some(seconds(idle, usual.unread)),
			},
			keepalive: seconds(self.keepalive, usual.keepalive),
		}
	}

	/// What clients may do.
	pub fn database(&self) -> Result<DatabaseOptions, SettingsError> {
		let admin = match (&self.admin, &self.admin_file) {
			(Some(_), Some(_)) => return Err(SettingsError::AdminTwice),
			(Some(admin), None) => Some(admin.clone()),
			(None, Some(file)) => Some(read_secret(file)?),
			(None, None) => None,
		};
		let access = Access {
			open: self.open.unwrap_or(false),
			admin,
			protect: self.protect.unwrap_or(false),
			key: self.password_key.as_deref().map(PasswordKey::read).transpose()?,
		};
		access.check()?;
		Ok(DatabaseOptions {
			access,
			mode: self.mode.and_then(|Mode(mode)| mode),
			folder: self.folder()?.into(),
			replica: self.replica_of.is_some(),
			settings: self.as_redis(),
		})
	}

	/// What this is to be a copy of.
	pub fn link(&self) -> Result<Option<LinkOptions>, SettingsError> {
		let Some(master) = self.replica_of.clone() else { return Ok(None) };
		let password = self.master_password_file.as_deref().map(read_secret).transpose()?;
		Ok(Some(LinkOptions { master, password }))
	}

	/// What of this clients of redis ask for.
	fn as_redis(&self) -> Vec<(&'static str, String)> {
		let fsync = match self.sync {
			Some(Sync(zdb_store::Sync::Always)) => "always",
			Some(Sync(zdb_store::Sync::Os)) => "no",
			Some(Sync(zdb_store::Sync::Interval(_))) | None => "everysec",
		};
		let limits = self.limits();
		vec![
			("appendfsync", fsync.into()),
			("appendonly", "yes".into()),
			("databases", "1".into()),
			("dir", self.data.as_deref().unwrap_or(Path::new("")).display().to_string()),
			("maxclients", limits.connections.to_string()),
			("maxmemory", "0".into()),
			("proto-max-bulk-len", crate::resp::MAX_BULK.to_string()),
			("save", String::new()),
			("tcp-keepalive", limits.keepalive.as_secs().to_string()),
			("timeout", limits.idle.map_or(0, |idle| idle.as_secs()).to_string()),
		]
	}
}

/// The text of a file, without the end of its line.
pub fn read_secret(path: &Path) -> Result<String, SettingsError> {
	Ok(read(path)?.trim_end_matches(['\r', '\n']).to_string())
}

fn read(path: &Path) -> Result<String, SettingsError> {
	fs::read_to_string(path).map_err(|source| SettingsError::Read { path: path.into(), source })
}
