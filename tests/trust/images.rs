//! Images that are not what was wanted: each is refused for its reason, and holds nobody else back.

use crate::world::*;
use grid_primitives::{
	capacity::bytes::MIB,
	report::FailureCode::{self, ImageNotFound, ImageRefused, NoCapacity},
	spec::{Image, Workload},
};
use grid_stories::{
	eventually, hasty_chain,
	specs::{container_with, spec, text},
	AgentProcess, Hears, Images, Person, User,
};
use serde_json::Value;
use std::{fs, path::Path, process::Command};
use zos_testing::{busybox_root, Layer, Parts, Registry, Signer};

/// A container of an image that somebody must have signed.
fn signed(name: &str, image: &Image, by: &Signer) -> Workload {
	container_with(name, image, |it| {
		it.signer = Some(by.public().try_into().expect("a key is short"));
	})
}

fn plain(name: &str, image: &Image) -> Workload {
	container_with(name, image, |_| ())
}

/// A container that cannot run, with the word and the words that the chain is to be told.
struct Bad {
	label: &'static str,
	workload: Workload,
	code: FailureCode,
	words: &'static str,
}

/// Change what a registry has of an image. It still knows it by the same name.
fn spoil(registry: &Registry, image: &Image) {
	let manifest = fs::read(registry.blob(&image.digest)).expect("it is ours");
	let manifest: Value = serde_json::from_slice(&manifest).expect("a manifest is JSON");
	let name = manifest["config"]["digest"].as_str().and_then(|it| it.strip_prefix("sha256:"));
	let mut digest = [0; 32];
	hex::decode_to_slice(name.expect("it has a config"), &mut digest).expect("it is a hash");
	let place = registry.blob(&digest);
	let mut bytes = fs::read(&place).expect("it is there");
	bytes[0] ^= 1;
	fs::write(&place, bytes).expect("it is ours");
}

fn bad_ones(images: &Images, good: &Image) -> Vec<Bad> {
	let registry = &images.registry;
	let (signer, stranger) = (Signer::p256(1), Signer::p256(9));

	let absent = Image { digest: [9; 32], ..good.clone() };
	let tampered = image(images, "tampered");
	spoil(registry, &tampered);
	let unsigned = image(images, "unsigned");
	let by_stranger = image(images, "by-stranger");
	stranger.sign_image(registry, "shop/by-stranger", &by_stranger.digest);
	let (original, moved) = (image(images, "original"), image(images, "moved"));
	let payload = Signer::payload(&original.digest);
	let signature = signer.sign(&payload);
	Signer::put_signatures(registry, "shop/moved", &moved.digest, &[(payload, signature)]);
	let mut foreign = Parts::new([Layer::files(&[("a", b"b")])]);
	foreign.architecture = "riscv64".into();
	let foreign = registry.put("shop/foreign", &foreign);

	let bad = |label, workload, code, words| Bad { label, workload, code, words };
	vec![
		bad("absent", plain("bad", &absent), ImageNotFound, "check the reference"),
		bad("tampered", plain("bad", &tampered), ImageRefused, "damaged or forged"),
		bad("unsigned", signed("bad", &unsigned, &signer), ImageRefused, "has no signature"),
		bad("by-stranger", signed("bad", &by_stranger, &signer), ImageRefused, "none of its 1"),
		bad("moved", signed("bad", &moved, &signer), ImageRefused, "from another image"),
		bad("foreign", plain("bad", &foreign), ImageNotFound, "the image is for linux/riscv64"),
	]
}

#[test]
fn each_bad_image_is_told_by_its_name_and_holds_nobody_back() {
	let node = hasty_chain("bad-images");
	let chain = node.chain();
	let images = Images::new();
	let good = image(&images, "good");
	let mut agent = AgentProcess::invited("dev", &[&node], Hears::Rpc);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let neighbour = user.deploy("neighbour", program(&good));
	user.runs(neighbour, 1);
	let before = (runs(&agent, 1), agent.left());

	let bad_ones = bad_ones(&images, &good);
	let plan = |bad: &Bad| spec([plain("good", &good), bad.workload.clone()]);
	let calls = bad_ones.iter().map(|bad| user.creation(bad.label, plan(bad), None)).collect();
	let contracts = User::created(&user.at_once(calls));
	for (bad, contract) in bad_ones.iter().zip(&contracts) {
		let failure = user.failure(*contract);
		let label = bad.label;
		assert_eq!(failure.code, bad.code, "{label}: {failure:?}");
		assert_eq!(failure.workload, Some(text("bad")), "{label}: {failure:?}");
		let detail = failure.detail.as_str().unwrap_or_default();
		assert!(detail.contains(bad.words), "{label}: {detail}");
		eventually(&format!("{label}: what is good of it runs"), LIMIT, || {
			(agent.printed(*contract, "good") == "I am good\n").then_some(())
		});
	}
	let running = runs(&agent, 1 + contracts.len());
	assert!(running.contains(&before.0[0]), "the neighbour did not notice");

	let ends = contracts.iter().map(|contract| User::cancellation(*contract)).collect();
	user.at_once(ends);
	eventually("nothing is left of them", LIMIT, || {
		((agent.running(), agent.left()) == before).then_some(())
	});
	user.cancel(neighbour);
	agent.leaves_nothing();
}

/// A system with so much more in it that no packing makes smaller.
fn large(name: &str, bytes: usize) -> Parts {
	let folder = tempfile::tempdir().expect("a folder can be made");
	busybox_root(folder.path());
	let system = Layer::build(|archive| {
		archive.follow_symlinks(false);
		archive.append_dir_all(".", folder.path()).expect("it is read");
	});
	let script = format!("echo I am {name}; trap exit TERM; sleep 100000 & wait");
	let mut parts = Parts::new([system, Layer::noise("noise", bytes)]);
	parts.run = serde_json::json!({ "Cmd": ["/bin/sh", "-c", script] });
	parts
}

/// How many bytes nobody uses of the disk that a folder is on.
fn free(folder: &Path) -> u64 {
	let said = Command::new("df").args(["--output=avail", "-B1"]).arg(folder).output();
	let said = String::from_utf8(said.expect("there is df").stdout).expect("df says numbers");
	said.lines().nth(1).and_then(|line| line.trim().parse().ok()).expect("df says a number")
}

#[test]
fn what_did_not_fit_on_the_disk_runs_as_soon_as_it_does() {
	// What images leave of a disk to others.
	const RESERVE: u64 = 256 * MIB;
	let node = hasty_chain("full-disk");
	let chain = node.chain();
	let images = Images::new();
	let good = image(&images, "good");
	let large = images.registry.put("shop/large", &large("large", 30 << 20));
	let mut agent = AgentProcess::invited("dev", &[&node], Hears::Rpc);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let neighbour = user.deploy("neighbour", program(&good));
	user.runs(neighbour, 1);
	let before = (runs(&agent, 1), agent.left());

	// Room for the smaller layers only.
	let filler = agent.state().join("filler");
	let room = free(&agent.state());
	let length = (room - RESERVE - 40 * MIB).to_string();
	let filled = Command::new("fallocate").args(["--length", &length]).arg(&filler).status();
	assert!(filled.expect("there is fallocate").success());
	let room = free(&agent.state());

	let contract = user.deploy("large", spec([plain("good", &good), plain("large", &large)]));
	let failure = user.failure(contract);
	assert_eq!((failure.code, failure.workload), (NoCapacity, Some(text("large"))));
	let detail = failure.detail.as_str().unwrap_or_default();
	assert!(detail.contains("disk"), "{detail}");
	eventually("what fits runs", LIMIT, || {
		(agent.printed(contract, "good") == "I am good\n").then_some(())
	});
	assert!(runs(&agent, 2).contains(&before.0[0]), "the neighbour did not notice");
	// The root of the good one is there, which is smaller than what was fetched of the large one.
	eventually("what was fetched in vain is gone", LIMIT, || {
		(free(&agent.state()) + 28 * MIB >= room).then_some(())
	});

	fs::remove_file(&filler).expect("it is there");
	user.runs(contract, 1);
	eventually("it prints", LIMIT, || {
		(agent.printed(contract, "large") == "I am large\n").then_some(())
	});
	user.cancel(contract);
	eventually("nothing is left of it", LIMIT, || {
		((agent.running(), agent.left()) == before).then_some(())
	});
}
