//! Manifests, indexes and configs, as registries keep them.

use super::{Digest, ImageError, Limits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zos_core::ports::ImageConfig;

pub(super) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(super) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
pub(super) const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// Where an OCI layout keeps the tag of a manifest.
pub(super) const TAG: &str = "org.opencontainers.image.ref.name";

/// Something else that is known by its digest.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
	pub(super) media_type: String,
	pub(super) digest: Digest,
	pub(super) size: u64,
	#[serde(default)]
	pub(super) annotations: BTreeMap<String, String>,
	pub(super) platform: Option<Platform>,
}

/// What an image runs on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Platform {
	pub(super) architecture: String,
	pub(super) os: String,
	pub(super) variant: Option<String>,
}

impl Platform {
	/// What this machine is.
	pub(super) fn here() -> Self {
		let architecture = match std::env::consts::ARCH {
			"x86_64" => "amd64",
			"aarch64" => "arm64",
			other => other,
		};
		Self { architecture: architecture.to_owned(), os: "linux".to_owned(), variant: None }
	}

	/// Whether this machine can run what is made for that one. Variants of 64-bit processors are
	/// not looked at: what they mean differs from one builder to the next.
	fn suits(&self, other: &Self) -> bool {
		self.architecture == other.architecture && self.os == other.os
	}

	fn name(&self) -> String {
		let variant = self.variant.as_ref().map(|it| format!("/{it}")).unwrap_or_default();
		format!("{}/{}{variant}", self.os, self.architecture)
	}
}

/// What an image consists of.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Manifest {
	pub(super) config: Descriptor,
	#[serde(default)]
	pub(super) layers: Vec<Descriptor>,
}

/// Images of which one suits this machine, or the content of an OCI layout.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Index {
	#[serde(default)]
	pub(super) manifests: Vec<Descriptor>,
}

/// What a digest of an image can stand for.
pub(super) enum Document {
	Manifest(Manifest),
	Index(Index),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
	schema_version: u32,
	media_type: Option<String>,
	config: Option<serde::de::IgnoredAny>,
	layers: Option<serde::de::IgnoredAny>,
	manifests: Option<serde::de::IgnoredAny>,
}

impl Document {
	/// The bytes decide what they are, and may not be both: someone might else be shown one thing
	/// and be run another.
	pub(super) fn parse(bytes: &[u8]) -> Result<Self, ImageError> {
		let wrong = |error: serde_json::Error| ImageError::malformed("manifest", error);
		let shape: Shape = serde_json::from_slice(bytes).map_err(wrong)?;
		if shape.schema_version != 2 {
			let detail = format!("its schema is version {}", shape.schema_version);
			return Err(ImageError::malformed("manifest", detail));
		}
		let is_index = shape.manifests.is_some();
		if is_index == (shape.config.is_some() || shape.layers.is_some()) {
			let detail = "it is both an image and a list of images, or neither";
			return Err(ImageError::malformed("manifest", detail));
		}
		let fitting =
			if is_index { [OCI_INDEX, DOCKER_INDEX] } else { [OCI_MANIFEST, DOCKER_MANIFEST] };
		if let Some(name) = shape.media_type.filter(|name| !fitting.contains(&name.as_str())) {
			return Err(ImageError::malformed("manifest", format!("it says to be {name}")));
		}
		Ok(if is_index {
			Self::Index(serde_json::from_slice(bytes).map_err(wrong)?)
		} else {
			Self::Manifest(serde_json::from_slice(bytes).map_err(wrong)?)
		})
	}
}

impl Index {
	/// The image of this machine.
	pub(super) fn choose(&self, here: &Platform) -> Result<&Descriptor, ImageError> {
		let suits = |it: &&Descriptor| it.platform.as_ref().is_some_and(|it| here.suits(it));
		self.manifests.iter().find(suits).ok_or_else(|| {
			let offered = self.manifests.iter().filter_map(|it| it.platform.as_ref());
			let offered: Vec<_> = offered.map(Platform::name).take(8).collect();
			let offered = if offered.is_empty() { "none".into() } else { offered.join(", ") };
			ImageError::WrongPlatform { wanted: here.name(), offered }
		})
	}
}

impl Manifest {
	/// Before anything of it is fetched.
	pub(super) fn check(&self, limits: &Limits) -> Result<(), ImageError> {
		let fetched = self.layers.iter().fold(0u64, |sum, it| sum.saturating_add(it.size));
		let bounds = [
			("bytes of config", self.config.size, limits.config),
			("layers", self.layers.len() as u64, limits.layers as u64),
			("bytes to fetch", fetched, limits.fetched),
		];
		for (what, found, limit) in bounds {
			if found > limit {
				return Err(ImageError::TooLarge { what, found, limit });
			}
		}
		Ok(())
	}
}

/// How a layer is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
	Plain,
	Gzip,
	Zstd,
}

impl Packing {
	/// What a layer of this type is.
	pub(super) fn of(media_type: &str) -> Result<Self, ImageError> {
		match media_type {
			"application/vnd.oci.image.layer.v1.tar"
			| "application/vnd.oci.image.layer.nondistributable.v1.tar"
			| "application/vnd.docker.image.rootfs.diff.tar" => Ok(Self::Plain),
			"application/vnd.oci.image.layer.v1.tar+gzip"
			| "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
			| "application/vnd.docker.image.rootfs.diff.tar.gzip" => Ok(Self::Gzip),
			"application/vnd.oci.image.layer.v1.tar+zstd"
			| "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"
			| "application/vnd.docker.image.rootfs.diff.tar.zstd" => Ok(Self::Zstd),
			other => Err(ImageError::malformed("manifest", format!("a layer is {other}"))),
		}
	}
}

/// How an image wants to be run, and of what layers it is made once they are unpacked.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Config {
	#[serde(flatten)]
	platform: Platform,
	#[serde(default)]
	config: Option<Run>,
	rootfs: RootFs,
}

#[derive(Clone, Debug, Deserialize)]
struct RootFs {
	#[serde(rename = "type")]
	kind: String,
	#[serde(default)]
	diff_ids: Vec<Digest>,
}

/// The part that is kept. All of it may be missing, or `null`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Run {
	env: Option<Vec<String>>,
	entrypoint: Option<Vec<String>>,
	cmd: Option<Vec<String>>,
	working_dir: Option<String>,
	user: Option<String>,
}

impl Run {
	/// As the agent knows it.
	pub(super) fn into_config(self) -> ImageConfig {
		let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
		ImageConfig {
			env: self.env.unwrap_or_default(),
			entrypoint: self.entrypoint.unwrap_or_default(),
			cmd: self.cmd.unwrap_or_default(),
			working_dir: filled(self.working_dir),
			user: filled(self.user),
		}
	}
}

impl Config {
	/// The config of such an image, for this machine.
	pub(super) fn parse(
		bytes: &[u8],
		manifest: &Manifest,
		here: &Platform,
	) -> Result<(Run, Vec<Digest>), ImageError> {
		let config: Self = serde_json::from_slice(bytes)
			.map_err(|error| ImageError::malformed("config", error))?;
		if !here.suits(&config.platform) {
			let offered = config.platform.name();
			return Err(ImageError::WrongPlatform { wanted: here.name(), offered });
		}
		if config.rootfs.kind != "layers" {
			return Err(ImageError::malformed("config", "its root is not made of layers"));
		}
		let (wanted, found) = (manifest.layers.len(), config.rootfs.diff_ids.len());
		if wanted != found {
			let detail = format!("it tells of {found} layers, and the manifest of {wanted}");
			return Err(ImageError::malformed("config", detail));
		}
		Ok((config.config.unwrap_or_default(), config.rootfs.diff_ids))
	}
}

#[cfg(test)]
mod tests;
