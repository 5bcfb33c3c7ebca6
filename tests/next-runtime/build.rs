//! Builds this crate, which is the runtime under its next number, as WebAssembly.

fn main() {
	#[cfg(feature = "std")]
	{
		share_dependencies();
		substrate_wasm_builder::WasmBuilder::build_using_defaults();
	}
}

/// Have the dependencies that the runtime was built of serve its next version too: both are built in one
/// target folder, which cargo locks. Each of them would compile its own.
#[cfg(feature = "std")]
fn share_dependencies() {
	use std::{env, fs, os::unix::fs::symlink, path::Path};

	let out = env::var("OUT_DIR").expect("cargo sets it");
	// `<profile>/build/<package>/out`
	let profile = Path::new(&out).ancestors().nth(3).expect("cargo's folders are that deep");
	let all = profile.join("wbuild");
	let (ours, theirs) =
		(all.join("grid-next-runtime/target"), Path::new("../grid-runtime/target"));
	fs::create_dir_all(all.join("grid-runtime/target")).expect("the target folder can be written");
	fs::create_dir_all(all.join("grid-next-runtime")).expect("the target folder can be written");
	if fs::read_link(&ours).is_ok_and(|there| there == theirs) {
		return;
	}
	// A link that leads elsewhere, or a folder of its own, from before.
	let _ = fs::remove_file(&ours).or_else(|_| fs::remove_dir_all(&ours));
	symlink(theirs, ours).expect("the target folder knows links");
}
