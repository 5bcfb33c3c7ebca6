//! References of images.

use super::*;

fn named(reference: &str) -> Result<(), Fault> {
	with(|it| it.web.image.reference = text(reference))
}

#[test]
fn a_reference_is_a_registry_and_a_repository() {
	let good = [
		"docker.io/library/nginx",
		"ghcr.io/a",
		"localhost/a",
		"registry:5000/a/b/c",
		"10.0.0.1:5000/a",
		"[2001:db8::1]:5000/a",
		"[::1]/a",
		"r-1.example/a.b/a_b/a__b/a---b/0",
		"r.example:65535/a.b_c__d-e",
	];
	for reference in good {
		assert_eq!(named(reference), Ok(()), "{reference}");
	}
}

#[test]
fn a_reference_has_a_registry_that_can_be_one() {
	let bad = [
		"nginx",
		"library/nginx",
		"/nginx",
		"https://docker.io/nginx",
		"docker.io:/a",
		"docker.io:0/a",
		"docker.io:080/a",
		"docker.io:65536/a",
		"docker.io:+80/a",
		"docker.io:x/a",
		":5000/a",
		"docker..io/a",
		".docker.io/a",
		"docker.io./a",
		"-docker.io/a",
		"docker-.io/a",
		"Docker.io/a",
		"docker_.io/a",
		"user@docker.io/a",
		"[2001:db8::1/a",
		"[2001:db8::1]5000/a",
		"[nothing]/a",
	];
	for reference in bad {
		assert_eq!(named(reference), fault(WEB, Reason::BadImage), "{reference}");
	}
}

#[test]
fn a_reference_has_a_repository_and_nothing_after_it() {
	let digest = format!("a@sha256:{}", "0".repeat(64));
	let bad = [
		"", "/", "a//b", "a/", "/a", "A", "a:latest", &digest, "a b", "a?b", "a#b", ".a", "a.",
		"a..b", "_a", "a_", "a___b", "-a", "a-", "a-_b", "a._b", "a/../b", "ä", "a\0", "a\n",
	];
	for repository in bad {
		let reference = format!("docker.io/{repository}");
		assert_eq!(named(&reference), fault(WEB, Reason::BadImage), "{reference:?}");
	}
	assert_eq!(named(""), fault(WEB, Reason::BadImage));
	let bytes = with(|it| it.web.image.reference = Text(list([b'a', b'.', b'b', b'/', 0xff])));
	assert_eq!(bytes, fault(WEB, Reason::BadImage));
}

#[test]
fn an_image_has_a_digest() {
	assert_eq!(with(|it| it.web.image.digest = [0; 32]), fault(WEB, Reason::BadImage));
}
