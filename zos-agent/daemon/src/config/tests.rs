use super::*;
use grid_primitives::capacity::bytes::{GIB, TIB};

const LEAST: &str = r#"
[chain]
spec = "/etc/grid.json"
[location]
country = "BE"
latitude = 51.05434
longitude = 3.717424
"#;

fn read(text: &str) -> Result<Config, String> {
	let folder = tempfile::tempdir().expect("there is room");
	let path = folder.path().join("config.toml");
	std::fs::write(&path, text).expect("there is room");
	Config::read(&path).map_err(|error| {
		let mut all = error.to_string();
		let mut cause = std::error::Error::source(&error);
		while let Some(error) = cause {
			all += &format!("\n{error}");
			cause = error.source();
		}
		all
	})
}

#[test]
fn little_must_be_said() {
	let config = read(LEAST).expect("it is enough");
	assert_eq!(config.state, Path::new("/var/lib/zos-agent"));
	assert_eq!(config.heartbeat_seconds, 60);
	assert_eq!(config.location().country, *b"BE");
	assert_eq!(config.location().latitude, 51_054_340);
	let has = Capacity { cru: 8_000, mru: GIB, sru: TIB, hru: 0 };
	assert_eq!(config.cap(has), has);
}

#[test]
fn capacity_has_units_and_is_a_most() {
	let text =
		format!("{LEAST}\n[capacity]\ncores = 1.5\nmemory = \"4 GiB\"\nssd = 1000\nhdd = \"1TiB\"");
	let config = read(&text).expect("it is one");
	let has = Capacity { cru: 8_000, mru: GIB, sru: TIB, hru: 0 };
	assert_eq!(config.cap(has), Capacity { cru: 1_500, mru: GIB, sru: 1_000, hru: 0 });
}

#[test]
fn registries_have_names_hosts_and_authorities() {
	let text = format!(
		"{LEAST}\n[images]\nprivate_registries = [\"10.0.0.7:5000\"]\n\
		[images.served_by]\n\"ours.example\" = \"10.0.0.7:5000\"\n\
		[images.authorities]\n\"10.0.0.7:5000\" = \"/etc/grid/authority.pem\"\n"
	);
	let ImagesConfig { private_registries, served_by, authorities, .. } =
		read(&text).expect("it is one").images;
	assert_eq!(private_registries, ["10.0.0.7:5000"]);
	assert_eq!(served_by["ours.example"], "10.0.0.7:5000");
	assert_eq!(authorities["10.0.0.7:5000"], Path::new("/etc/grid/authority.pem"));
}

#[test]
fn mistakes_are_told_with_their_place() {
	let cases = [
		(format!("stat = \"/var\"\n{LEAST}"), "unknown field `stat`"),
		(format!("{LEAST}\n[capacity]\nmemory = \"4 GB\""), "16 GiB"),
		(format!("{LEAST}\n[capacity]\nssd = -1"), "bytes"),
		(format!("metrics = \"0.0.0.0:9615\"\n{LEAST}"), "on this machine alone"),
		(LEAST.replace("\"BE\"", "\"Belgium\""), "two capital letters"),
		(LEAST.replace("51.05434", "91"), "-90 to 90"),
		(LEAST.replace("spec = \"/etc/grid.json\"", ""), "either `spec`"),
		(
			LEAST.replace("[chain]", "[chain]\nendpoints = [\"ws://127.0.0.1:9944\"]"),
			"either `spec`",
		),
		(LEAST.replace("spec = \"/etc/grid.json\"", "endpoints = [\"http://host\"]"), "ws://"),
		(LEAST.replace("[chain]", "[chain]\ngenesis = \"12\""), "64 hexadecimal"),
		(format!("heartbeat_seconds = 0\n{LEAST}"), "at least 1"),
		(format!("{LEAST}\n[images]\nplain_registries = [\"http://a.example\"]"), "are hosts"),
		(format!("{LEAST}\n[images.served_by]\n\"a.example\" = \"b.example/v2\""), "are hosts"),
	];
	for (text, expected) in cases {
		let error = read(&text).expect_err(expected);
		assert!(error.contains(expected), "{error}\nshould tell of {expected}");
		assert!(error.contains("config.toml"), "{error}");
	}
	let nowhere = Config::read(Path::new("/nowhere/zos-agent.toml")).expect_err("it is not there");
	assert!(nowhere.to_string().contains("--config"));
}
