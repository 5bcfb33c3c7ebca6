use alloc::borrow::Cow;
use sp_version::RuntimeVersion;

macro_rules! version {
	($spec_version:tt) => {
		/// Which runtime this is.
		#[sp_version::runtime_version]
		pub const VERSION: RuntimeVersion = RuntimeVersion {
			spec_name: Cow::Borrowed("grid"),
			impl_name: Cow::Borrowed("grid-node"),
			authoring_version: 1,
			spec_version: $spec_version,
			impl_version: 1,
			apis: crate::apis::RUNTIME_API_VERSIONS,
			transaction_version: 1,
			system_version: 1,
		};
	};
}

#[cfg(not(feature = "next-version"))]
version!(1);
#[cfg(feature = "next-version")]
version!(2);
