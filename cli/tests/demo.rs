//! The tour that newcomers are shown, in a network of its own: it comes to its end, and leaves nothing
//! behind, whether it ends or is ended.

use grid_cli::keys::Account;
use std::{
	fs::{self, File},
	io::{BufRead, BufReader},
	os::unix::{fs::PermissionsExt, process::CommandExt},
	path::{Path, PathBuf},
	process::{Child, Command, ExitStatus, Stdio},
	sync::{Mutex, MutexGuard, PoisonError},
	time::{Duration, Instant},
};
use tempfile::TempDir;

/// What is far too long for a newcomer, on a machine that does ten other things.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long the tour may take to clean up.
const CLEANING: Duration = Duration::from_secs(120);
/// One tour at a time is work enough.
static TURN: Mutex<()> = Mutex::new(());

/// The tour, as somebody runs it who has no network but the one in the machine.
struct Tour {
	process: Child,
	folder: TempDir,
	_turn: MutexGuard<'static, ()>,
}

impl Tour {
	fn start(words: &str) -> Self {
		let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
		let folder = tempfile::Builder::new().prefix("grid-tour-").tempdir();
		let folder = folder.expect("a folder can be made");
		let out = File::create(folder.path().join("said")).expect("the folder is ours");
		let temporary = folder.path().join("tmp");
		fs::create_dir(&temporary).expect("the folder is ours");
		// Users of containers pass through it.
		for folder in [folder.path(), &temporary] {
			let mode = fs::Permissions::from_mode(0o711);
			fs::set_permissions(folder, mode).expect("it is ours");
		}
		// What the tour leaves in its network is shown at the end, and the network is gone with it.
		let script = format!(
			"ip link set lo up; scripts/devnet.sh --programs {} {words}; code=$?; \
			ip -brief link; nft list ruleset; exit $code",
			programs().display()
		);
		let process = Command::new("unshare")
			.args(["--net", "bash", "-c", &script])
			.current_dir("..")
			.env("TMPDIR", &temporary)
			// What nodes keep for all chains is kept where those of other stories find it.
			.env("XDG_CACHE_HOME", grid_processes::fixtures())
			.stdin(Stdio::null())
			.stderr(out.try_clone().expect("it is a file"))
			.stdout(out)
			// So that all of it can be told to end, as by a terminal.
			.process_group(0)
			.spawn()
			.expect("unshare can be started");
		Self { process, folder, _turn: turn }
	}

	fn said(&self) -> String {
		fs::read_to_string(self.folder.path().join("said")).unwrap_or_default()
	}

	/// Wait until it says something.
	fn says(&mut self, what: &str) {
		let start = Instant::now();
		while !self.said().contains(what) {
			let ended = self.process.try_wait().expect("it is a child");
			assert!(ended.is_none(), "it ended before it said {what:?}:\n{}", self.said());
			assert!(start.elapsed() < PATIENCE, "it never said {what:?}:\n{}", self.said());
			std::thread::sleep(Duration::from_millis(200));
		}
	}

	/// What somebody at the terminal does with Ctrl-C.
	fn interrupt(&self) {
		// SAFETY: nothing but numbers is passed.
		unsafe { libc::kill(-(self.process.id() as libc::pid_t), libc::SIGINT) };
	}

	fn ends(&mut self, within: Duration) -> ExitStatus {
		let start = Instant::now();
		loop {
			if let Some(status) = self.process.try_wait().expect("it is a child") {
				return status;
			}
			assert!(start.elapsed() < within, "it goes on:\n{}", self.said());
			std::thread::sleep(Duration::from_millis(200));
		}
	}
}

impl Drop for Tour {
	fn drop(&mut self) {
		if matches!(self.process.try_wait(), Ok(None)) {
			self.interrupt();
			let start = Instant::now();
			while matches!(self.process.try_wait(), Ok(None)) && start.elapsed() < CLEANING {
				std::thread::sleep(Duration::from_millis(200));
			}
		}
	}
}

/// The folder with all programs that were built together.
fn programs() -> PathBuf {
	let node = grid_processes::built("grid-node");
	let folder = Path::new(node.get_program()).parent();
	folder.expect("a program is in a folder").to_path_buf()
}

/// What the names of all that the agents made begin with.
fn prefixes(said: &str) -> Vec<String> {
	let invited = said.lines().find(|line| line.contains(" node invite "));
	let words = invited.expect("machines were invited").split_whitespace();
	let accounts = words.filter_map(|word| word.parse::<Account>().ok());
	accounts.map(|account| format!("zos-{}-", hex::encode(&account.0[..4]))).collect()
}

/// The paths beneath a folder whose last part begins like this.
fn named(folder: &Path, prefix: &str, found: &mut Vec<PathBuf>) {
	for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
		let path = entry.path();
		if entry.file_name().to_string_lossy().contains(prefix) {
			found.push(path.clone());
		}
		if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
			named(&path, prefix, found);
		}
	}
}

impl Tour {
	/// All that is there of it: processes, namespaces, control groups, mounts, devices, interfaces, rules.
	fn left(&self) -> Vec<String> {
		let folder = self.folder.path().display().to_string();
		let said = self.said();
		let mut left = Vec::new();
		for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
			// Each has been told where to put what is temporary.
			let told = fs::read(process.path().join("environ")).unwrap_or_default();
			if String::from_utf8_lossy(&told).contains(&folder) {
				let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
				left.push(String::from_utf8_lossy(&line).replace('\0', " "));
			}
		}
		let prefixes = prefixes(&said);
		assert_eq!(prefixes.len(), 3, "{said}");
		let mut paths = Vec::new();
		for prefix in &prefixes {
			for place in ["/sys/fs/cgroup", "/run/netns", "/run/wireguard"] {
				// Sockets of tunnels are called by what tells the agent alone.
				let prefix = prefix.trim_start_matches("zos-").trim_end_matches('-');
				named(Path::new(place), prefix, &mut paths);
			}
		}
		left.extend(paths.iter().map(|path| path.display().to_string()));
		let mounts = File::open("/proc/self/mountinfo").expect("it can be read");
		let mounts = BufReader::new(mounts).lines().map_while(Result::ok);
		left.extend(mounts.filter(|line| line.contains(&folder)));
		let devices = Command::new("losetup").args(["--list", "--noheadings"]).output();
		let devices = devices.expect("losetup is there").stdout;
		let devices = String::from_utf8_lossy(&devices).into_owned();
		left.extend(devices.lines().filter(|line| line.contains(&folder)).map(String::from));
		let network = said.rsplit_once("stopped;").map_or("", |(_, rest)| rest);
		let others = network.lines().skip(1).filter(|line| !line.starts_with("lo "));
		left.extend(others.map(String::from));
		left
	}

	/// The folders and files that it has left.
	fn files(&self) -> Vec<PathBuf> {
		let mut found = Vec::new();
		named(&self.folder.path().join("tmp"), "", &mut found);
		found
	}
}

#[test]
fn a_newcomer_sees_it_all_and_nothing_is_left() {
	let mut tour = Tour::start("--demo");
	let status = tour.ends(PATIENCE);
	let said = tour.said();
	assert!(status.success(), "{said}");
	let visits: Vec<u32> = said
		.lines()
		.filter_map(|line| line.strip_prefix("hello, visitor ")?.split(';').next()?.parse().ok())
		.collect();
	assert!(visits.len() >= 2 && visits.is_sorted(), "the count went on: {visits:?}\n{said}");
	for words in ["web moves from node", "which is offline", "the data of", "nothing is left"] {
		assert!(said.contains(words), "{words}:\n{said}");
	}
	assert_eq!((tour.left(), tour.files()), (vec![], vec![]), "{said}");
}

#[test]
fn nothing_runs_on_when_somebody_has_seen_enough() {
	let mut tour = Tour::start("--demo");
	tour.says("# It runs, on two nodes");
	tour.interrupt();
	let status = tour.ends(CLEANING);
	assert_eq!(status.code(), Some(130), "{}", tour.said());
	assert_eq!(tour.left(), Vec::<String>::new(), "{}", tour.said());
}

#[test]
fn who_is_not_root_sees_it_on_machines_in_memory() {
	let mut tour = Tour::start("--demo --simulate");
	let status = tour.ends(PATIENCE);
	let said = tour.said();
	assert!(status.success() && said.contains("nothing is left"), "{said}");
	assert_eq!((tour.left(), tour.files()), (vec![], vec![]), "{said}");
}
