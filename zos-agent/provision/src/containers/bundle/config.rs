//! The description as a whole.

use super::{
	capabilities::GIVEN,
	isolation::{mounts, MASKED, READ_ONLY},
	seccomp::profile,
};
use crate::host::identities::{Identities, COUNT};
use serde_json::{json, Value};

/// Microseconds over which processor time is counted.
const PERIOD: u64 = 100_000;

/// What is run.
#[derive(Clone, Debug)]
pub struct Program<'a> {
	/// How the container is called on the machine.
	pub name: &'a str,
	/// How it calls itself.
	pub hostname: &'a str,
	/// The program and what it is told.
	pub arguments: Vec<String>,
	/// Its environment.
	pub env: Vec<String>,
	/// Where it runs.
	pub working_dir: &'a str,
	/// Its user ids, if it has its own.
	pub identities: Option<Identities>,
	/// The network namespace that it joins.
	pub namespace: Option<&'a str>,
	/// What it sees of the machine.
	pub binds: Vec<BindAt>,
	/// What it may take.
	pub limits: Limits,
}

/// Something of the machine that a container sees.
#[derive(Clone, Debug)]
pub struct BindAt {
	/// Where it is: beneath the bundle.
	pub from: String,
	/// Where the container sees it.
	pub to: String,
	/// Whether it can only read.
	pub read_only: bool,
	/// Whether there can be programs in it.
	pub programs: bool,
}

/// What a container may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
	/// Thousandths of a processor core.
	pub cpu: u32,
	/// Bytes of memory.
	pub memory: u64,
	/// Whether the machine can count swap.
	pub counts_swap: bool,
	/// Processes and threads.
	pub pids: u32,
	/// Open files of each process, if it asks for more than is usual.
	pub files: u64,
}

/// How many files programs may have open that do not ask for more.
const USUAL_FILES: u64 = 65_536;

/// The description of a container, all but its user, which is looked up in its root.
pub fn config(program: &Program) -> Value {
	let joins = program.namespace.is_some();
	let mut all = mounts(joins && program.identities.is_some());
	all.extend(program.binds.iter().map(bind));
	let files = program.limits.files;
	let mut config = json!({
		"ociVersion": "1.0.2",
		"process": {
			"terminal": false,
			"user": {"uid": 0, "gid": 0},
			"args": program.arguments,
			"env": program.env,
			"cwd": program.working_dir,
			"capabilities": {
				"bounding": GIVEN, "effective": GIVEN, "permitted": GIVEN, "inheritable": [],
			},
			"rlimits": [
				{"type": "RLIMIT_NOFILE", "soft": files.min(USUAL_FILES), "hard": files},
				{"type": "RLIMIT_CORE", "soft": 0, "hard": 0},
			],
			"noNewPrivileges": true,
		},
		"root": {"path": "root", "readonly": false},
		"hostname": program.hostname,
		"mounts": all,
		"linux": {
			"cgroupsPath": format!("/{}", program.name),
			"namespaces": namespaces(program),
			"resources": resources(program.limits),
			"maskedPaths": MASKED,
			"readonlyPaths": READ_ONLY,
			"rootfsPropagation": "private",
			"seccomp": profile(),
		},
	});
	let linux = &mut config["linux"];
	if let Some(identities) = program.identities {
		let map = json!([{
			"containerID": 0, "hostID": identities.on_host(0), "size": COUNT,
		}]);
		linux["uidMappings"] = map.clone();
		linux["gidMappings"] = map;
	}
	if !joins {
		linux["sysctl"] = json!({
			"net.ipv4.ip_unprivileged_port_start": "0",
			"net.ipv4.ping_group_range": format!("0 {}", COUNT - 1),
		});
	}
	config
}

fn bind(bind: &BindAt) -> Value {
	let mut options = vec!["bind", "nosuid", "nodev", if bind.read_only { "ro" } else { "rw" }];
	if !bind.programs {
		options.push("noexec");
	}
	json!({"destination": bind.to, "type": "bind", "source": bind.from, "options": options})
}

fn namespaces(program: &Program) -> Vec<Value> {
	let mut own = vec!["pid", "ipc", "uts", "mount", "cgroup"];
	own.extend(program.identities.map(|_| "user"));
	let mut all: Vec<_> = own.into_iter().map(|kind| json!({"type": kind})).collect();
	all.push(match program.namespace {
		Some(path) => json!({"type": "network", "path": path}),
		None => json!({"type": "network"}),
	});
	all
}

fn resources(limits: Limits) -> Value {
	let mut memory = json!({"limit": limits.memory});
	if limits.counts_swap {
		// Memory and swap together: none of it is swap.
		memory["swap"] = json!(limits.memory);
	}
	let cpu = u64::from(limits.cpu);
	json!({
		"memory": memory,
		"cpu": {
			"quota": cpu * PERIOD / 1_000,
			"period": PERIOD,
			"shares": (cpu * 1_024 / 1_000).clamp(2, 262_144),
		},
		"pids": {"limit": limits.pids},
		// The runtime itself allows what every program needs: null, zero, random, its terminals.
		"devices": [{"allow": false, "access": "rwm"}],
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The runtime says the same in the words of version 2: `cpu.max`, `cpu.weight`, `memory.max`,
	/// `memory.swap.max` and `pids.max`.
	#[test]
	fn limits_are_said_so_that_both_versions_of_control_groups_keep_them() {
		let limits =
			Limits { cpu: 250, memory: 1 << 26, counts_swap: true, pids: 64, files: 1_024 };
		let said = resources(limits);
		assert_eq!(said["cpu"], json!({"quota": 25_000, "period": 100_000, "shares": 256}));
		assert_eq!(
			said["memory"],
			json!({"limit": 1 << 26, "swap": 1 << 26}),
			"none of it is swap"
		);
		assert_eq!(said["pids"], json!({"limit": 64}));
		let without = resources(Limits { counts_swap: false, ..limits });
		assert_eq!(
			without["memory"],
			json!({"limit": 1 << 26}),
			"what is not counted is not limited"
		);
		let least = resources(Limits { cpu: 10, ..limits });
		assert_eq!(least["cpu"]["quota"], json!(1_000), "the kernel takes no less");
		assert_eq!(least["cpu"]["shares"], json!(10));
	}

	#[test]
	fn groups_are_at_the_top_where_no_service_is() {
		let limits = Limits { cpu: 250, memory: 1, counts_swap: false, pids: 64, files: 1_024 };
		let config = config(&Program {
			name: "zos-01010101-7-web",
			hostname: "web",
			arguments: vec!["/web".into()],
			env: Vec::new(),
			working_dir: "/",
			identities: None,
			namespace: None,
			binds: Vec::new(),
			limits,
		});
		assert_eq!(config["linux"]["cgroupsPath"], "/zos-01010101-7-web");
		let mounts = config["mounts"].as_array().expect("there are some");
		let groups = mounts.iter().find(|it| it["destination"] == "/sys/fs/cgroup");
		let options = groups.expect("it is there")["options"].as_array().expect("there are some");
		assert!(options.contains(&json!("ro")), "nobody changes limits from within");
		let namespaces = config["linux"]["namespaces"].as_array().expect("there are some");
		assert!(namespaces.contains(&json!({"type": "cgroup"})), "nor sees groups of others");
	}
}
