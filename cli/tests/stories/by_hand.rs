//! Who writes specs himself, and has stakeholders say whether they got what they wanted.

use crate::world::World;

fn file(world: &World, name: &str, head: &str, gib: u64) -> String {
	let text = format!(
		"{head}- node: 1\n  spec:\n    version: 1\n    workloads:\n      \
		 - {{ name: data, kind: volume, size: {}, disk: ssd }}\n",
		gib << 30
	);
	world.write(name, &text)
}

#[test]
fn a_contract_is_made_quoted_changed_and_ended() {
	let world = World::with_nodes(1);
	world.does("//Bob", &["twin", "create"]);
	let plan = file(&world, "plan.yaml", "", 1);
	let quote = world.asks("//Bob", &["bill", "quote", &plan]);
	assert!(quote["usd_per_hour"].as_str().is_some_and(|it| it != "0"), "{quote}");
	let contract = file(&world, "contract.yaml", "label: by-hand\nplan:\n", 1);
	world.does("//Bob", &["deployment", "create", &contract]);
	let changes = file(&world, "changes.yaml", "", 2);
	world.does("//Bob", &["deployment", "amend", "1", &changes]);
	let shown = world.does("//Bob", &["deployment", "show", "1"]);
	assert!(shown.contains("running revision 2") && shown.contains("2 GiB of ssd"), "{shown}");

	let bad = world.write("bad.yaml", "label: x\nplans: []\n");
	let (code, why) = world.fails("//Bob", &["deployment", "create", &bad]);
	assert!(code == 3 && why.contains("bad.yaml: line 2, column 1"), "{why}");
	let (code, why) = world.fails("//Bob", &["deployment", "withdraw", "1"]);
	assert!(code == 5 && why.contains("NoQuestion"), "{why}");
	world.does("//Bob", &["deployment", "cancel", "1"]);
	let (code, why) = world.fails("//Bob", &["deployment", "show", "1"]);
	assert_eq!(code, 7, "{why}");
}

#[test]
fn what_was_delivered_is_accepted_and_policies_change_with_consent() {
	let world = World::with_nodes(1);
	world.does("//Bob", &["twin", "create"]);
	let charlie = world.asks("//Charlie", &["account", "show"])["account"].clone();
	let terms = format!(
		"title: Delivery\nttl: 1000\nguards: {{}}\nacceptance: true\nroles:\n  \
		 - {{ title: owner, members: [{}], threshold: 1 }}\n",
		charlie.as_str().expect("an address")
	);
	let policy = world.write("policy.yaml", &terms);
	world.does("//Bob", &["policy", "create", &policy]);
	let contract = file(&world, "contract.yaml", "label: by-hand\npolicy: 1\nplan:\n", 1);
	world.does("//Bob", &["deployment", "create", &contract]);
	let request = || {
		let list = world.asks("//Charlie", &["approvals", "list"]);
		list[0]["request"].as_u64().map(|it| it.to_string())
	};
	world.does("//Bob", &["deployment", "deliver", "1"]);
	assert!(request().is_some());
	world.does("//Bob", &["deployment", "withdraw", "1"]);
	assert_eq!(request(), None);
	world.does("//Bob", &["deployment", "deliver", "1"]);
	let asked = request().expect("it is asked again");
	let shown = world.does("//Charlie", &["approvals", "show", &asked]);
	assert!(shown.contains("Is that what was wanted?"), "{shown}");
	world.does("//Charlie", &["approvals", "approve", &asked]);

	let policy = world.write("policy.yaml", &terms.replace("Delivery", "Handover"));
	world.does("//Bob", &["policy", "amend", "1", &policy]);
	let asked = request().expect("it is in use, so it is asked");
	let shown = world.does("//Charlie", &["approvals", "show", &asked]);
	assert!(shown.contains("- title: Delivery") && shown.contains("+ title: Handover"), "{shown}");
	world.does("//Bob", &["policy", "withdraw-amendment", "1"]);
	assert_eq!(request(), None);
	world.does("//Bob", &["policy", "retire", "1"]);
	assert_eq!(world.asks("//Bob", &["policy", "show", "1"])["retired"], true);

	let (code, why) = world.fails("//Bob", &["deployment", "force-cancel", "1"]);
	assert_eq!(code, 5, "{why}");
	world.does("//Alice", &["deployment", "force-cancel", "1", "--by", "sudo"]);
}
