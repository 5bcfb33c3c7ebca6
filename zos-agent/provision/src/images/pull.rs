//! Having an image here.

use super::{
	download::download,
	error::PullError,
	flights::lock,
	formats::{Config, Descriptor, Document, Manifest, Packing, Platform, Run},
	signature,
	source::{Layout, Reference, Registry, Source, Verified},
	stop::Stop,
	store::{ImageStore, Record},
	unpack::{unpack, Room},
	Digest, ImageError,
};
use grid_primitives::spec::Image;
use std::{
	fs,
	sync::{Mutex, PoisonError},
	thread,
};
use zos_core::ports::{Cancel, Unpacked};

/// Layers of one image that come at the same time.
const AT_ONCE: usize = 3;

/// A layer as it is fetched, and as it is unpacked.
struct Layer {
	fetched: Descriptor,
	packing: Packing,
	content: Digest,
}

/// What a pull has found out before it fetches layers.
struct Plan {
	layers: Vec<Layer>,
	run: Run,
}

impl Plan {
	fn contents(&self) -> Vec<Digest> {
		self.layers.iter().map(|layer| layer.content).collect()
	}
}

impl ImageStore {
	/// Have an image here, signed as it must be.
	pub(super) fn have(
		&self,
		image: &Image,
		signer: Option<&[u8]>,
		cancel: &Cancel,
	) -> Result<Unpacked, PullError> {
		let digest = Digest(image.digest);
		let _hold = self.held.hold(&[digest]);
		let wish = (digest, image.reference.0.to_vec(), signer.map(<[u8]>::to_vec));
		let cancelled = || Err(ImageError::Cancelled.into());
		let stop = Stop::on(cancel);
		let pulled = self.pulls.join(&wish, &stop, is_told, || {
			let source = self.source(image)?;
			if let Some(signer) = signer {
				self.prove_signed(&*source, digest, signer)?;
			}
			let pull = || self.pull_from(&*source, digest, &stop).map_err(PullError::from);
			self.images.join(&digest, &stop, Result::is_ok, pull).unwrap_or_else(cancelled)
		});
		pulled.unwrap_or_else(cancelled)
	}

	fn source(&self, image: &Image) -> Result<Box<dyn Source>, ImageError> {
		let reference = Reference::parse(&image.reference)?;
		let folder = self
			.settings
			.layouts
			.as_ref()
			.map(|it| it.join(&reference.registry).join(&reference.repository));
		if let Some(layout) = folder.and_then(|folder| Layout::find(&folder)) {
			return Ok(Box::new(layout));
		}
		Ok(Box::new(Registry::new(self.client.clone(), reference)))
	}

	fn prove_signed(
		&self,
		source: &dyn Source,
		image: Digest,
		signer: &[u8],
	) -> Result<(), ImageError> {
		let kept = self.files.signature(image, signer);
		if kept.is_some_and(|kept| kept.proves(image, signer)) {
			return Ok(());
		}
		let found = signature::find(source, image, signer, &self.settings.limits)?;
		self.files.keep_signature(image, signer, &found)
	}

	fn pull_from(
		&self,
		source: &dyn Source,
		image: Digest,
		stop: &Stop,
	) -> Result<Unpacked, ImageError> {
		if let Some(found) = self.files.find(image) {
			return Ok(found);
		}
		let plan = self.plan(source, image)?;
		let contents = plan.contents();
		let _hold = self.held.hold(&contents);
		let fetched = self.fetch_all(source, image, &plan, &contents, stop);
		let record = Record { layers: contents, run: plan.run };
		let kept = fetched.and_then(|()| self.files.keep(image, &record));
		kept.inspect_err(|error| {
			// What only waits for the registry goes on later from where it is.
			let waits =
				matches!(error, ImageError::Unreachable { .. } | ImageError::BadAnswer { .. });
			if !waits {
				if let Err(error) = self.abandon(image, &record.layers) {
					log::warn!("cannot remove what is left of the pull of {image}: {error}");
				}
			}
		})?;
		let gone = || ImageError::malformed("image", "somebody removed its layers from the disk");
		self.files.find(image).ok_or_else(gone)
	}

	fn plan(&self, source: &dyn Source, image: Digest) -> Result<Plan, ImageError> {
		let limits = &self.settings.limits;
		let verified = Verified { source, limits };
		let here = Platform::here();
		let manifest = match Document::parse(&verified.manifest(image)?)? {
			Document::Manifest(manifest) => manifest,
			Document::Index(index) => {
				let chosen = index.choose(&here)?;
				match Document::parse(&verified.manifest(chosen.digest)?)? {
					Document::Manifest(manifest) => manifest,
					Document::Index(_) => {
						let detail = "it is a list of lists of images";
						return Err(ImageError::malformed("manifest", detail));
					},
				}
			},
		};
		manifest.check(limits)?;
		let config = verified.small(&manifest.config, limits.config)?;
		let (run, contents) = Config::parse(&config, &manifest, &here)?;
		let layers = layers(manifest, contents)?;
		Ok(Plan { layers, run })
	}

	fn fetch_all(
		&self,
		source: &dyn Source,
		image: Digest,
		plan: &Plan,
		contents: &[Digest],
		stop: &Stop,
	) -> Result<(), ImageError> {
		self.files.keep_plan(image, contents)?;
		let room = Room::of(&self.settings.limits);
		let queue = Mutex::new(plan.layers.iter());
		let failed = Mutex::new(None);
		let work = || {
			while let Some(layer) = lock(&queue).next().filter(|_| !stop.is_set()) {
				if let Err(error) = self.fetch(source, image, layer, &room, stop) {
					// Those after the first may only have heard that it is in vain.
					lock(&failed).get_or_insert(error);
					stop.fail();
				}
			}
		};
		thread::scope(|scope| {
			for _ in 1..plan.layers.len().min(AT_ONCE) {
				// Where there can be no more threads, this one does it all.
				let _ = thread::Builder::new().spawn_scoped(scope, work);
			}
			work();
		});
		match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
			Some(error) => Err(error),
			None if stop.is_set() => Err(ImageError::Cancelled),
			None => Ok(()),
		}
	}

	/// Have a layer here. Others may be at it for another image.
	fn fetch(
		&self,
		source: &dyn Source,
		image: Digest,
		layer: &Layer,
		room: &Room,
		stop: &Stop,
	) -> Result<(), ImageError> {
		loop {
			if self.files.layer(layer.content).is_dir() {
				return Ok(());
			}
			let mut own = None;
			let work = || {
				own = Some(self.fetch_alone(source, image, layer, room, stop));
				Ok(())
			};
			// What others met may be of their own registry: only that they are done counts.
			let joined = self.layers.join(&layer.content, stop, |_| true, work);
			match (joined, own) {
				(None, _) => return Err(ImageError::Cancelled),
				(Some(_), Some(result)) => return result,
				(Some(_), None) => (),
			}
		}
	}

	fn fetch_alone(
		&self,
		source: &dyn Source,
		image: Digest,
		layer: &Layer,
		room: &Room,
		stop: &Stop,
	) -> Result<(), ImageError> {
		let place = self.files.layer(layer.content);
		if place.is_dir() {
			return Ok(());
		}
		let Descriptor { digest, size, .. } = layer.fetched;
		// It is there twice for a while: as it was fetched, and unpacked to at least as much.
		let disk = |error| ImageError::disk("look at", self.files.root(), error);
		if !self.has_room(size.saturating_mul(2)).map_err(disk)? {
			return Err(ImageError::DiskFull);
		}
		let part = self.files.downloads(image).join(format!("{}.part", digest.hex()));
		let blob = download(source, &layer.fetched, &part, stop)?;
		let staged = self.files.stage();
		let limits = &self.settings.limits;
		let unpacked = fs::create_dir(&staged)
			.map_err(|error| ImageError::disk("make", &staged, error))
			.and_then(|()| {
				let has_room = || self.has_room(0);
				unpack(blob, layer.packing, &staged, limits, room, stop, &has_room)
					.map_err(|error| ImageError::unpacking(digest, error))
			})
			.and_then(|found| match found == layer.content {
				true => self.files.rename(&staged, &place),
				false => Err(ImageError::WrongLayer { wanted: layer.content, found }),
			});
		if unpacked.is_err() {
			self.files.remove_staged(&staged);
		}
		unpacked?;
		fs::remove_file(&part).map_err(|error| ImageError::disk("remove", &part, error))
	}

	/// Whether the disk takes so many bytes and still leaves others what it is to leave them.
	fn has_room(&self, needed: u64) -> std::io::Result<bool> {
		let stat = rustix::fs::statvfs(self.files.root())?;
		let free = stat.f_bavail.saturating_mul(stat.f_frsize);
		Ok(free >= needed.saturating_add(self.settings.reserve))
	}
}

/// Whether all who wait are told the same: but for whom nobody wanted it any more.
fn is_told(result: &Result<Unpacked, PullError>) -> bool {
	!matches!(result, Err(error) if matches!(error.kind(), ImageError::Cancelled))
}

fn layers(manifest: Manifest, contents: Vec<Digest>) -> Result<Vec<Layer>, ImageError> {
	if contents.is_empty() {
		return Err(ImageError::malformed("manifest", "it has no layers"));
	}
	let pairs = manifest.layers.into_iter().zip(contents);
	pairs
		.map(|(fetched, content)| {
			Ok(Layer { packing: Packing::of(&fetched.media_type)?, fetched, content })
		})
		.collect()
}
