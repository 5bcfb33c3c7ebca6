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
	let (theirs, ours) = ("wbuild/grid-runtime/target", "wbuild/grid-next-runtime/target");
	fs::create_dir_all(profile.join(theirs)).expect("the target folder can be written");
	let ours = profile.join(ours);
	if ours.is_symlink() {
		return;
	}
	fs::create_dir_all(ours.parent().expect("it is in a folder"))
		.expect("the target folder can be written");
	// One of its own, from before.
	let _ = fs::remove_dir_all(&ours);
	symlink(profile.join(theirs), ours).expect("the target folder knows links");
}
