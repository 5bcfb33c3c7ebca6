use crate::{hex, named, program::run, sha256, Layer};
use serde_json::{json, Value};
use std::{
	fs,
	path::{Path, PathBuf},
};

/// What this machine is, in the words of images.
pub fn architecture() -> &'static str {
	match std::env::consts::ARCH {
		"x86_64" => "amd64",
		"aarch64" => "arm64",
		other => other,
	}
}

/// What an image consists of. All of it may be wrong: that is for tests to try.
#[derive(Clone, Debug)]
pub struct Parts {
	/// Its layers, lowest first.
	pub layers: Vec<Layer>,
	/// How it wants to be run.
	pub run: Value,
	/// What machine it is for.
	pub architecture: String,
	/// What the config says that its layers contain, instead of what they do.
	pub contents: Option<Vec<String>>,
}

impl Parts {
	/// An image of these layers.
	pub fn new(layers: impl IntoIterator<Item = Layer>) -> Self {
		Self {
			layers: layers.into_iter().collect(),
			run: json!({ "Cmd": ["/bin/sh"] }),
			architecture: architecture().into(),
			contents: None,
		}
	}
}

/// What was written of an image.
#[derive(Clone, Debug)]
pub struct Written {
	/// Its manifest.
	pub manifest: Vec<u8>,
	/// The sha256 of that.
	pub digest: [u8; 32],
	/// Everything else, by what it is known by.
	pub blobs: Vec<([u8; 32], Vec<u8>)>,
}

impl Parts {
	/// All that there is to write.
	pub fn written(&self) -> Written {
		let honest = || self.layers.iter().map(|layer| layer.content.clone()).collect();
		let contents: Vec<_> = self.contents.clone().unwrap_or_else(honest);
		let config = json!({
			"architecture": self.architecture,
			"os": "linux",
			"config": self.run,
			"rootfs": { "type": "layers", "diff_ids": contents },
		});
		let config = config.to_string().into_bytes();
		let described = |kind: &str, bytes: &[u8]| json!({ "mediaType": kind, "digest": named(&sha256(bytes)), "size": bytes.len() });
		let layers = self.layers.iter().map(|it| described(it.packing.media_type(), &it.bytes));
		let manifest = json!({
			"schemaVersion": 2,
			"mediaType": "application/vnd.oci.image.manifest.v1+json",
			"config": described("application/vnd.oci.image.config.v1+json", &config),
			"layers": layers.collect::<Vec<_>>(),
		});
		let manifest = manifest.to_string().into_bytes();
		let blobs = self.layers.iter().map(|layer| layer.bytes.clone()).chain([config]);
		Written {
			digest: sha256(&manifest),
			manifest,
			blobs: blobs.map(|bytes| (sha256(&bytes), bytes)).collect(),
		}
	}
}

/// A folder of images, as OCI describes it.
pub struct Layout {
	folder: PathBuf,
}

impl Layout {
	/// An empty one in a new folder.
	pub fn create(folder: impl Into<PathBuf>) -> Self {
		let folder = folder.into();
		fs::create_dir_all(folder.join("blobs/sha256")).expect("a folder is made");
		let layout = json!({ "imageLayoutVersion": "1.0.0" });
		fs::write(folder.join("oci-layout"), layout.to_string()).expect("a file is written");
		let layout = Self { folder };
		layout.write_index(&json!({ "schemaVersion": 2, "manifests": [] }));
		layout
	}

	/// Where it is.
	pub fn folder(&self) -> &Path {
		&self.folder
	}

	/// Where something in it is.
	pub fn blob(&self, digest: &[u8; 32]) -> PathBuf {
		self.folder.join("blobs/sha256").join(hex(digest))
	}

	/// Put something into it.
	pub fn put(&self, bytes: &[u8]) -> [u8; 32] {
		let digest = sha256(bytes);
		fs::write(self.blob(&digest), bytes).expect("a file is written");
		digest
	}

	/// Put an image into it.
	pub fn add(&self, tag: &str, parts: &Parts) -> [u8; 32] {
		let written = parts.written();
		for (_, bytes) in &written.blobs {
			self.put(bytes);
		}
		self.put(&written.manifest);
		self.tag(tag, "application/vnd.oci.image.manifest.v1+json", &written.manifest);
		written.digest
	}

	/// Put a list of images into it, each with the machine that it is for.
	pub fn add_index(&self, tag: &str, images: &[(&str, [u8; 32])]) -> [u8; 32] {
		let entries = images.iter().map(|(architecture, digest)| {
			let size = fs::metadata(self.blob(digest)).map_or(0, |file| file.len());
			json!({
				"mediaType": "application/vnd.oci.image.manifest.v1+json",
				"digest": named(digest), "size": size,
				"platform": { "architecture": architecture, "os": "linux" },
			})
		});
		let kind = "application/vnd.oci.image.index.v1+json";
		let index = json!({
			"schemaVersion": 2, "mediaType": kind, "manifests": entries.collect::<Vec<_>>(),
		});
		let index = index.to_string().into_bytes();
		self.tag(tag, kind, &index);
		self.put(&index)
	}

	/// Make a system into an image with `umoci`, as people do. Says what its manifest is known by.
	pub fn pack_root(&self, tag: &str, root: &Path, command: &[&str]) -> [u8; 32] {
		let bundle = tempfile::tempdir().expect("a temporary folder");
		let bundle = bundle.path().join("bundle");
		let bundle = bundle.to_str().expect("a plain path");
		let image = format!("{}:{tag}", self.folder.display());
		run("umoci", ["new", "--image", &image]);
		run("umoci", ["unpack", "--image", &image, bundle]);
		run("cp", ["-a", &format!("{}/.", root.display()), &format!("{bundle}/rootfs/")]);
		run("umoci", ["repack", "--image", &image, bundle]);
		let command = command.iter().flat_map(|word| ["--config.cmd", word]);
		run("umoci", ["config", "--image", &image].into_iter().chain(command));
		self.tagged(tag)
	}

	/// What a tag stands for.
	pub fn tagged(&self, tag: &str) -> [u8; 32] {
		let index = self.read_index();
		let entries = index["manifests"].as_array().expect("a list");
		let entry = entries.iter().find(|it| it["annotations"][TAG] == tag);
		let digest = entry.and_then(|it| it["digest"].as_str()).expect("the tag is there");
		parse(digest)
	}

	/// Let a tag stand for a manifest.
	pub fn tag(&self, tag: &str, kind: &str, manifest: &[u8]) {
		let mut index = self.read_index();
		let entries = index["manifests"].as_array_mut().expect("a list");
		entries.retain(|it| it["annotations"][TAG] != tag);
		entries.push(json!({
			"mediaType": kind,
			"digest": named(&sha256(manifest)),
			"size": manifest.len(),
			"annotations": { TAG: tag },
		}));
		self.write_index(&index);
	}

	fn read_index(&self) -> Value {
		let text = fs::read(self.folder.join("index.json")).expect("a layout has an index");
		serde_json::from_slice(&text).expect("an index is JSON")
	}

	fn write_index(&self, index: &Value) {
		fs::write(self.folder.join("index.json"), index.to_string()).expect("a file is written");
	}
}

const TAG: &str = "org.opencontainers.image.ref.name";

fn parse(digest: &str) -> [u8; 32] {
	let digits = digest.strip_prefix("sha256:").expect("a sha256");
	let byte = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("digits");
	std::array::from_fn(byte)
}
