//! The traits through which a machine is changed and a chain is heard.
//!
//! Those of the machine are synchronous: they are called from threads that may block. Each verb is
//! idempotent: what is there already is left as it is, what is gone already is no error, and what
//! was interrupted at any point is completed when the verb is called again. `list` reads the
//! machine, never a memory of what was done; it tells all that bears a name of this agent, parts
//! of things too, so that whatever nobody wants is found.

mod chain;
mod containers;
mod error;
mod images;
mod networks;
mod volumes;
mod zdbs;

pub use chain::{Call, Chain, ChainError, Head, Submitted};
pub use containers::{
	Bind, ContainerFound, ContainerOrder, ContainerState, Containers, Crashes, Exit, LogFrom,
	LogLine, LogPage, LogStream, OpenSecret,
};
pub use error::{Cancel, Fault, PortError};
pub use images::{ImageConfig, ImageDigest, Images, Unpacked};
pub use networks::{Attached, NetworkFound, NetworkOrder, Networks};
pub use volumes::{VolumeFound, Volumes};
pub use zdbs::{ZdbFound, ZdbOrder, ZdbUsage, Zdbs};
