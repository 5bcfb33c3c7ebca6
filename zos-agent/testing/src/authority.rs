use crate::run;
use std::{fs, path::PathBuf};
use tempfile::TempDir;

/// Vouches for servers that nobody else vouches for.
pub struct Authority(TempDir);

impl Authority {
	/// A new one.
	pub fn new() -> Self {
		let authority = Self(tempfile::tempdir().expect("a temporary folder"));
		let (certificate, key) = authority.files("authority");
		let (certificate, key) = (path(&certificate), path(&key));
		let arguments = ["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=tests"];
		let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
		let files = ["-keyout", key, "-out", certificate];
		run("openssl", arguments.iter().chain(&curve).chain(&files));
		authority
	}

	/// Its certificate in PEM.
	pub fn certificate(&self) -> Vec<u8> {
		fs::read(self.files("authority").0).expect("it is there")
	}

	/// The certificate and the key of a server with this address.
	pub fn vouch_for(&self, ip: &str) -> (PathBuf, PathBuf) {
		let (by, by_key) = self.files("authority");
		let (certificate, key) = self.files(ip);
		let request = self.0.path().join(format!("{ip}.request"));
		let extensions = self.0.path().join(format!("{ip}.extensions"));
		let text = format!("subjectAltName=IP:{ip}\nbasicConstraints=CA:FALSE\n");
		fs::write(&extensions, text).expect("a file is written");
		let arguments = ["req", "-nodes", "-subj", "/CN=server", "-newkey", "ec"];
		let curve = ["-pkeyopt", "ec_paramgen_curve:P-256"];
		let files = ["-keyout", path(&key), "-out", path(&request)];
		run("openssl", arguments.iter().chain(&curve).chain(&files));
		let arguments = ["x509", "-req", "-days", "2", "-CAcreateserial", "-in", path(&request)];
		let signer = ["-CA", path(&by), "-CAkey", path(&by_key)];
		let files = ["-extfile", path(&extensions), "-out", path(&certificate)];
		run("openssl", arguments.iter().chain(&signer).chain(&files));
		(certificate, key)
	}

	fn files(&self, name: &str) -> (PathBuf, PathBuf) {
		let file = |kind: &str| self.0.path().join(format!("{name}.{kind}"));
		(file("certificate"), file("key"))
	}
}

impl Default for Authority {
	fn default() -> Self {
		Self::new()
	}
}

fn path(path: &std::path::Path) -> &str {
	path.to_str().expect("a plain path")
}
