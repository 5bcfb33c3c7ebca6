use super::*;

/// What is done to the shop, and what is said of it: on which line, and with which words.
const CASES: &[(&str, &str, u64, &str)] = &[
	("grid: 1\n", "", 1, "`grid` is missing"),
	("grid: 1", "grid: 2", 1, "write grid: 1"),
	("grid: 1", "grid: one", 1, "a whole number"),
	("name: shop\n", "", 1, "`name` is missing"),
	("name: shop", "name: Shop", 2, "a-z, 0-9 and -"),
	("name: shop", "name: ''", 2, "1 to 36"),
	("name: shop", "name: [shop]", 2, "a text"),
	("name: shop", "name: shop\nname: again", 3, "said twice"),
	("name: shop", "nme: shop", 2, "`name` may be meant"),
	("name: shop", "name: shop\nplace: { country: BE }", 3, "`countries` may be meant"),
	("name: shop", "name: shop\nplace: { countries: [Belgium] }", 3, "two capital letters"),
	("name: shop", "name: shop\nplace: { farms: [one] }", 3, "a whole number"),
	("name: shop", "name: shop\nplace: { spread: racks }", 3, "there are none, nodes, farms"),
	("name: shop", "name: shop\nbudget: cheap", 3, "USD"),
	("name: shop", "name: shop\npolicy: board", 3, "a whole number"),
	("10.10.0.0/16", "10.10.0.0", 4, "10.10.0.0/16"),
	("10.10.0.0/16", "8.8.0.0/16", 4, "not private"),
	("10.10.0.0/16", "10.10.0.1/16", 4, "first"),
	("10.10.0.0/16", "10.10.0.0/28", 4, "/16 to /24"),
	("range: 10.10.0.0/16", "range: 10.10.0.0/16, egres: none", 4, "`egress` may be meant"),
	("  lan: {", "  LAN: {", 4, "no name"),
	("size: 10GiB", "size: 10", 6, "10GiB"),
	("size: 10GiB", "size: 10GB", 6, "10GiB"),
	("size: 10GiB", "size: 1KiB", 6, "size"),
	("size: 10GiB", "size: 0GiB", 6, "1MiB"),
	("size: 10GiB", "size: 10GiB, disk: tape", 6, "there are ssd, hdd"),
	("  data: {", "  dada: {", 14, "no volume \"data\""),
	("size: 5GiB, networks: [lan]", "size: 5GiB", 8, "networks"),
	("size: 5GiB, networks: [lan]", "size: 5GiB, networks: []", 8, "nobody can reach"),
	("size: 5GiB, networks: [lan]", "size: 5GiB, networks: [wan]", 8, "no network \"wan\""),
	("  cache: {", "  web: {", 11, "two are called"),
	("web@sha256:1111", "web:latest@sha256:11", 11, "digest"),
	("/web@sha256", "/web:latest #", 11, "digest"),
	("cpu: 2", "cpu: two", 12, "cores"),
	("cpu: 2", "cpu: 1m", 11, "10m"),
	("    cpu: 2\n", "", 16, "`cpu` is missing"),
	("memory: 2GiB", "memory: 1MiB", 11, "4MiB"),
	("cpu: 2", "cpu: 2\n    count: 0", 13, "1 to 1000"),
	("volume: data, path", "volume: dada, path", 14, "there are data"),
	("mounts: [{ volume: data, path: /var/lib/shop }]", "restart: always", 6, "nobody mounts"),
	("    networks: [lan]\n    env", "    env", 16, "name the network at web"),
	(
		"    networks: [lan]\n    env: { CACHE: '${ip:cache}:6379' }\n    ports: [{ port: 80, to: 8080 }]",
		"    env: { CACHE: '${ip:cache}:6379' }",
		15,
		"have no network in common",
	),
	("networks: [lan]\n    env", "networks: [wan]\n    env", 15, "there are lan"),
	("${ip:cache}", "${ip:cash}", 16, "names no container"),
	("port: 80,", "port: 0,", 17, "1 to 65535"),
	("port: 80,", "port: 99999,", 17, "from 0 to 65535"),
	("port: 80,", "port: 80, network: wan,", 17, "by a network that it is in"),
	("port: 80,", "prt: 80,", 17, "`port` may be meant"),
	("    env: {", "    secrets: { A: plain }\n    env: {", 16, "there are env, file"),
	("    cpu: 2", "    signer: none\n    cpu: 2", 12, "-----BEGIN PUBLIC KEY-----"),
	("10.10.0.0/16 }", "10.10.0.0/16, devices: { pc: { key: AAAA } } }", 4, "44 characters"),
	("10.10.0.0/16 }", "10.10.0.0/16, devices: { PC: { key: DEVICE } } }", 4, "no name of a device"),
	("10.10.0.0/16 }", "10.10.0.0/16, devices: { pc: {} } }", 4, "`key` is missing"),
	(
		"10.10.0.0/16 }",
		"10.10.0.0/16, devices: { pc: { key: DEVICE, near: wob } } }",
		4,
		"no container or database \"wob\"",
	),
	(
		"10.10.0.0/16 }",
		"10.10.0.0/16, devices: { pc: { key: DEVICE }, tv: { key: DEVICE } } }",
		4,
		"one of its own",
	),
	(
		"10.10.0.0/16 }",
		"10.10.0.0/16 }\n  wan: { range: 10.11.0.0/16, devices: { pc: { key: DEVICE } } }",
		5,
		"nothing is in the network wan",
	),
	("containers:\n", "containers: []\nothers:\n", 9, "fields are wanted"),
	("  web:\n", "\t\tweb:\n", 10, "tab"),
];

#[test]
fn what_is_wrong_is_said_with_its_line_and_what_would_be_right() {
	let mut wrong = Vec::new();
	for (from, to, line, words) in CASES {
		let to = to.replace("DEVICE", &format!("B{}=", "A".repeat(42)));
		let text = SHOP.replacen(from, &to, 1);
		assert_ne!(text, SHOP, "{from}");
		match read(&text) {
			Ok(_) => wrong.push(format!("{to:?} is taken")),
			Err(Error::Flaw(flaw)) => {
				let near = *line == 0 || flaw.line.abs_diff(*line) == 0;
				if !near || !flaw.what.contains(words) {
					wrong.push(format!("{to:?}: wanted line {line} and {words:?}: {flaw}"));
				}
			},
			Err(other) => wrong.push(format!("{to:?}: {other}")),
		}
	}
	assert!(wrong.is_empty(), "{}", wrong.join("\n"));
	assert!(CASES.len() >= 40);
}

#[test]
fn rules_that_cannot_both_hold_are_said_where_the_second_is() {
	let second = format!(
		"\n  backup:\n    image: a.example/b@sha256:{}\n    cpu: 1\n    memory: 1GiB\n    \
		 mounts: [{{ volume: data, path: /data }}]\n",
		"2".repeat(64)
	);
	let shop = format!("{}{second}", SHOP.trim_end());
	assert!(read(&shop).is_ok());
	let both = format!("{}    place: {{ farms: [1] }}\n", shop)
		.replace("    cpu: 2\n", "    place: { farms: [2] }\n    cpu: 2\n");
	let top = format!("{}    place: {{ farms: [1] }}\nplace: {{ countries: [BE] }}\n", shop);
	for (text, line, column) in [(both, 12, 12), (top, 11, 5)] {
		let Err(Error::Flaw(flaw)) = read(&text) else { panic!("a rule is dropped:\n{text}") };
		assert_eq!((flaw.line, flaw.column), (line, column), "{flaw}");
		assert!(flaw.what.contains("on one node with backup"), "{flaw}");
	}
	let same = format!("{}    place: {{ farms: [1] }}\n", shop)
		.replace("    cpu: 2\n", "    place: { farms: [1] }\n    cpu: 2\n");
	assert!(read(&same).is_ok());
	let one = format!("{}    place: {{ farms: [1] }}\n", shop);
	assert!(read(&one).is_ok(), "who says nothing goes along");
}

#[test]
fn what_runs_nothing_is_no_manifest() {
	let Err(error) = read("grid: 1\nname: shop\n") else { panic!("there is nothing in it") };
	assert!(error.to_string().contains("nothing to run"), "{error}");
}

#[test]
fn the_schema_knows_what_the_reader_knows() {
	let schema: serde_json::Value = serde_json::from_str(&schema()).expect("it is JSON");
	let fields = schema["properties"].as_object().expect("it describes a map");
	for field in ["grid", "name", "place", "networks", "volumes", "databases", "containers"] {
		assert!(fields.contains_key(field), "{field}");
	}
	assert_eq!(schema["additionalProperties"], false);
}
