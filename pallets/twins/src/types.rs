use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A digital identity.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Twin<AccountId, Relay, Ticket> {
	/// Whose it is.
	pub account: AccountId,
	/// Where messages for it are taken.
	pub relay: Option<Relay>,
	/// The X25519 key to which secrets for it are sealed.
	pub encryption_key: [u8; 32],
	/// How many farms and contracts need it.
	pub attached: u32,
	/// The deposit.
	pub deposit: Ticket,
}

/// That somebody accepted the terms.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Acceptance<Hash, Ticket> {
	/// The hash of what was accepted.
	pub terms: Hash,
	/// The deposit.
	pub deposit: Ticket,
}
