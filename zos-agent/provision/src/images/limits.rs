//! How much an image may be.

/// How much an image may be: whoever made it is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
	/// Bytes of a manifest or an index.
	pub manifest: u64,
	/// Bytes of the description of how the image wants to be run.
	pub config: u64,
	/// Layers. Overlayfs itself takes no more than 500.
	pub layers: usize,
	/// Bytes of all layers as they are fetched.
	pub fetched: u64,
	/// Bytes of all layers unpacked.
	pub unpacked: u64,
	/// Files, folders and links of all layers.
	pub entries: u64,
	/// How many times as large as what was fetched a layer may become …
	pub ratio: u64,
	/// … once it is larger than this many bytes.
	pub ratio_counts_from: u64,
	/// Bytes of a path.
	pub path: usize,
	/// Folders within folders.
	pub depth: usize,
	/// Bytes that an archive may say about one file beside its name: attributes above all.
	pub extensions: u64,
	/// Bytes of the attributes of one file. File systems keep no more than about 4 KiB.
	pub attributes: usize,
	/// Signatures of an image that are looked at.
	pub signatures: usize,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			manifest: 4 << 20,
			config: 4 << 20,
			layers: 128,
			fetched: 16 << 30,
			unpacked: 64 << 30,
			entries: 2_000_000,
			ratio: 100,
			ratio_counts_from: 256 << 20,
			path: 4095,
			depth: 128,
			extensions: 1 << 20,
			attributes: 2 << 10,
			signatures: 32,
		}
	}
}
