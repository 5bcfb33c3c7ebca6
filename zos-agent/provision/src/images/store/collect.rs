//! Removing what nobody needs.

use super::{removal::remove, Digest, ImageError, ImageStore};
use std::{collections::HashSet, fs, path::PathBuf};

impl ImageStore {
	/// Remove all images but these, and what is left of pulls.
	pub(super) fn collect_all_but(&self, keep: &[Digest]) -> Result<u64, ImageError> {
		let mut doomed = Vec::new();
		{
			// While nothing new is held, what goes is only renamed: that is quick.
			let stopped = self.held.stop();
			let mut needed: HashSet<Digest> = HashSet::new();
			for image in self.files.traces()?.into_iter() {
				if keep.contains(&image) || stopped.is_held(image) {
					needed.extend(self.files.layers_of(image));
					// As a killed agent leaves it, just after the image was whole.
					if !stopped.is_held(image) && self.files.find(image).is_some() {
						self.doom(&mut doomed, &[self.files.downloads(image)])?;
					}
				} else {
					self.doom(&mut doomed, &self.files.belongings(image))?;
				}
			}
			for layer in self.files.layers()? {
				if !needed.contains(&layer) && !stopped.is_held(layer) {
					self.doom(&mut doomed, &[self.files.layer(layer)])?;
				}
			}
		}
		self.bury(doomed)
	}

	/// Remove what a pull has left that will not go on: nothing that others need too. The caller
	/// still holds the image and its layers.
	pub(in crate::images) fn abandon(
		&self,
		image: Digest,
		layers: &[Digest],
	) -> Result<u64, ImageError> {
		let mut doomed = Vec::new();
		{
			let stopped = self.held.stop();
			self.doom(&mut doomed, &[self.files.downloads(image)])?;
			let images = self.files.traces()?.into_iter().filter(|other| *other != image);
			let needed: HashSet<_> = images.flat_map(|it| self.files.layers_of(it)).collect();
			for layer in layers.iter().collect::<HashSet<_>>() {
				if !needed.contains(layer) && !stopped.is_held_by_others(*layer) {
					self.doom(&mut doomed, &[self.files.layer(*layer)])?;
				}
			}
		}
		self.bury(doomed)
	}

	fn doom(&self, doomed: &mut Vec<PathBuf>, paths: &[PathBuf]) -> Result<(), ImageError> {
		for path in paths {
			let staged = self.files.stage();
			match fs::rename(path, &staged) {
				Ok(()) => doomed.push(staged),
				Err(error) if error.kind() == std::io::ErrorKind::NotFound => (),
				Err(error) => return Err(ImageError::disk("remove", path, error)),
			}
		}
		Ok(())
	}

	fn bury(&self, doomed: Vec<PathBuf>) -> Result<u64, ImageError> {
		doomed.iter().try_fold(0u64, |sum, path| Ok(sum.saturating_add(remove(path)?)))
	}
}
