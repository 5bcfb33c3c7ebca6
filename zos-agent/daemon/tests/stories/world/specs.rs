//! Specs, as people write them.

use super::{encryption_key, TWIN};
use crypto_box::{aead::OsRng, PublicKey};
use grid_primitives::{
	spec::{
		Container, Delivery, Disk, Image, Kind, List, LogTarget, Mount, RestartPolicy, Sealed,
		Secret, Spec, Text, Volume, Workload,
	},
	TwinId,
};

/// A mebibyte.
pub(crate) const SIZE: u64 = 1 << 20;

fn text<const MOST: u32>(text: &str) -> Text<MOST> {
	text.try_into().expect("it is short")
}

fn list<T, const MOST: u32>(items: Vec<T>) -> List<T, MOST> {
	items.try_into().ok().expect("they are few")
}

/// How an image is called in what the machine writes down.
pub(crate) fn image(number: u8) -> String {
	format!("pull image {}", format!("{number:02x}").repeat(4))
}

/// A volume of so many mebibytes.
pub(crate) fn volume(size: u64) -> Kind {
	Kind::Volume(Volume { size: size * SIZE, disk: Disk::Ssd })
}

/// A container of an image, which sees these volumes.
pub(crate) fn container(image: u8, volumes: &[&str]) -> Kind {
	let mount = |volume: &&str| Mount {
		volume: text(volume),
		path: text(&format!("/srv/{volume}")),
		read_only: false,
	};
	Kind::Container(Container {
		image: Image { reference: text("localhost/app"), digest: [image; 32] },
		signer: None,
		cpu: 100,
		memory: 16 * SIZE,
		root: SIZE,
		command: list(vec![]),
		args: list(vec![]),
		env: list(vec![]),
		secrets: list(vec![]),
		mounts: list(volumes.iter().map(mount).collect()),
		networks: list(vec![]),
		restart: RestartPolicy::Always,
		log: LogTarget::Node(SIZE as u32),
	})
}

/// The same container, with a secret that is sealed to somebody.
pub(crate) fn sealed_to(container: Kind, whom: &PublicKey) -> Kind {
	sealed_by(container, TWIN, whom)
}

/// The same container, with a secret that a twin has sealed to somebody.
pub(crate) fn sealed_by(container: Kind, twin: TwinId, whom: &PublicKey) -> Kind {
	let plain = [&twin.to_le_bytes()[..], b"hunter2"].concat();
	let sealed = whom.seal(&mut OsRng, &plain).expect("it is short");
	let secret =
		Secret { delivery: Delivery::Variable(text("PASSWORD")), sealed: Sealed(list(sealed)) };
	match container {
		Kind::Container(it) => Kind::Container(Container { secrets: list(vec![secret]), ..it }),
		other => other,
	}
}

/// The node itself.
pub(crate) fn read(container: Kind) -> Kind {
	sealed_to(container, &encryption_key().public_key())
}

/// A spec of workloads with names.
pub(crate) fn spec_with(workloads: &[(&str, Kind)]) -> Spec {
	let workload = |(name, kind): &(&str, Kind)| Workload { name: text(name), kind: kind.clone() };
	Spec::V1(list(workloads.iter().map(workload).collect()))
}

/// A website: a volume with data, and a program that serves it, of an image.
pub(crate) fn spec(image: u8) -> Spec {
	spec_with(&[("data", volume(8)), ("web", container(image, &["data"]))])
}
