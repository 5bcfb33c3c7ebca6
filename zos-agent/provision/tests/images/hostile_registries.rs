//! Registries that lie, stop, or send nodes elsewhere.

use crate::node::{verdict, Node};
use grid_primitives::report::FailureCode::{ImageNotFound, ImageRefused};
use std::{
	fs,
	sync::{
		atomic::{AtomicUsize, Ordering},
		Arc, Mutex,
	},
};
use zos_core::ports::{Cancel, Images};
use zos_provision::images::{ImageSettings, ImageStore};
use zos_testing::{
	image, in_private_network, named, Answer, Authority, Layer, Layout, Parts, Registry, Request,
	Server, Written,
};

fn parts() -> Parts {
	Parts::new([Layer::files(&[("first", b"1")]), Layer::noise("second", 200_000)])
}

/// What an honest registry answers.
fn honest(written: &Written, request: &Request) -> Answer {
	if request.path.contains(&named(&written.digest)) {
		return Answer::of(written.manifest.clone());
	}
	let found = written.blobs.iter().find(|(digest, _)| request.path.contains(&named(digest)));
	found.map_or(Answer::status(404), |(_, bytes)| Answer::of(bytes.clone()))
}

/// One that answers like this, unless it has nothing to say.
fn registry(
	answer: impl Fn(&Request, &Written) -> Option<Answer> + Send + Sync + 'static,
) -> Server {
	let written = parts().written();
	Server::start(move |request| {
		answer(request, &written).unwrap_or_else(|| honest(&written, request))
	})
}

fn pull(node: &Node, server: &Server) -> Result<(), zos_core::ports::PortError> {
	let image = image(&format!("{}/team/app", server.address()), parts().written().digest);
	node.pull(&image).map(drop)
}

#[test]
fn bytes_that_are_not_what_was_asked_for() {
	let lies: [fn(&mut Vec<u8>); 4] = [
		|bytes| bytes[0] ^= 1,
		|bytes| *bytes.last_mut().expect("not empty") ^= 1,
		|bytes| bytes.push(0),
		|bytes| bytes.iter_mut().for_each(|byte| *byte = 0),
	];
	for lie in lies {
		for target in 0..4 {
			let server = registry(move |request, written| {
				let mut answer = honest(written, request);
				let is_target = match target {
					3 => request.path.contains("/manifests/"),
					_ => request.path.contains(&named(&written.blobs[target].0)),
				};
				is_target.then(|| lie(&mut answer.body))?;
				Some(answer)
			});
			let node = Node::new();
			let (code, again, text) = verdict(pull(&node, &server));
			assert_eq!((code, again), (ImageRefused, true), "{text}");
			assert!(text.contains("damaged or forged"), "{text}");
			node.assert_empty();
		}
	}
}

#[test]
fn a_blob_that_was_spoiled_where_it_is_kept() {
	let (node, real) = (Node::new(), Registry::start());
	let parts = parts();
	let image = real.put("app", &parts);
	let (digest, bytes) = &parts.written().blobs[1];
	let mut spoiled = bytes.clone();
	spoiled[100_000] ^= 1;
	fs::write(real.blob(digest), &spoiled).expect("a file is written");
	let (code, again, _) = verdict(node.pull(&image));
	assert_eq!((code, again), (ImageRefused, true));
	node.assert_empty();
	fs::write(real.blob(digest), bytes).expect("a file is written");
	node.pull(&image).expect("it is good again");
}

#[test]
fn answers_without_end() {
	let endless = || Answer { endless: true, ..Answer::of([b' '; 65_536]) };
	let manifest = registry(move |it, _| it.path.contains("/manifests/").then(endless));
	let (code, _, text) = verdict(pull(&Node::new(), &manifest));
	assert_eq!(code, ImageRefused, "{text}");
	let blob = registry(move |it, _| it.path.contains("/blobs/").then(endless));
	let node = Node::new();
	let (code, _, text) = verdict(pull(&node, &blob));
	assert_eq!(code, ImageRefused, "{text}");
	node.assert_empty();
}

#[test]
fn one_that_stops_again_and_again() {
	let tries = Arc::new(AtomicUsize::new(0));
	let counted = tries.clone();
	let server = registry(move |request, written| {
		let is_layer = request.path.contains(&named(&written.blobs[1].0));
		is_layer.then(|| {
			counted.fetch_add(1, Ordering::SeqCst);
			Answer { promised: Some(written.blobs[1].1.len() as u64), ..Answer::of([]) }
		})
	});
	let node = Node::new();
	let (code, again, text) = verdict(pull(&node, &server));
	assert_eq!((code, again), (ImageNotFound, true), "{text}");
	assert_eq!(tries.load(Ordering::SeqCst), 3);
	assert_eq!(node.count("downloads"), 1, "the next pull goes on from there");
	node.store().collect(&[]).expect("what is left is collected");
	node.assert_empty();
}

#[test]
fn one_that_is_busy_or_wants_a_password() {
	let cases = [(429, true), (503, true), (401, true), (403, true), (500, true)];
	for (status, wanted) in cases {
		let server = registry(move |_, _| Some(Answer::status(status)));
		let (code, again, text) = verdict(pull(&Node::new(), &server));
		assert_eq!((code, again), (ImageNotFound, wanted), "{text}");
	}
	let basic = registry(|_, _| {
		Some(Answer::status(401).with("WWW-Authenticate", "Basic realm=\"members\""))
	});
	let (code, _, text) = verdict(pull(&Node::new(), &basic));
	assert_eq!(code, ImageNotFound);
	assert!(text.contains("public"), "{text}");
}

#[test]
fn one_that_sends_nodes_elsewhere() {
	let visited = Arc::new(AtomicUsize::new(0));
	let counted = visited.clone();
	let inside = Server::start(move |_| {
		counted.fetch_add(1, Ordering::SeqCst);
		Answer::of("secret of the farmer")
	});
	let target = format!("http://{}/metrics", inside.address());
	let elsewhere = [target.clone(), "file:///etc/passwd".into(), "//other/x".into(), "".into()];
	for to in elsewhere {
		let to = to.clone();
		let server = registry(move |_, _| Some(Answer::status(307).with("Location", &*to)));
		let (code, again, text) = verdict(pull(&Node::new(), &server));
		assert_eq!((code, again), (ImageNotFound, true));
		assert!(text.contains("cannot be trusted"), "{text}");
	}
	let token = registry(move |_, _| {
		let challenge = format!("Bearer realm=\"{target}\",service=\"x\"");
		Some(Answer::status(401).with("WWW-Authenticate", challenge))
	});
	let (_, _, text) = verdict(pull(&Node::new(), &token));
	assert!(text.contains("cannot be trusted"), "{text}");
	assert_eq!(visited.load(Ordering::SeqCst), 0, "nobody went there");
}

#[test]
fn one_that_sends_in_circles() {
	let server = registry(|request, _| {
		Some(Answer::status(302).with("Location", format!("{}x", request.path)))
	});
	let (_, again, text) = verdict(pull(&Node::new(), &server));
	assert!(again && text.contains("without end"), "{text}");
}

#[test]
fn one_that_gives_everybody_a_token_is_as_good_as_public() {
	let seen = Arc::new(Mutex::new(Vec::new()));
	let list = seen.clone();
	let server = registry(move |request, _| {
		if request.path.starts_with("/token") {
			list.lock().expect("nobody panics").push(request.path.clone());
			return Some(Answer::of(r#"{"token":"let-me-in"}"#));
		}
		if request.header("authorization") == Some("Bearer let-me-in") {
			return None;
		}
		let host = request.header("host").expect("it is asked for");
		let challenge = format!("Bearer realm=\"http://{host}/token\",service=\"tests\"");
		Some(Answer::status(401).with("WWW-Authenticate", challenge))
	});
	pull(&Node::new(), &server).expect("it is pulled");
	let asked = seen.lock().expect("nobody panics").clone();
	assert_eq!(asked, ["/token?service=tests&scope=repository:team/app:pull"], "once is enough");
}

#[test]
fn one_that_sends_within_itself_is_followed() {
	let server = registry(|request, written| {
		if let Some(rest) = request.path.strip_prefix("/elsewhere") {
			let inner = Request { path: rest.into(), headers: vec![] };
			return Some(honest(written, &inner));
		}
		let to = format!("/elsewhere{}", request.path);
		Some(Answer::status(307).with("Location", to))
	});
	pull(&Node::new(), &server).expect("it is pulled");
}

#[test]
fn one_that_nobody_vouches_for() {
	let ip = "10.83.71.2";
	let (authority, stranger) = (Authority::new(), Authority::new());
	let folder = tempfile::tempdir().expect("a temporary folder");
	let layout = Layout::create(folder.path());
	layout.add("v1", &parts());
	in_private_network(ip, || {
		let registry = Registry::start_encrypted(ip, &authority);
		let image = registry.push(&layout, "v1", "team/app");
		let pull = |private: bool, vouching: Option<&Authority>| {
			let mut settings = ImageSettings::new(folder.path().join("images"));
			let address = registry.address().to_owned();
			settings.registries.private.extend(private.then(|| address.clone()));
			let vouching = vouching.map(|it| (address, it.certificate()));
			settings.registries.authorities.extend(vouching);
			let store = ImageStore::open(settings).expect("images are opened");
			store.pull(&image, None, &Cancel::default())
		};
		let (_, _, text) = verdict(pull(false, Some(&authority)));
		assert!(text.contains("private network"), "{text}");
		for wrong in [None, Some(&stranger)] {
			let (code, again, text) = verdict(pull(true, wrong));
			assert_eq!((code, again), (ImageNotFound, true));
			assert!(text.contains("nobody known vouches for 10.83.71.2"), "{text}");
		}
		pull(true, Some(&authority)).expect("it is encrypted, and known");
	});
}

#[test]
fn one_in_a_private_network() {
	let node = Node::new();
	let digest = parts().written().digest;
	for host in ["10.255.255.1", "169.254.169.254", "[fd00::1]"] {
		let (code, _, text) = verdict(node.pull(&image(&format!("{host}/app"), digest)));
		assert_eq!(code, ImageNotFound);
		assert!(text.contains("private network"), "{text}");
	}
}
