use super::super::ImageError;
use grid_primitives::spec::Text;

/// A registry, and a repository in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::images) struct Reference {
	pub(in crate::images) registry: String,
	pub(in crate::images) repository: String,
}

impl Reference {
	/// What a spec calls so. The chain has checked more of it; what matters here is that it stays
	/// what it is in an address and as a path.
	pub(in crate::images) fn parse(text: &Text<255>) -> Result<Self, ImageError> {
		let shown = text.as_str().unwrap_or("(not a text)");
		let bad = || ImageError::BadReference(shown.to_owned());
		let (registry, repository) = shown.split_once('/').ok_or_else(bad)?;
		let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
		let host = |byte: u8| plain(byte) || matches!(byte, b':' | b'[' | b']');
		let good = |part: &str, allowed: &dyn Fn(u8) -> bool| {
			!part.is_empty() && !part.starts_with('.') && part.bytes().all(allowed)
		};
		if !good(registry, &host) || !repository.split('/').all(|part| good(part, &plain)) {
			return Err(bad());
		}
		Ok(Self { registry: registry.to_owned(), repository: repository.to_owned() })
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn parse(text: &str) -> Option<(String, String)> {
		let text = Text(text.as_bytes().to_vec().try_into().expect("it is short"));
		Reference::parse(&text).ok().map(|it| (it.registry, it.repository))
	}

	#[test]
	fn a_reference_is_a_registry_and_a_repository() {
		let pair = |registry: &str, repository: &str| Some((registry.into(), repository.into()));
		assert_eq!(parse("registry.example/app"), pair("registry.example", "app"));
		assert_eq!(parse("[::1]:5000/team/my_app"), pair("[::1]:5000", "team/my_app"));
		for bad in ["app", "", "/app", "r.example/", "r.example/a//b", "r.example/../x", "../x/y"] {
			assert_eq!(parse(bad), None, "{bad}");
		}
		for bad in ["r.example/a?b", "r.example/a b", "user@r.example/a", "r.example/a#b", "r/%2e"]
		{
			assert_eq!(parse(bad), None, "{bad}");
		}
	}
}
