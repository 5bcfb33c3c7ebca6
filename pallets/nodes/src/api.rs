//! What agents and user interfaces ask of the runtime.

use grid_primitives::{
	query::{NodeFilter, NodePage},
	NodeId,
};

sp_api::decl_runtime_apis! {
	/// Looks for nodes.
	pub trait NodesApi {
		/// Some of the nodes that a filter lets through, after `after`: at most `limit`, and 100.
		/// There may be more while `next` says where to go on.
		fn find_nodes(filter: NodeFilter, after: Option<NodeId>, limit: u32) -> NodePage;
	}
}
