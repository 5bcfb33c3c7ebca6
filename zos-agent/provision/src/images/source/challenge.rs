//! What a registry wants before it shows something.

/// Where a token is to be had.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Challenge {
	pub(super) realm: String,
	pub(super) service: Option<String>,
}

impl Challenge {
	/// As in `Bearer realm="https://…",service="…"`. Nothing for other kinds: they want passwords.
	pub(super) fn parse(header: &str) -> Option<Self> {
		let (scheme, mut rest) = header.trim().split_once(' ')?;
		if !scheme.eq_ignore_ascii_case("bearer") {
			return None;
		}
		let (mut realm, mut service) = (None, None);
		loop {
			rest = rest.trim_start_matches([' ', ',']);
			let Some((key, after)) = rest.split_once('=') else { break };
			let (value, after) = match after.strip_prefix('"') {
				Some(quoted) => quoted.split_once('"')?,
				None => after.split_once(',').unwrap_or((after, "")),
			};
			match key.trim().to_ascii_lowercase().as_str() {
				"realm" => realm = Some(value.to_owned()),
				"service" => service = Some(value.to_owned()),
				_ => (),
			}
			rest = after;
		}
		Some(Self { realm: realm?, service })
	}

	/// Where to ask for leave to read a repository.
	pub(super) fn address(&self, repository: &str) -> String {
		let mut address = self.realm.clone();
		let mut separator = if address.contains('?') { '&' } else { '?' };
		let scope = format!("repository:{repository}:pull");
		for (key, value) in [("service", self.service.as_deref()), ("scope", Some(&*scope))] {
			if let Some(value) = value {
				address.push(separator);
				address.push_str(&format!("{key}={}", encoded(value)));
				separator = '&';
			}
		}
		address
	}
}

/// As a value in an address.
fn encoded(text: &str) -> String {
	let mut encoded = String::new();
	for byte in text.bytes() {
		match byte {
			b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' => {
				encoded.push(byte.into())
			},
			_ => encoded.push_str(&format!("%{byte:02X}")),
		}
	}
	encoded
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_challenge_says_where_a_token_is_to_be_had() {
		let header =
			r#"Bearer realm="https://auth.example/token",service="reg, one",scope="a:b:c""#;
		let challenge = Challenge::parse(header).expect("it is good");
		assert_eq!(challenge.service.as_deref(), Some("reg, one"));
		assert_eq!(
			challenge.address("team/app"),
			"https://auth.example/token?service=reg%2C%20one&scope=repository:team/app:pull",
		);
		let bare = Challenge::parse("bearer realm=https://a.example/t?x=1").expect("it is good");
		assert_eq!(bare.address("app"), "https://a.example/t?x=1&scope=repository:app:pull",);
	}

	#[test]
	fn other_challenges_are_not_met() {
		for header in
			["Basic realm=\"x\"", "Bearer", "Bearer service=\"x\"", "", "Bearer realm=\"x"]
		{
			assert_eq!(Challenge::parse(header), None, "{header}");
		}
	}
}
