//! Stakeholders.

use crate::world::{eventually, manifest, World};

/// A policy that guards what begins and changes: two roles have to agree.
pub(crate) fn policy(world: &World) -> String {
	let address = |who: &str| {
		let account = world.asks(who, &["account", "show"]);
		account["account"].as_str().expect("an address").to_string()
	};
	let (legal, board) = (address("//Charlie"), address("//Dave"));
	let text = format!(
		"title: The shop\nttl: 1000\nguards: {{ create: true, amend: true }}\nroles:\n  \
		 - {{ title: legal, members: [{legal}], threshold: 1, veto: true }}\n  \
		 - {{ title: board, members: [{board}], threshold: 1 }}\n"
	);
	let file = world.write("policy.yaml", &text);
	world.asks("//Bob", &["policy", "create", &file])["policy"].to_string()
}

/// What stakeholders are asked.
pub(crate) fn asked(world: &World) -> String {
	eventually("somebody is asked", 60, || {
		let list = world.asks("//Charlie", &["approvals", "list"]);
		(!list[0].is_null()).then(|| list[0]["request"].to_string())
	})
}

/// All of them agree.
pub(crate) fn agree(world: &World, request: &str) {
	for who in ["//Charlie", "//Dave"] {
		world.does(who, &["approvals", "approve", request]);
	}
}

#[test]
fn they_see_exactly_what_they_sign_and_it_runs_when_all_agree() {
	let world = World::with_nodes(1);
	world.does("//Bob", &["twin", "create"]);
	let policy = policy(&world);
	let text = format!("{}policy: {policy}\n", manifest(1, "none"));
	let shop = world.write("shop.yaml", &text);
	world.does("//Bob", &["apply", &shop]);
	assert_eq!(world.asks("//Bob", &["status"])["contracts"][0]["state"], "awaiting-approval");

	let policies = world.asks("//Bob", &["policy", "list"]);
	assert_eq!(policies[0]["terms"]["title"], "The shop", "{policies}");
	let request = asked(&world);
	let shown = world.does("//Charlie", &["approvals", "show", &request]);
	for words in ["is to begin", "registry.example/web", "(worked out here)", "container web"] {
		assert!(shown.contains(words), "{words}: {shown}");
	}
	let (code, why) =
		world.fails("//Charlie", &["approvals", "approve", &request, "--digest", &"00".repeat(32)]);
	assert_eq!(code, 3, "{why}");
	let (code, why) = world.fails("//Eve", &["approvals", "approve", &request]);
	assert_eq!(code, 5, "{why}");
	world.does("//Charlie", &["approvals", "approve", &request]);
	world.does("//Charlie", &["approvals", "retract", &request]);

	// At a terminal, it is shown, and asked.
	let mut terminal = world.sits("//Charlie", &["approvals", "approve", &request]);
	terminal.sees("Agree to exactly that?");
	terminal.types("y\n");
	assert!(terminal.ends().success(), "{}", terminal.screen());
	world.does("//Dave", &["approvals", "approve", &request]);
	let contract = world.asks("//Bob", &["status"])["contracts"][0]["contract"].to_string();
	world.does("//Bob", &["deployment", "wait", &contract]);

	// A change is shown as a difference, and comes to nothing if somebody objects.
	world.write("shop.yaml", &text.replace("cpu: 0.5", "cpu: 0.25"));
	world.does("//Bob", &["apply", &shop, "--no-wait"]);
	let request = asked(&world);
	let shown = world.does("//Dave", &["approvals", "show", &request]);
	assert!(shown.contains("- ") && shown.contains("cpu: 500"), "{shown}");
	assert!(shown.contains("+ ") && shown.contains("cpu: 250"), "{shown}");
	let (code, why) = world.fails("//Bob", &["apply", &shop]);
	assert_eq!(code, 3, "{why}");
	world.does("//Charlie", &["approvals", "object", &request, "too small for us"]);
	let status = world.asks("//Bob", &["status"]);
	assert_eq!(status["contracts"][0]["revision"], 1, "{status}");
	assert_eq!(status["contracts"][0]["runs"], true, "{status}");
}

#[test]
fn a_question_that_nobody_answers_goes_by_and_governance_can_answer_it() {
	let world = World::with_nodes(1);
	world.does("//Bob", &["twin", "create"]);
	let charlie = world.asks("//Charlie", &["account", "show"])["account"].clone();
	let terms = format!(
		"title: Soon\nttl: 30\nguards: {{ create: true }}\nroles:\n  \
		 - {{ title: owner, members: [{}], threshold: 1 }}\n",
		charlie.as_str().expect("an address")
	);
	let policy = world.write("policy.yaml", &terms);
	let made = world.asks("//Bob", &["policy", "create", &policy]);
	assert!(made["transaction"].is_string(), "{made}");
	let text = format!("{}policy: {}\n", manifest(1, "none"), made["policy"]);
	let shop = world.write("shop.yaml", &text);
	world.does("//Bob", &["apply", &shop]);
	let request = asked(&world);
	let (code, why) = world.fails("//Eve", &["approvals", "expire", &request]);
	assert!(code == 5 && why.contains("Approvals.StillOpen: "), "{why}");
	let (code, why) = world.fails("//Eve", &["approvals", "decide", &request, "agree"]);
	assert!(code == 5 && why.contains("--by council"), "{why}");
	let (code, why) = world.fails("//Eve", &["approvals", "decide", "99", "agree"]);
	assert_eq!(code, 7, "{why}");
	eventually("the question goes by", 180, || {
		let shown = world.grid("//Charlie").args(["approvals", "show", &request]).output().ok()?;
		(shown.status.code() == Some(7)).then_some(())
	});
	let status = world.asks("//Bob", &["status"]);
	assert_eq!(status["contracts"].as_array().map(Vec::len), Some(0), "it never began: {status}");

	world.does("//Bob", &["apply", &shop]);
	let request = asked(&world);
	let decided =
		world.asks("//Alice", &["approvals", "decide", &request, "agree", "--by", "sudo"]);
	assert!(decided["block"].is_number(), "{decided}");
	assert_eq!(world.asks("//Bob", &["status"])["contracts"][0]["state"], "live");
}

#[test]
fn what_mends_a_failed_container_waits_for_them_and_says_so() {
	let world = World::with_nodes(1);
	world.does("//Bob", &["twin", "create"]);
	let policy = policy(&world);
	world.write("token", "secret");
	let secret = "    secrets: { TOKEN: { file: token } }\n";
	let text = format!("{}{secret}policy: {policy}\n", manifest(1, "none"));
	let shop = world.write("shop.yaml", &text);
	world.does("//Bob", &["apply", &shop]);
	world.write("shop.yaml", &text.replace("cpu: 0.5", "cpu: 0.25"));
	let (code, why) = world.fails("//Bob", &["apply", &shop]);
	assert!(code == 3 && why.contains("`grid destroy`"), "it has not begun: {why}");
	world.write("shop.yaml", &text);
	agree(&world, &asked(&world));
	world.does("//Bob", &["deployment", "wait", "1"]);
	world.write("shop.yaml", &text.replace(&format!("policy: {policy}"), "policy: 999"));
	let (code, why) = world.fails("//Bob", &["apply", &shop]);
	assert!(code == 3 && why.contains(&format!("write policy: {policy}")), "{why}");
	world.write("shop.yaml", &text);

	// Its secret is sealed to nobody.
	let mut parts = world.asks("//Bob", &["deployment", "show", "1"])["nodes"].clone();
	let workloads = parts[0]["spec"]["workloads"].as_array_mut().expect("a list").iter_mut();
	for sealed in workloads.filter_map(|it| it.pointer_mut("/secrets/0/sealed")) {
		let digits: String = sealed.as_str().expect("a text").chars().rev().collect();
		*sealed = digits.trim_end_matches("x0").into();
	}
	let change = serde_json::json!([{ "node": 1, "spec": parts[0]["spec"] }]).to_string();
	let change = world.write("changes.yaml", &change);
	world.does("//Bob", &["deployment", "amend", "1", &change]);
	agree(&world, &asked(&world));
	let (code, why) = world.fails("//Bob", &["deployment", "wait", "1"]);
	assert!(code == 8 && why.contains("SecretNotReadable"), "{why}");
	let planned = world.asks("//Bob", &["plan", &shop]);
	assert_eq!(planned["drift"][0]["what"], "failed", "{planned}");

	let mut apply = world.sits("//Bob", &["apply", &shop, "--yes"]);
	assert!(apply.ends().success(), "{}", apply.screen());
	let request = asked(&world);
	assert!(apply.screen().contains(&format!("approvals show {request}")), "{}", apply.screen());
	agree(&world, &request);
	world.does("//Bob", &["deployment", "wait", "1"]);
	world.does("//Bob", &["plan", &shop, "--exit-code"]);
}
