//! References of images: `registry.example:5000/team/app`.

use crate::spec::Text;
use core::net::Ipv6Addr;

/// Whether it is a registry and a repository in it, and nothing else: what is to run is told by
/// its digest alone, and nobody's default registry is meant.
pub(super) fn is_reference(text: &Text<255>) -> bool {
	let Some((registry, repository)) = text.as_str().and_then(|text| text.split_once('/')) else {
		return false;
	};
	is_registry(registry) && repository.split('/').all(is_component)
}

/// A host, and a port if there is one. A host without a dot could as well be part of a repository,
/// unless it is `localhost` or has a port.
fn is_registry(text: &str) -> bool {
	if let Some(rest) = text.strip_prefix('[') {
		let Some((host, port)) = rest.split_once(']') else { return false };
		return host.parse::<Ipv6Addr>().is_ok()
			&& (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
	}
	match text.split_once(':') {
		Some((host, port)) => is_host(host) && is_port(port),
		None => is_host(text) && (text.contains('.') || text == "localhost"),
	}
}

fn is_host(text: &str) -> bool {
	let label = |label: &str| {
		let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
		!label.is_empty()
			&& label.len() <= 63
			&& label.bytes().all(plain)
			&& !label.starts_with('-')
			&& !label.ends_with('-')
	};
	text.split('.').all(label)
}

fn is_port(text: &str) -> bool {
	!text.starts_with(['0', '+']) && text.parse::<u16>().is_ok()
}

/// Part of a repository's path: words of a-z and 0-9 with one separator between each: `.`, `_`,
/// `__`, or any number of `-`.
fn is_component(text: &str) -> bool {
	let mut rest = text.as_bytes();
	loop {
		let word = length(rest, |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'));
		if word == 0 {
			return false;
		}
		rest = &rest[word..];
		if rest.is_empty() {
			return true;
		}
		let separator = match rest {
			[b'-', ..] => length(rest, |byte| byte == b'-'),
			[b'_', b'_', ..] => 2,
			[b'.' | b'_', ..] => 1,
			_ => return false,
		};
		rest = &rest[separator..];
	}
}

/// How many of the first bytes are such ones.
fn length(bytes: &[u8], such: impl Fn(u8) -> bool) -> usize {
	bytes.iter().take_while(|byte| such(**byte)).count()
}
