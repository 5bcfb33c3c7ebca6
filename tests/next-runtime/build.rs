//! Builds this crate, which is the runtime under its next number, as WebAssembly.

fn main() {
	#[cfg(feature = "std")]
	substrate_wasm_builder::WasmBuilder::build_using_defaults();
}
