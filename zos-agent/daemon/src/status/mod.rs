//! How it goes: what runs, and why something does not. Told through a unix socket, to who has the
//! machine. Nothing can be commanded there.

mod contract;
mod failure;
mod server;
mod table;
mod view;

pub use contract::{ContractStatus, Usage, WorkloadStatus};
pub use failure::FailureStatus;
pub(crate) use server::PAGE;
pub use server::{ask, serve, Answer, AskError, Question, SOCKET};
pub use table::table;
pub use view::{AgentStatus, Snapshot, Status, View};
