//! Secrets reach the program that they are for, and nobody else.

use crate::modes;
use crypto_box::{
	aead::{rand_core::RngCore, OsRng},
	PublicKey, SecretKey,
};
use grid_primitives::{
	report::{Failure, FailureCode},
	spec::{Delivery, Image, Sealed, Secret, Workload},
	TwinId,
};
use grid_runtime::Runtime;
use grid_stories::{
	eventually, hasty_chain,
	specs::{container_with, spec, text},
	AgentProcess, Hears, Images, Person, User,
};
use std::{
	fs::{self, File},
	os::{fd::AsRawFd, unix::fs::FileExt},
	path::Path,
	time::Duration,
};
use zos_testing::sha256;

const LIMIT: Duration = Duration::from_secs(90);
const MOUTHFUL: usize = 1 << 20;

#[test]
fn a_secret_reaches_its_program_and_is_never_written_anywhere() {
	for hears in modes(Hears::Rpc) {
		reaches_its_program(hears);
	}
}

/// What nobody could guess, and what finds nothing by chance.
fn secret(kind: &str) -> String {
	let mut bytes = [0; 16];
	OsRng.fill_bytes(&mut bytes);
	format!("{kind}-{}", hex::encode(bytes))
}

/// Somebody who seals secrets.
pub(crate) struct Confidant {
	twin: TwinId,
	to: PublicKey,
}

impl Confidant {
	/// A user, who seals to the key of the node that he deploys on.
	pub(crate) fn of(user: &User) -> Self {
		let key = pallet_twins::TwinIds::<Runtime>::hashed_key_for(user.who.to_account_id());
		let twin: Option<TwinId> = user.chain.storage(&key, None).expect("it answers");
		let to = PublicKey::from(user.sealing_key());
		Self { twin: twin.expect("he has one"), to }
	}

	pub(crate) fn sealed(&self, secret: &str, delivery: Delivery) -> Secret {
		let plain = [&self.twin.to_le_bytes()[..], secret.as_bytes()].concat();
		let sealed = self.to.seal(&mut OsRng, &plain).expect("it is short");
		Secret { delivery, sealed: Sealed(sealed.try_into().expect("it is short")) }
	}
}

fn keeper(name: &str, image: &Image, secrets: Vec<Secret>) -> Workload {
	container_with(name, image, |it| it.secrets = secrets.try_into().expect("they are few"))
}

fn reaches_its_program(hears: Hears) {
	let node = hasty_chain("secrets");
	let chain = node.chain();
	let images = Images::new();
	// It tells what it knows, without telling it.
	let script = "echo -n $TOKEN | busybox sha256sum; busybox sha256sum </run/keys/token; \
		trap exit TERM; sleep 100000 & wait";
	let image = images.running("keeper", script);
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let confidant = Confidant::of(&user);

	let (variable, file) = (secret("variable"), secret("file"));
	let as_variable = || Delivery::Variable(text("TOKEN"));
	let as_file = || Delivery::File(text("/run/keys/token"));
	let readable =
		|| vec![confidant.sealed(&variable, as_variable()), confidant.sealed(&file, as_file())];
	let contract = user.deploy("keeper", spec([keeper("web", &image, readable())]));
	user.runs(contract, 1);
	let proof = |secret: &str| format!("{}  -\n", hex::encode(sha256(secret.as_bytes())));
	eventually("the program has its secrets", LIMIT, || {
		(agent.printed(contract, "web") == proof(&variable) + &proof(&file)).then_some(())
	});

	// Whoever reads the chain has the boxes. In a contract of his own nobody opens them for him.
	let thief = User::new(chain, Person::Charlie, user.node);
	let copied = user.placement(contract).and_then(|it| it.spec).expect("it runs");
	let theft = thief.deploy("theft", copied);
	let Failure { code, workload, detail } = thief.failure(theft);
	assert_eq!((code, workload), (FailureCode::SecretNotReadable, Some(text("web"))));
	let detail = detail.as_str().expect("it is text");
	assert!(detail.contains("sealed for another twin"), "{detail}");
	assert_eq!(agent.programs().len(), 1, "no program has them but the one that they are for");
	thief.cancel(theft);

	// One that is sealed to somebody else holds back its container, and nothing else.
	let to = SecretKey::generate(&mut OsRng).public_key();
	let stranger = Confidant { to, twin: confidant.twin };
	let other = secret("other");
	let misled = user.deploy(
		"misled",
		spec([
			keeper("lost", &image, vec![stranger.sealed(&other, as_variable())]),
			keeper("web", &image, readable()),
		]),
	);
	let Failure { code, workload, detail } = user.failure(misled);
	assert_eq!((code, workload), (FailureCode::SecretNotReadable, Some(text("lost"))));
	let detail = detail.as_str().expect("it is text");
	assert!(detail.contains("seal it to the encryption key of this node"), "{detail}");
	eventually("what can run does", LIMIT, || (agent.programs().len() == 2).then_some(()));
	let before = agent.programs();
	// The agent that comes back has to open them again, and writes down no more than before.
	agent.kill();
	agent.start();
	let mended = spec([keeper("lost", &image, readable()), keeper("web", &image, readable())]);
	user.amend(misled, mended);
	user.runs(misled, 2);
	assert!(agent.programs().len() == 3, "{before:?}");

	// SAFETY: it has no arguments, and cannot fail.
	unsafe { libc::sync() };
	for secret in [&variable, &file] {
		assert_eq!(files_with(&agent.state(), secret), Vec::<String>::new());
		assert!(!agent.log().contains(secret.as_str()), "the log of the agent has it");
		assert!(!node.log().contains(secret.as_str()), "the chain has it");
		let status = agent.status().to_string();
		assert!(!status.contains(secret.as_str()), "{status}");
		// Not even what was removed, or has no name.
		let disk = File::open(agent.folder().join("disk.img")).expect("it is there");
		assert!(!is_on(&disk, secret), "{secret} was written to the disk");
	}
	user.at_once(vec![User::cancellation(contract), User::cancellation(misled)]);
	agent.leaves_nothing();
}

/// The files beneath a folder that have a text in them.
pub(crate) fn files_with(folder: &Path, text: &str) -> Vec<String> {
	let mut found = Vec::new();
	for entry in fs::read_dir(folder).expect("it is a folder") {
		let entry = entry.expect("it can be listed");
		let kind = entry.file_type().expect("it has a kind");
		if kind.is_dir() {
			found.extend(files_with(&entry.path(), text));
		} else if kind.is_file() && is_on(&File::open(entry.path()).expect("we are root"), text) {
			found.push(entry.path().display().to_string());
		}
	}
	found
}

/// Whether a file has a text in it. Holes are passed over.
fn is_on(file: &File, text: &str) -> bool {
	let length = file.metadata().expect("it has a length").len();
	let mut buffer = vec![0; MOUTHFUL + text.len()];
	let mut at = 0;
	while at < length {
		// SAFETY: the descriptor is open, and nothing else is passed.
		let data = unsafe { libc::lseek(file.as_raw_fd(), at as libc::off_t, libc::SEEK_DATA) };
		let Ok(data) = u64::try_from(data) else { return false };
		let read = file.read_at(&mut buffer, data).expect("it can be read");
		if buffer[..read].windows(text.len()).any(|it| it == text.as_bytes()) {
			return true;
		}
		at = data + MOUTHFUL as u64;
	}
	false
}
