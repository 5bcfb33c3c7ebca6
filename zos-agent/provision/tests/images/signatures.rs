//! Images that must be signed.

use crate::node::{verdict, Node};
use grid_primitives::{
	report::FailureCode::{self, ImageNotFound, ImageRefused},
	spec::Image,
};
use zos_core::ports::{Cancel, Images};
use zos_testing::{Layer, Parts, Registry, Signer};

struct Story {
	node: Node,
	registry: Registry,
	image: Image,
	other: Image,
}

impl Story {
	fn new() -> Self {
		let registry = Registry::start();
		let put = |text: &str| {
			registry.put("team/app", &Parts::new([Layer::files(&[("a", text.as_bytes())])]))
		};
		let (image, other) = (put("one"), put("two"));
		Self { node: Node::new(), registry, image, other }
	}

	fn pull(&self, signer: &Signer) -> Result<(), zos_core::ports::PortError> {
		let pulled =
			self.node.store().pull(&self.image, Some(&signer.public()), &Cancel::default());
		pulled.map(drop)
	}

	fn refused(&self, signer: &Signer, reason: &str) -> (FailureCode, bool) {
		let (code, again, text) = verdict(self.pull(signer));
		assert!(text.contains(reason), "{text}");
		self.node.assert_empty();
		(code, again)
	}
}

#[test]
fn who_signed_it_is_proven() {
	for (number, signer) in [(1, Signer::p256(1)), (2, Signer::ed25519(2))] {
		let story = Story::new();
		signer.sign_image(&story.registry, "team/app", &story.image.digest);
		story.pull(&signer).unwrap_or_else(|error| panic!("{number}: {error}"));
	}
}

#[test]
fn what_nobody_signed_is_refused_until_somebody_does() {
	let (story, signer) = (Story::new(), Signer::p256(1));
	assert_eq!(story.refused(&signer, "has no signature"), (ImageRefused, true));
	signer.sign_image(&story.registry, "team/app", &story.image.digest);
	story.pull(&signer).expect("it is signed now");
}

#[test]
fn another_key_proves_nothing() {
	let story = Story::new();
	Signer::p256(9).sign_image(&story.registry, "team/app", &story.image.digest);
	let by_others = "none of its 1 signatures is by";
	assert_eq!(story.refused(&Signer::p256(1), by_others), (ImageRefused, true));
	assert_eq!(story.refused(&Signer::ed25519(9), by_others), (ImageRefused, true));
	// And proves nothing either once the image is here because of another contract.
	story.node.pull(&story.image).expect("nobody wants it signed");
	let (code, ..) = verdict(story.pull(&Signer::p256(1)));
	assert_eq!(code, ImageRefused);
}

#[test]
fn a_signature_is_of_one_image() {
	let (story, signer) = (Story::new(), Signer::p256(1));
	let payload = Signer::payload(&story.other.digest);
	let moved = [(payload.clone(), signer.sign(&payload))];
	Signer::put_signatures(&story.registry, "team/app", &story.image.digest, &moved);
	let refused = story.refused(&signer, "from another image");
	assert_eq!(refused, (ImageRefused, true));

	let payload = Signer::payload(&story.image.digest);
	let forged = [(payload, moved[0].1.clone())];
	Signer::put_signatures(&story.registry, "team/app", &story.image.digest, &forged);
	story.refused(&signer, "none of its 1 signatures");
}

#[test]
fn one_good_signature_among_many_is_enough() {
	let (story, signer) = (Story::new(), Signer::ed25519(1));
	let payload = Signer::payload(&story.image.digest);
	let of = |signer: &Signer| (payload.clone(), signer.sign(&payload));
	let broken = (payload.clone(), "no base64!".to_owned());
	let other = Signer::payload(&story.other.digest);
	let of_other = (other.clone(), signer.sign(&other));
	let all = [broken, of(&Signer::p256(5)), of_other, of(&signer)];
	Signer::put_signatures(&story.registry, "team/app", &story.image.digest, &all);
	story.pull(&signer).expect("one is good");
}

#[test]
fn something_else_that_the_signer_signed_is_no_signature() {
	let (story, signer) = (Story::new(), Signer::p256(1));
	let named = zos_testing::named(&story.image.digest);
	let texts = [
		"not json".to_owned(),
		format!(r#"{{"critical":{{"image":{{"docker-manifest-digest":"{named}"}},"type":"x"}}}}"#),
		format!(r#"{{"image":{{"docker-manifest-digest":"{named}"}}}}"#),
	];
	for text in texts {
		let all = [(text.clone().into_bytes(), signer.sign(text.as_bytes()))];
		Signer::put_signatures(&story.registry, "team/app", &story.image.digest, &all);
		story.refused(&signer, "something else than an image");
	}
}

#[test]
fn what_was_proven_is_proven_without_the_registry() {
	let (mut story, signer) = (Story::new(), Signer::p256(1));
	signer.sign_image(&story.registry, "team/app", &story.image.digest);
	story.pull(&signer).expect("it is signed");
	story.registry.stop();
	story.node.restart();
	story.pull(&signer).expect("it is here, and so is the proof");
	let (code, again, _) = verdict(story.pull(&Signer::p256(2)));
	assert_eq!((code, again), (ImageNotFound, true), "nobody can tell, so it does not run");
}

#[test]
fn a_kept_proof_that_was_changed_proves_nothing() {
	let (mut story, signer) = (Story::new(), Signer::p256(1));
	signer.sign_image(&story.registry, "team/app", &story.image.digest);
	story.pull(&signer).expect("it is signed");
	let folder = story.node.images().join("signatures");
	let folder = folder.join(zos_testing::hex(&story.image.digest));
	let file = std::fs::read_dir(folder).expect("it is there").flatten().next().expect("one");
	let payload = Signer::payload(&story.other.digest);
	let signature = Signer::p256(3).sign(&payload);
	let text = format!(r#"{{"payload":"e30=","signature":"{signature}"}}"#);
	std::fs::write(file.path(), text).expect("a file is written");
	story.registry.stop();
	assert!(story.pull(&signer).is_err());
	story.registry.go_on();
	story.pull(&signer).expect("it is proven anew");
}

#[test]
fn a_key_that_is_none_is_refused_for_good() {
	let story = Story::new();
	let pull = story.node.store().pull(&story.image, Some(b"no key"), &Cancel::default());
	let (code, again, _) = verdict(pull);
	assert_eq!((code, again), (ImageRefused, false));
}
