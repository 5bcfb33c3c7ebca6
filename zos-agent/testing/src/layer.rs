use crate::{named, sha256};
use std::io::{Read, Write};

/// How a layer is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
	/// Not at all.
	Plain,
	/// With gzip.
	Gzip,
	/// With zstd.
	Zstd,
}

impl Packing {
	/// All there are.
	pub const ALL: [Self; 3] = [Self::Plain, Self::Gzip, Self::Zstd];

	pub(crate) fn media_type(self) -> &'static str {
		match self {
			Self::Plain => "application/vnd.oci.image.layer.v1.tar",
			Self::Gzip => "application/vnd.oci.image.layer.v1.tar+gzip",
			Self::Zstd => "application/vnd.oci.image.layer.v1.tar+zstd",
		}
	}

	/// Pack these bytes.
	pub fn pack(self, bytes: &[u8]) -> Vec<u8> {
		match self {
			Self::Plain => bytes.to_vec(),
			Self::Gzip => {
				let level = flate2::Compression::fast();
				let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
				encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("in memory")
			},
			Self::Zstd => zstd::encode_all(bytes, 1).expect("in memory"),
		}
	}
}

/// A layer: a tar archive, packed.
#[derive(Clone, Debug)]
pub struct Layer {
	/// As it is fetched.
	pub bytes: Vec<u8>,
	/// How it is packed.
	pub packing: Packing,
	/// The sha256 of the archive, as it is written.
	pub content: String,
}

impl Layer {
	/// Of an archive, whatever is in it.
	pub fn of_archive(archive: &[u8], packing: Packing) -> Self {
		Self { bytes: packing.pack(archive), packing, content: named(&sha256(archive)) }
	}

	/// Of an archive that is built here.
	pub fn build(build: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Self {
		let mut builder = tar::Builder::new(Vec::new());
		build(&mut builder);
		Self::of_archive(&builder.into_inner().expect("in memory"), Packing::Gzip)
	}

	/// Of files with these contents.
	pub fn files(files: &[(&str, &[u8])]) -> Self {
		Self::build(|archive| {
			for (name, content) in files {
				let mut header = tar::Header::new_gnu();
				header.set_size(content.len() as u64);
				header.set_mode(0o644);
				archive.append_data(&mut header, name, *content).expect("in memory");
			}
		})
	}

	/// One file with so many bytes that no packing makes much smaller.
	pub fn noise(name: &str, length: usize) -> Self {
		let mut state = 0x9e37_79b9_7f4a_7c15u64;
		let bytes: Vec<u8> = std::iter::repeat_with(|| {
			state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(length as u64 | 1);
			(state >> 56) as u8
		})
		.take(length)
		.collect();
		Self::files(&[(name, &bytes)])
	}

	/// The archive.
	pub fn archive(&self) -> Vec<u8> {
		let mut archive = Vec::new();
		let bytes = self.bytes.as_slice();
		match self.packing {
			Packing::Plain => return self.bytes.clone(),
			Packing::Gzip => flate2::read::GzDecoder::new(bytes).read_to_end(&mut archive),
			Packing::Zstd => {
				archive = zstd::decode_all(bytes).expect("it was packed here");
				Ok(0)
			},
		}
		.expect("it was packed here");
		archive
	}
}
