//! Containers.

use super::{disk, ensure, image, is_blank, names, paths, sealed, Seen};
use crate::spec::{
	limits::{CPU, MAX_LOG, MEMORY},
	Container, Delivery, Kind, LogTarget, Reason,
};
use alloc::{collections::BTreeSet, vec::Vec};

impl<'a> Seen<'a> {
	pub(super) fn container(&mut self, container: &'a Container) -> Result<(), Reason> {
		let image = &container.image;
		let named = image::is_reference(&image.reference) && !is_blank(&image.digest);
		ensure(named, Reason::BadImage)?;
		ensure(container.signer.as_ref().is_none_or(|key| !key.is_empty()), Reason::BadKey)?;
		sizes(container)?;
		container.command.iter().chain(&container.args).try_for_each(names::text)?;
		variables(container)?;
		container.secrets.iter().try_for_each(|secret| sealed(&secret.sealed))?;
		self.files(container)?;
		self.attachments(&container.networks)
	}

	/// What the container sees of volumes, and its secrets as files.
	fn files(&self, container: &Container) -> Result<(), Reason> {
		let mut files = Vec::new();
		for mount in &container.mounts {
			let Kind::Volume(_) = self.kind(&mount.volume)? else {
				return Err(Reason::BadReference);
			};
			files.push(paths::check(&mount.path)?);
		}
		for secret in &container.secrets {
			if let Delivery::File(path) = &secret.delivery {
				files.push(paths::check(path)?);
			}
		}
		ensure(!paths::overlap(files), Reason::PathsOverlap)
	}
}

fn sizes(container: &Container) -> Result<(), Reason> {
	disk(container.root)?;
	let fits = CPU.contains(&container.cpu)
		&& MEMORY.contains(&container.memory)
		&& match container.log {
			LogTarget::Discard => true,
			LogTarget::Node(bytes) => bytes <= MAX_LOG,
		};
	ensure(fits, Reason::BadSize)
}

/// The variables, open or secret: each with a name of its own.
fn variables(container: &Container) -> Result<(), Reason> {
	let mut seen = BTreeSet::new();
	for variable in &container.env {
		let name = &variable.name;
		ensure(names::is_variable(name) && seen.insert(name), Reason::BadVariable)?;
		names::text(&variable.value)?;
	}
	for secret in &container.secrets {
		if let Delivery::Variable(name) = &secret.delivery {
			ensure(names::is_variable(name) && seen.insert(name), Reason::BadVariable)?;
		}
	}
	Ok(())
}
