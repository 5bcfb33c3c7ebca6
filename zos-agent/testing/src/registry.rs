use crate::{hex, named, program::run, sha256, Authority, Layout, Parts, Written};
use grid_primitives::spec::{Image, Text};
use std::{
	fs,
	io::{BufRead, BufReader},
	path::PathBuf,
	process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A registry on the loopback. When it is dropped, it is gone with all that it has.
pub struct Registry {
	folder: TempDir,
	child: Option<Child>,
	address: String,
	/// The certificate and the key, if it encrypts.
	identity: Option<(PathBuf, PathBuf)>,
}

impl Registry {
	/// An empty one, on a free port.
	pub fn start() -> Self {
		Self::start_at("127.0.0.1:0".into(), None)
	}

	/// An empty one that encrypts, on a free port of this address.
	pub fn start_encrypted(ip: &str, authority: &Authority) -> Self {
		Self::start_at(format!("{ip}:0"), Some(authority.vouch_for(ip)))
	}

	fn start_at(address: String, identity: Option<(PathBuf, PathBuf)>) -> Self {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let mut registry = Self { folder, child: None, address, identity };
		registry.go_on();
		registry
	}

	/// Its address, as it begins a reference.
	pub fn address(&self) -> &str {
		&self.address
	}

	/// An image in one of its repositories, as a spec names it.
	pub fn image(&self, repository: &str, digest: [u8; 32]) -> Image {
		image(&format!("{}/{repository}", self.address), digest)
	}

	/// Nobody answers any more. What it has stays.
	pub fn stop(&mut self) {
		if let Some(mut child) = self.child.take() {
			// It may have ended by itself.
			let _ = child.kill();
			let _ = child.wait();
		}
	}

	/// It answers again, where it did before.
	pub fn go_on(&mut self) {
		self.stop();
		let config = self.folder.path().join("config.yml");
		let tls = self.identity.as_ref().map(|(certificate, key)| {
			format!(", tls: {{certificate: {}, key: {}}}", certificate.display(), key.display())
		});
		let text = format!(
			"version: 0.1\n\
			log: {{level: info, formatter: text, accesslog: {{disabled: true}}}}\n\
			storage: {{filesystem: {{rootdirectory: {}}}, delete: {{enabled: true}}}}\n\
			http: {{addr: \"{}\", secret: tests{}}}\n",
			self.folder.path().join("data").display(),
			self.address,
			tls.unwrap_or_default(),
		);
		fs::write(&config, text).expect("a file is written");
		let mut child = Command::new("docker-registry")
			.arg("serve")
			.arg(&config)
			.stdout(Stdio::null())
			.stderr(Stdio::piped())
			.spawn()
			.expect("docker-registry is installed: scripts/setup.sh tells how");
		let errors = child.stderr.take().expect("it is piped");
		self.child = Some(child);
		let mut lines = BufReader::new(errors).lines().map_while(Result::ok);
		let mut said = Vec::new();
		let listening = lines.by_ref().find_map(|line| {
			let address = line
				.split_once("listening on ")
				.map(|(_, rest)| rest.split(['"', ' ', ',']).next().unwrap_or_default().to_owned());
			said.push(line);
			address
		});
		self.address = listening.unwrap_or_else(|| panic!("no registry: {said:?}"));
		// Whatever else it says: if nobody reads, it stops.
		std::thread::spawn(move || lines.for_each(drop));
	}

	/// Copy what a tag of a layout stands for into a repository, with `skopeo`, as people do.
	pub fn push(&self, layout: &Layout, tag: &str, repository: &str) -> Image {
		let from = format!("oci:{}:{tag}", layout.folder().display());
		let to = format!("docker://{}/{repository}:{tag}", self.address);
		let options = ["--insecure-policy", "copy", "--quiet", "--all", "--preserve-digests"];
		let arguments = options.into_iter().chain(["--dest-tls-verify=false", &from, &to]);
		run("skopeo", arguments);
		self.image(repository, layout.tagged(tag))
	}

	/// Put an image into a repository as it is, good or not.
	pub fn put(&self, repository: &str, parts: &Parts) -> Image {
		let Written { manifest, digest, blobs } = parts.written();
		for (_, bytes) in &blobs {
			self.put_blob(repository, bytes);
		}
		let kind = "application/vnd.oci.image.manifest.v1+json";
		self.put_manifest(repository, &named(&digest), kind, &manifest);
		self.image(repository, digest)
	}

	/// Put bytes into a repository.
	pub fn put_blob(&self, repository: &str, bytes: &[u8]) {
		let start = format!("http://{}/v2/{repository}/blobs/uploads/", self.address);
		let begun = ureq::post(&start).send_empty().expect("an upload begins");
		let location = begun.headers().get("location").and_then(|it| it.to_str().ok());
		let location = location.expect("an upload has a place");
		let separator = if location.contains('?') { '&' } else { '?' };
		let end = format!("{location}{separator}digest={}", named(&sha256(bytes)));
		ureq::put(&end).send(bytes).expect("an upload ends");
	}

	/// Put a manifest into a repository, under a tag or a digest.
	pub fn put_manifest(&self, repository: &str, name: &str, kind: &str, manifest: &[u8]) {
		let address = format!("http://{}/v2/{repository}/manifests/{name}", self.address);
		let request = ureq::put(&address).content_type(kind);
		request.send(manifest).expect("a manifest is taken");
	}

	/// Where it keeps something, for who wants to spoil it.
	pub fn blob(&self, digest: &[u8; 32]) -> PathBuf {
		let hex = hex(digest);
		let blobs = self.folder.path().join("data/docker/registry/v2/blobs/sha256");
		blobs.join(&hex[..2]).join(&hex).join("data")
	}
}

impl Drop for Registry {
	fn drop(&mut self) {
		self.stop();
	}
}

/// An image, as a spec names it.
pub fn image(reference: &str, digest: [u8; 32]) -> Image {
	let reference = Text(reference.as_bytes().to_vec().try_into().expect("it is short"));
	Image { reference, digest }
}
