//! Short ways to say what is to run.

use grid_primitives::{
	capacity::bytes::MIB,
	spec::{
		Container, Disk, Image, Kind, LogTarget, Mount, RestartPolicy, Spec, Text, Volume, Workload,
	},
};

/// A text of a spec.
pub fn text<const MOST: u32>(text: &str) -> Text<MOST> {
	text.try_into().expect("it is short")
}

/// A volume of so many bytes.
pub fn volume(name: &str, size: u64) -> Workload {
	Workload { name: text(name), kind: Kind::Volume(Volume { size, disk: Disk::Ssd }) }
}

/// A small container that sees a volume at `/data` and starts again whenever it ends.
pub fn container(name: &str, image: &Image, volume: &str) -> Workload {
	let mount = Mount { volume: text(volume), path: text("/data"), read_only: false };
	container_with(name, image, |it| it.mounts = vec![mount].try_into().expect("one"))
}

/// A small container that starts again whenever it ends, with changes.
pub fn container_with(name: &str, image: &Image, change: impl FnOnce(&mut Container)) -> Workload {
	let mut container = Container {
		image: image.clone(),
		signer: None,
		cpu: 50,
		memory: 32 * MIB,
		root: 16 * MIB,
		command: Default::default(),
		args: Default::default(),
		env: Default::default(),
		secrets: Default::default(),
		mounts: Default::default(),
		networks: Default::default(),
		restart: RestartPolicy::Always,
		log: LogTarget::Node(64 * 1024),
	};
	change(&mut container);
	Workload { name: text(name), kind: Kind::Container(container) }
}

/// All that a contract has on a node.
pub fn spec(workloads: impl Into<Vec<Workload>>) -> Spec {
	Spec::V1(workloads.into().try_into().expect("they are few"))
}
