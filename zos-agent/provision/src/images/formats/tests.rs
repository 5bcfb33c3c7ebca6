use super::*;
use serde_json::{json, Value};

fn descriptor(size: u64) -> Value {
	json!({ "mediaType": "x", "digest": Digest([7; 32]), "size": size })
}

fn manifest(layers: usize) -> Value {
	let layers = vec![descriptor(10); layers];
	json!({ "schemaVersion": 2, "config": descriptor(5), "layers": layers })
}

fn parse(value: Value) -> Result<Document, String> {
	Document::parse(value.to_string().as_bytes()).map_err(|error| error.to_string())
}

fn image(value: Value) -> Manifest {
	match parse(value) {
		Ok(Document::Manifest(manifest)) => manifest,
		_ => panic!("it is an image"),
	}
}

#[test]
fn a_document_is_an_image_or_a_list_and_never_both() {
	assert!(matches!(parse(manifest(2)), Ok(Document::Manifest(it)) if it.layers.len() == 2));
	let list = json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [] });
	assert!(matches!(parse(list), Ok(Document::Index(_))));

	let mut both = manifest(1);
	both["manifests"] = json!([]);
	let mut disguised = manifest(1);
	disguised["mediaType"] = json!(OCI_INDEX);
	let mut old = manifest(1);
	old["schemaVersion"] = json!(1);
	for bad in [both, disguised, old, json!({ "schemaVersion": 2 }), json!([]), json!(null)] {
		assert!(parse(bad.clone()).is_err(), "{bad}");
	}
}

#[test]
fn the_image_for_this_machine_is_chosen_from_a_list() {
	let of = |architecture: &str, os: &str, digest: u8| {
		json!({
			"mediaType": OCI_MANIFEST, "digest": Digest([digest; 32]), "size": 1,
			"platform": { "architecture": architecture, "os": os },
		})
	};
	let entries = [of("amd64", "windows", 1), of("arm64", "linux", 2), of("amd64", "linux", 3)];
	let list = json!({ "schemaVersion": 2, "manifests": entries });
	let Ok(Document::Index(index)) = parse(list) else { panic!("it is a list") };
	let platform = |architecture: &str| Platform {
		architecture: architecture.into(),
		os: "linux".into(),
		variant: None,
	};
	let chosen = |architecture| index.choose(&platform(architecture)).map(|it| it.digest);
	assert_eq!(chosen("amd64").ok(), Some(Digest([3; 32])));
	assert_eq!(chosen("arm64").ok(), Some(Digest([2; 32])));
	let error = chosen("riscv64").expect_err("there is none").to_string();
	assert!(error.contains("windows/amd64, linux/arm64, linux/amd64"), "{error}");
}

#[test]
fn a_manifest_is_bounded_before_anything_is_fetched() {
	let limits = Limits { layers: 3, fetched: 30, config: 5, ..Limits::default() };
	assert!(image(manifest(3)).check(&limits).is_ok());
	assert!(image(manifest(4)).check(&limits).is_err());
	let mut heavy = manifest(2);
	heavy["layers"][0]["size"] = json!(u64::MAX);
	assert!(image(heavy).check(&limits).is_err());
	let mut wordy = manifest(1);
	wordy["config"]["size"] = json!(6);
	assert!(image(wordy).check(&limits).is_err());
}

fn config(layers: usize) -> Value {
	let here = Platform::here();
	json!({
		"architecture": here.architecture, "os": here.os,
		"config": { "Env": ["A=b"], "Cmd": null, "Entrypoint": ["/init"], "WorkingDir": "" },
		"rootfs": { "type": "layers", "diff_ids": vec![Digest([9; 32]); layers] },
		"history": [{ "created_by": "someone" }],
	})
}

fn read(value: Value, layers: usize) -> Result<(Run, Vec<Digest>), String> {
	Config::parse(value.to_string().as_bytes(), &image(manifest(layers)), &Platform::here())
		.map_err(|error| error.to_string())
}

#[test]
fn a_config_says_how_to_run_the_image() {
	let (run, layers) = read(config(2), 2).expect("it is well formed");
	assert_eq!(layers.len(), 2);
	let run = run.into_config();
	assert_eq!(run.env, ["A=b"]);
	assert_eq!(run.entrypoint, ["/init"]);
	assert!(run.cmd.is_empty());
	assert_eq!((run.working_dir, run.user), (None, None));

	let mut bare = config(0);
	bare["config"] = json!(null);
	assert!(read(bare, 0).is_ok());
}

#[test]
fn a_config_fits_the_manifest_and_the_machine() {
	assert!(read(config(1), 2).expect_err("a layer is missing").contains("1 layers"));
	let mut foreign = config(1);
	foreign["architecture"] = json!("s390x");
	assert!(read(foreign, 1).expect_err("another machine").contains("linux/s390x"));
	let mut rootless = config(1);
	rootless["rootfs"]["type"] = json!("disk");
	assert!(read(rootless, 1).is_err());
}

#[test]
fn only_known_layers_are_unpacked() {
	let of = |name: &str| Packing::of(name).ok();
	assert_eq!(of("application/vnd.oci.image.layer.v1.tar"), Some(Packing::Plain));
	assert_eq!(of("application/vnd.oci.image.layer.v1.tar+gzip"), Some(Packing::Gzip));
	assert_eq!(of("application/vnd.oci.image.layer.v1.tar+zstd"), Some(Packing::Zstd));
	assert_eq!(of("application/vnd.docker.image.rootfs.diff.tar.gzip"), Some(Packing::Gzip));
	assert_eq!(of("application/vnd.oci.image.layer.v1.tar+gzip+encrypted"), None);
}
