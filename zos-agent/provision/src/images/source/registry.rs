use super::{
	super::{
		formats::{DOCKER_INDEX, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST},
		Digest, ImageError,
	},
	challenge::Challenge,
	read_bounded, Blob, Client, Reference, Source,
};
use serde::Deserialize;
use std::{
	io::Read,
	sync::{Mutex, PoisonError},
};
use ureq::{
	http::{header, Response, StatusCode},
	Body,
};

/// Bytes of an answer to the question for a token.
const LONGEST_TOKEN: u64 = 64 << 10;

/// A repository of a registry, asked as anybody may ask.
pub(in crate::images) struct Registry {
	client: Client,
	reference: Reference,
	/// What it is called when something is wrong with it.
	shown: String,
	token: Mutex<Option<String>>,
}

#[derive(Deserialize)]
struct Token {
	token: Option<String>,
	access_token: Option<String>,
}

impl Registry {
	pub(in crate::images) fn new(client: Client, reference: Reference) -> Self {
		let shown = client.shown(&reference.registry);
		Self { client, reference, shown, token: Mutex::new(None) }
	}

	fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Response<Body>, ImageError> {
		let Reference { registry, repository } = &self.reference;
		let address = format!("{}/v2/{repository}/{path}", self.client.base(registry));
		let token = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
		let response = self.client.get(&self.shown, &address, headers, token.as_deref())?;
		if response.status() != StatusCode::UNAUTHORIZED {
			return Ok(response);
		}
		let challenge = response.headers().get_all(header::WWW_AUTHENTICATE).into_iter();
		let challenge = challenge.filter_map(|it| it.to_str().ok()).find_map(Challenge::parse);
		let not_public = || ImageError::NotPublic { registry: self.shown.clone() };
		let token = self.fetch_token(&address, &challenge.ok_or_else(not_public)?)?;
		*self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
		self.client.get(&self.shown, &address, headers, Some(&token))
	}

	fn fetch_token(&self, asked: &str, challenge: &Challenge) -> Result<String, ImageError> {
		let address = challenge.address(&self.reference.repository);
		let insecure = |reason| ImageError::Insecure { registry: self.shown.clone(), reason };
		let parsed = asked.parse().ok().zip(address.parse().ok());
		let (from, to) = parsed.ok_or_else(|| insecure(format!("{address} is no address")))?;
		self.client.check_step(&from, &to).map_err(insecure)?;
		let response = self.client.get(&self.shown, &address, &[], None)?;
		let response = self.expect(response, "token")?;
		let body = response.into_body().into_reader();
		let body = read_bounded(self, body, "bytes of token", LONGEST_TOKEN)?;
		let token: Option<Token> = serde_json::from_slice(&body).ok();
		let token = token.and_then(|it| it.token.or(it.access_token));
		// It becomes part of a header.
		token
			.filter(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_graphic()))
			.ok_or_else(|| ImageError::NotPublic { registry: self.shown.clone() })
	}

	fn expect(&self, response: Response<Body>, what: &str) -> Result<Response<Body>, ImageError> {
		let registry = self.shown.clone();
		match response.status() {
			StatusCode::OK | StatusCode::PARTIAL_CONTENT => Ok(response),
			StatusCode::NOT_FOUND => Err(ImageError::NotFound { registry, what: what.into() }),
			StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
				Err(ImageError::NotPublic { registry })
			},
			status => Err(ImageError::BadAnswer { registry, status: status.as_u16() }),
		}
	}

	fn document(&self, name: &str, limit: u64) -> Result<Vec<u8>, ImageError> {
		let kinds = [OCI_INDEX, OCI_MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST].join(", ");
		let response = self.get(&format!("manifests/{name}"), &[("Accept", &kinds)])?;
		let response = self.expect(response, name)?;
		read_bounded(self, response.into_body().into_reader(), "bytes of manifest", limit)
	}
}

impl Source for Registry {
	fn name(&self) -> &str {
		&self.shown
	}

	fn manifest(&self, digest: Digest, limit: u64) -> Result<Vec<u8>, ImageError> {
		self.document(&digest.to_string(), limit)
	}

	fn tagged(&self, tag: &str, limit: u64) -> Result<Vec<u8>, ImageError> {
		self.document(tag, limit)
	}

	fn blob(&self, digest: Digest, from: u64) -> Result<Blob, ImageError> {
		let path = format!("blobs/{digest}");
		if from > 0 {
			let response = self.get(&path, &[("Range", &format!("bytes={from}-"))])?;
			if begins_at(&response, from) {
				return Ok(Blob { from, bytes: body(response) });
			}
			if response.status() == StatusCode::OK {
				return Ok(Blob { from: 0, bytes: body(response) });
			}
		}
		let response = self.expect(self.get(&path, &[])?, &digest.to_string())?;
		Ok(Blob { from: 0, bytes: body(response) })
	}
}

fn body(response: Response<Body>) -> Box<dyn Read + Send> {
	Box::new(response.into_body().into_reader())
}

/// Whether an answer is what was asked for from this byte on.
fn begins_at(response: &Response<Body>, from: u64) -> bool {
	let range = response.headers().get(header::CONTENT_RANGE).and_then(|it| it.to_str().ok());
	response.status() == StatusCode::PARTIAL_CONTENT
		&& range.is_some_and(|range| range.starts_with(&format!("bytes {from}-")))
}
