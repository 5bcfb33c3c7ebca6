//! Signatures as cosign makes them: `TAG` of the image's digest leads to a manifest whose layers
//! are short texts that name the digest, each with a signature.
//!
//! What is proven is kept beside the image, and proven again from there: that a registry is away,
//! or takes a signature back, stops nothing that was good to run.
//!
//! Keys are of the kinds that `cosign generate-key-pair` (P-256) and hardware often make
//! (Ed25519). The whole of `sigstore` would bring certificates, logs and clouds along, of which a
//! key that is written in a contract needs nothing.

mod key;

use super::{
	formats::{Document, Manifest},
	source::{Source, Verified},
	Digest, ImageError, Limits,
};
use base64::{engine::general_purpose::STANDARD, Engine};
use key::Key;
use serde::{Deserialize, Serialize};

const PAYLOAD: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
/// What a payload says to be.
const KIND: &str = "cosign container image signature";
/// Bytes of a payload.
const LONGEST: u64 = 64 << 10;

/// Why an image is not signed as it must be.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
	/// The spec's key is none.
	#[error(
		"the spec's signer is no public key that nodes know: give a P-256 or Ed25519 key in DER"
	)]
	BadKey,
	/// Nobody signed it.
	#[error("it has no signature: sign it with cosign, or leave the signer out of the spec")]
	Missing,
	/// Others signed it.
	#[error("none of its {0} signatures is by the spec's signer: sign it with that key")]
	ByOthers(usize),
	/// What the signer signed is another image.
	#[error("its signature is from another image, {0}: sign this one")]
	ForAnother(String),
}

impl SignatureError {
	/// Whether it may be signed later.
	pub(super) fn is_retryable(&self) -> bool {
		!matches!(self, Self::BadKey)
	}
}

/// A text that names an image, and who says so.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Signature {
	payload: String,
	signature: String,
}

#[derive(Deserialize)]
struct Payload {
	critical: Critical,
}

#[derive(Deserialize)]
struct Critical {
	image: NamedImage,
	#[serde(rename = "type")]
	kind: String,
}

#[derive(Deserialize)]
struct NamedImage {
	#[serde(rename = "docker-manifest-digest")]
	digest: String,
}

/// What a signature says, once it is known whose it is.
enum Verdict {
	Good,
	ByOther,
	For(String),
}

impl Signature {
	fn verdict(&self, image: Digest, key: &Key) -> Verdict {
		let decoded =
			STANDARD.decode(&self.payload).ok().zip(STANDARD.decode(&self.signature).ok());
		let Some((payload, signature)) = decoded else { return Verdict::ByOther };
		if !key.has_signed(&payload, &signature) {
			return Verdict::ByOther;
		}
		match serde_json::from_slice::<Payload>(&payload) {
			Ok(Payload { critical }) if critical.kind == KIND => {
				if critical.image.digest == image.to_string() {
					Verdict::Good
				} else {
					Verdict::For(critical.image.digest.chars().take(80).collect())
				}
			},
			_ => Verdict::For("something else than an image".into()),
		}
	}

	/// Whether this proves that the image is signed by this key.
	pub(super) fn proves(&self, image: Digest, signer: &[u8]) -> bool {
		let key = Key::parse(signer);
		key.is_some_and(|key| matches!(self.verdict(image, &key), Verdict::Good))
	}
}

/// Find a signature that proves that an image is signed by this key.
pub(super) fn find(
	source: &dyn Source,
	image: Digest,
	signer: &[u8],
	limits: &Limits,
) -> Result<Signature, ImageError> {
	let key = Key::parse(signer).ok_or(SignatureError::BadKey)?;
	let tag = format!("sha256-{}.sig", image.hex());
	let manifest = match source.tagged(&tag, limits.manifest) {
		Err(ImageError::NotFound { .. }) => Err(SignatureError::Missing)?,
		other => other?,
	};
	let Document::Manifest(manifest) = Document::parse(&manifest)? else {
		return Err(ImageError::malformed("manifest", "it is to be one of signatures"));
	};
	let found = read(source, &manifest, limits)?;
	let mut for_another = None;
	let count = found.len();
	for signature in found {
		match signature.verdict(image, &key) {
			Verdict::Good => return Ok(signature),
			Verdict::For(other) => for_another = Some(other),
			Verdict::ByOther => (),
		}
	}
	Err(match (for_another, count) {
		(Some(other), _) => SignatureError::ForAnother(other),
		(None, 0) => SignatureError::Missing,
		(None, count) => SignatureError::ByOthers(count),
	}
	.into())
}

fn read(
	source: &dyn Source,
	manifest: &Manifest,
	limits: &Limits,
) -> Result<Vec<Signature>, ImageError> {
	let verified = Verified { source, limits };
	let layers = manifest.layers.iter().filter(|it| it.media_type == PAYLOAD);
	let signed = layers.filter_map(|it| it.annotations.get(SIGNATURE).map(|text| (it, text)));
	signed
		.take(limits.signatures)
		.map(|(layer, signature)| {
			let payload = verified.small(layer, LONGEST)?;
			let payload = STANDARD.encode(payload);
			Ok(Signature { payload, signature: signature.clone() })
		})
		.collect()
}
