use grid_processes::built;
use tempfile::TempDir;

/// `grid`, as somebody has it who has never used it before.
pub struct Grid {
	home: TempDir,
}

impl Default for Grid {
	fn default() -> Self {
		Self { home: tempfile::tempdir().expect("a folder can be made") }
	}
}

impl Grid {
	/// The path of a file beside what `grid` keeps.
	pub fn file(&self, name: &str) -> String {
		self.home.path().join(name).display().to_string()
	}

	/// What it says; it has to be done.
	pub fn says(&self, words: &[&str]) -> String {
		let mut grid = built("grid");
		grid.env("GRID_HOME", self.home.path().join("home")).args(["--yes", "--quiet"]);
		let said = grid.args(words).output().expect("grid can be started");
		assert!(said.status.success(), "{words:?}: {}", String::from_utf8_lossy(&said.stderr));
		String::from_utf8(said.stdout).expect("grid speaks UTF-8")
	}
}
