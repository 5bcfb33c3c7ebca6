use super::{
	super::ImageError,
	address::{is_this_machine, PrivateAddress, PublicAddresses},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use ureq::{
	http::{header, Response, Uri},
	tls::{parse_pem, PemItem, RootCerts, TlsConfig},
	unversioned::{resolver::DefaultResolver, transport::DefaultConnector},
	Agent, Body, Error,
};

/// How long a registry may take to be found and to begin an answer …
const PATIENCE: Duration = Duration::from_secs(30);
/// … and to go on with one. Who cancels a pull waits for as long.
const SILENCE: Duration = Duration::from_secs(15);
/// How often a registry may send a node elsewhere.
const REDIRECTS: usize = 5;
/// The registry that people mean when they name none is not served by the host of its name.
const WELL_KNOWN: (&str, &str) = ("docker.io", "registry-1.docker.io");

/// Registries that are not like the others. Hosts are written with their port, as in references.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registries {
	/// Those that speak without encryption. All on the machine itself do.
	pub plain: Vec<String>,
	/// Those in private networks. Nodes go to no other there, whatever a spec or a registry says.
	pub private: Vec<String>,
	/// Those that are served by another host than the one by whose name they are known. The most
	/// common one need not be said.
	pub served_by: BTreeMap<String, String>,
	/// Certificates in PEM of those who vouch for some, and nobody else does: by the hosts that
	/// serve them.
	pub authorities: BTreeMap<String, Vec<u8>>,
}

/// Asks registries.
#[derive(Clone, Debug)]
pub(in crate::images) struct Client {
	agent: Agent,
	/// Those with authorities of their own.
	others: Arc<BTreeMap<String, Agent>>,
	registries: Arc<Registries>,
}

impl Client {
	pub(in crate::images) fn new(registries: Registries) -> Result<Self, ImageError> {
		let host = |it: &String| it.parse::<Uri>().ok()?.host().map(str::to_owned);
		let let_in: Vec<_> = registries.private.iter().filter_map(host).collect();
		let mut others = BTreeMap::new();
		for (registry, pem) in &registries.authorities {
			let bad = |source| ImageError::BadAuthority { registry: registry.clone(), source };
			let mut certificates = Vec::new();
			for item in parse_pem(pem) {
				if let PemItem::Certificate(it) = item.map_err(|it| bad(it.into()))? {
					certificates.push(it);
				}
			}
			if certificates.is_empty() {
				return Err(bad("there is no certificate in it".into()));
			}
			let roots = RootCerts::new_with_certs(&certificates);
			others.insert(registry.clone(), agent(roots, let_in.clone()));
		}
		let agent = agent(RootCerts::WebPki, let_in);
		Ok(Self { agent, others: Arc::new(others), registries: Arc::new(registries) })
	}

	/// The host that serves a registry.
	fn host<'a>(&'a self, registry: &'a str) -> &'a str {
		let (known, serves) = WELL_KNOWN;
		let usual = if registry == known { serves } else { registry };
		self.registries.served_by.get(registry).map_or(usual, String::as_str)
	}

	/// How a registry is called when something is wrong with it.
	pub(super) fn shown(&self, registry: &str) -> String {
		match self.registries.served_by.get(registry) {
			Some(host) => format!("{registry} (served by {host})"),
			None => registry.to_owned(),
		}
	}

	/// Where a registry is reached.
	pub(super) fn base(&self, registry: &str) -> String {
		let host = self.host(registry);
		let scheme = if self.is_plain(host) { "http" } else { "https" };
		format!("{scheme}://{host}")
	}

	fn is_plain(&self, authority: &str) -> bool {
		is_local(authority) || self.registries.plain.iter().any(|it| it == authority)
	}

	/// Whether somebody who is at `from` may send this node to `to`: never where nothing is
	/// encrypted or into a private network, unless both are the same place.
	pub(super) fn check_step(&self, from: &Uri, to: &Uri) -> Result<(), String> {
		let place = |uri: &Uri| uri.authority().map(|it| it.as_str().to_owned());
		let (Some(_), Some(there)) = (to.scheme_str(), place(to)) else {
			return Err(format!("it sends to {to}, which is no address"));
		};
		if place(from).is_some_and(|here| here == there) && from.scheme() == to.scheme() {
			return Ok(());
		}
		if there.contains('@') {
			return Err("it sends to an address with a password in it".into());
		}
		if to.scheme_str() != Some("https") {
			return Err(format!("it sends to {there} without encryption"));
		}
		if is_local(&there) || self.registries.private.contains(&there) {
			return Err(format!("it sends to {there}, which is in a private network"));
		}
		Ok(())
	}

	/// Ask, and go where the answer sends to. What proves who asks is only said at the first place.
	pub(super) fn get(
		&self,
		registry: &str,
		address: &str,
		headers: &[(&str, &str)],
		token: Option<&str>,
	) -> Result<Response<Body>, ImageError> {
		let insecure = |reason| ImageError::Insecure { registry: registry.to_owned(), reason };
		let mut at: Uri =
			address.parse().map_err(|_| insecure(format!("{address} is no address")))?;
		let mut token = token;
		for _ in 0..=REDIRECTS {
			let place = at.authority().map_or("", |it| it.as_str());
			let mut request = self.others.get(place).unwrap_or(&self.agent).get(&at);
			for (key, value) in headers {
				request = request.header(*key, *value);
			}
			if let Some(token) = token.take() {
				request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
			}
			let response = request.call().map_err(|error| failed(registry, error))?;
			if !response.status().is_redirection() {
				return Ok(response);
			}
			let location = response.headers().get(header::LOCATION);
			let location = location.and_then(|it| it.to_str().ok()).unwrap_or_default();
			let next = step(&at, location).ok_or_else(|| {
				insecure(format!("it sends to '{location}', which is no address"))
			})?;
			self.check_step(&at, &next).map_err(insecure)?;
			at = next;
		}
		Err(insecure("it sends from one place to the next without end".into()))
	}
}

fn agent(roots: RootCerts, let_in: Vec<String>) -> Agent {
	let config = Agent::config_builder()
		.http_status_as_error(false)
		.max_redirects(0)
		.max_redirects_will_error(false)
		.proxy(None)
		.tls_config(TlsConfig::builder().root_certs(roots).build())
		.timeout_resolve(Some(PATIENCE))
		.timeout_connect(Some(PATIENCE))
		.timeout_send_request(Some(PATIENCE))
		.timeout_recv_response(Some(PATIENCE))
		.timeout_per_read(Some(SILENCE))
		.max_idle_connections(8)
		.user_agent(concat!("zos-agent/", env!("CARGO_PKG_VERSION")))
		.build();
	let resolver = PublicAddresses { let_in, inner: DefaultResolver::default() };
	Agent::with_parts(config, DefaultConnector::default(), resolver)
}

/// Whether an authority, which may have a port, is this machine.
fn is_local(authority: &str) -> bool {
	let uri = authority.parse::<Uri>();
	uri.is_ok_and(|uri| uri.host().is_some_and(is_this_machine))
}

/// Where an answer sends to: another address, or another path at the same place.
fn step(from: &Uri, location: &str) -> Option<Uri> {
	if location.starts_with('/') && !location.starts_with("//") {
		let base = format!("{}://{}", from.scheme_str()?, from.authority()?);
		return format!("{base}{location}").parse().ok();
	}
	location.parse().ok().filter(|uri: &Uri| uri.scheme().is_some() && uri.authority().is_some())
}

fn failed(registry: &str, error: Error) -> ImageError {
	let registry = registry.to_owned();
	match error {
		Error::Other(inner) if inner.is::<PrivateAddress>() => {
			ImageError::Insecure { registry, reason: inner.to_string() }
		},
		Error::Io(error) if is_unvouched(&error) => {
			ImageError::Unvouched { registry, source: Box::new(error) }
		},
		error => ImageError::Unreachable { registry, source: Box::new(error) },
	}
}

/// Whether it has a certificate, but of nobody who is known here.
fn is_unvouched(error: &std::io::Error) -> bool {
	let inner = error.get_ref().and_then(|it| it.downcast_ref::<rustls::Error>());
	matches!(inner, Some(rustls::Error::InvalidCertificate(_)))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn client() -> Client {
		Client::new(Registries {
			plain: vec!["plain.example:80".into()],
			private: vec!["inside.example".into()],
			served_by: [("known.example".into(), "serving.example:444".into())].into(),
			authorities: BTreeMap::new(),
		})
		.expect("it is good")
	}

	#[test]
	fn only_what_is_named_is_spoken_to_without_encryption() {
		let client = client();
		let bases = [
			("registry.example", "https://registry.example"),
			("registry.example:5000", "https://registry.example:5000"),
			("plain.example:80", "http://plain.example:80"),
			("plain.example", "https://plain.example"),
			("127.0.0.1:5000", "http://127.0.0.1:5000"),
			("[::1]:5000", "http://[::1]:5000"),
			("localhost", "http://localhost"),
			("known.example", "https://serving.example:444"),
			("docker.io", "https://registry-1.docker.io"),
		];
		for (registry, base) in bases {
			assert_eq!(client.base(registry), base);
		}
		let served_by = [("docker.io".into(), "mirror.example".into())].into();
		let client = Client::new(Registries { served_by, ..Registries::default() });
		let client = client.expect("it is good");
		assert_eq!(client.base("docker.io"), "https://mirror.example");
		assert_eq!(client.shown("docker.io"), "docker.io (served by mirror.example)");
	}

	#[test]
	fn an_authority_is_a_certificate() {
		let authorities = [("registry.example".into(), b"no certificate".to_vec())].into();
		let registries = Registries { authorities, ..Registries::default() };
		let error = Client::new(registries).expect_err("it is none").to_string();
		assert!(error.contains("registry.example"), "{error}");
	}

	#[test]
	fn nobody_sends_a_node_where_it_should_not_go() {
		let client = client();
		let may = |from: &str, to: &str| {
			let from: Uri = from.parse().expect("an address");
			step(&from, to).is_some_and(|to| client.check_step(&from, &to).is_ok())
		};
		assert!(may("https://a.example/v2/", "https://b.example/blob?x=1"));
		assert!(may("https://a.example/v2/", "/elsewhere"));
		assert!(may("http://127.0.0.1:5000/v2/", "http://127.0.0.1:5000/x"));
		assert!(!may("https://a.example/v2/", "http://b.example/blob"));
		assert!(!may("https://a.example/v2/", "http://a.example/blob"));
		assert!(!may("https://a.example/v2/", "https://127.0.0.1/x"));
		assert!(!may("https://a.example/v2/", "https://localhost:8080/x"));
		assert!(!may("https://a.example/v2/", "https://inside.example/x"));
		assert!(!may("http://127.0.0.1:5000/v2/", "http://127.0.0.1:9090/x"));
		assert!(!may("https://a.example/v2/", "https://user:pass@b.example/x"));
		for nowhere in ["", "//b.example/x", "file:///etc/passwd", "x/y", "ftp://b.example/x"] {
			assert!(!may("https://a.example/v2/", nowhere), "{nowhere}");
		}
	}
}
