use super::FakeHost;
use grid_primitives::spec::Image;
use zos_core::ports::{Cancel, ImageConfig, ImageDigest, Images, PortError, Unpacked};

fn short(digest: &ImageDigest) -> String {
	digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

impl Images for FakeHost {
	fn pull(
		&self,
		image: &Image,
		_signer: Option<&[u8]>,
		cancel: &Cancel,
	) -> Result<Unpacked, PortError> {
		let digest = image.digest;
		let unpacked = Unpacked {
			digest,
			layers: vec![format!("/images/{}", short(&digest)).into()],
			config: ImageConfig::default(),
		};
		if self.read(|state| state.images.contains(&digest))? {
			return Ok(unpacked);
		}
		let what = format!("pull image {}", short(&digest));
		self.held_effect(what, cancel, |_| {}, |state| state.images.insert(digest))?;
		Ok(unpacked)
	}

	fn list(&self) -> Result<Vec<ImageDigest>, PortError> {
		self.read(|state| state.images.iter().copied().collect())
	}

	fn collect(&self, keep: &[ImageDigest]) -> Result<u64, PortError> {
		let extra = |state: &super::host::State| {
			state.images.iter().filter(|it| !keep.contains(it)).count() as u64
		};
		let number = self.read(extra)?;
		if number > 0 {
			let what = "collect images".to_string();
			self.effect(what, |_| {}, |state| state.images.retain(|it| keep.contains(it)))?;
		}
		Ok(number)
	}
}
