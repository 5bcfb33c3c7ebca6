use alloc::borrow::Cow;
use sp_version::RuntimeVersion;

/// Which runtime this is.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("grid"),
	impl_name: Cow::Borrowed("grid-node"),
	authoring_version: 1,
	spec_version: 1,
	impl_version: 1,
	apis: crate::apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

/// The version of the runtime that was compiled in.
#[cfg(feature = "std")]
pub fn native_version() -> RuntimeVersion {
	VERSION
}
