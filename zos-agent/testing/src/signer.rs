use crate::{named, sha256, Registry};
use base64::{engine::general_purpose::STANDARD, Engine};
use ed25519_dalek::{pkcs8::EncodePublicKey as _, Signer as _};
use serde_json::json;

/// Signs images as cosign does.
pub enum Signer {
	/// With a key such as cosign makes.
	P256(p256::ecdsa::SigningKey),
	/// With a key such as others make.
	Ed25519(ed25519_dalek::SigningKey),
}

impl Signer {
	/// With a P-256 key made of this number, which is not zero.
	pub fn p256(number: u8) -> Self {
		Self::P256(p256::ecdsa::SigningKey::from_slice(&[number; 32]).expect("a key"))
	}

	/// With an Ed25519 key made of this number.
	pub fn ed25519(number: u8) -> Self {
		Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(&[number; 32]))
	}

	/// The public half, as a spec names it.
	pub fn public(&self) -> Vec<u8> {
		match self {
			Self::P256(key) => {
				let key = p256::PublicKey::from(key.verifying_key());
				key.to_public_key_der().expect("a key").into_vec()
			},
			Self::Ed25519(key) => {
				key.verifying_key().to_public_key_der().expect("a key").into_vec()
			},
		}
	}

	/// A signature, as it is written beside what is signed.
	pub fn sign(&self, bytes: &[u8]) -> String {
		STANDARD.encode(match self {
			Self::P256(key) => {
				let signature: p256::ecdsa::Signature = key.sign(bytes);
				signature.to_der().as_bytes().to_vec()
			},
			Self::Ed25519(key) => key.sign(bytes).to_bytes().to_vec(),
		})
	}

	/// What is signed of an image.
	pub fn payload(image: &[u8; 32]) -> Vec<u8> {
		let critical = json!({
			"identity": { "docker-reference": "" },
			"image": { "docker-manifest-digest": named(image) },
			"type": "cosign container image signature",
		});
		json!({ "critical": critical, "optional": null }).to_string().into_bytes()
	}

	/// Sign an image where it is.
	pub fn sign_image(&self, registry: &Registry, repository: &str, image: &[u8; 32]) {
		let payload = Self::payload(image);
		let signature = self.sign(&payload);
		Self::put_signatures(registry, repository, image, &[(payload, signature)]);
	}

	/// Put signatures where those of an image are, whatever they are of.
	pub fn put_signatures(
		registry: &Registry,
		repository: &str,
		image: &[u8; 32],
		signatures: &[(Vec<u8>, String)],
	) {
		let config = b"{}";
		registry.put_blob(repository, config);
		let layers = signatures.iter().map(|(payload, signature)| {
			registry.put_blob(repository, payload);
			json!({
				"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json",
				"digest": named(&sha256(payload)),
				"size": payload.len(),
				"annotations": { "dev.cosignproject.cosign/signature": signature },
			})
		});
		let kind = "application/vnd.oci.image.manifest.v1+json";
		let manifest = json!({
			"schemaVersion": 2,
			"mediaType": kind,
			"config": {
				"mediaType": "application/vnd.oci.image.config.v1+json",
				"digest": named(&sha256(config)),
				"size": config.len(),
			},
			"layers": layers.collect::<Vec<_>>(),
		});
		let tag = format!("sha256-{}.sig", crate::hex(image));
		registry.put_manifest(repository, &tag, kind, manifest.to_string().as_bytes());
	}
}
