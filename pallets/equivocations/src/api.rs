use crate::Proof;
use sp_consensus_aura::sr25519::AuthorityId;
use sp_runtime::{traits::Block as BlockT, OpaqueValue};

sp_api::decl_runtime_apis! {
	/// How a node reports two blocks of one author for one slot.
	pub trait EquivocationsApi {
		/// A proof of who owns this key in the present session.
		fn prove_key_owner(author: AuthorityId) -> Option<OpaqueValue>;

		/// Offer a report to this node's own transaction pool.
		fn submit_report(
			proof: Proof<<Block as BlockT>::Header>,
			key_owner_proof: OpaqueValue,
		) -> Option<()>;
	}
}
