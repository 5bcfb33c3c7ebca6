//! Several machines as one: namespaces, with a router between them.
//!
//! - [`Internet`]: a router, and what hangs on it;
//! - [`Space`]: a machine, as far as its network goes;
//! - [`within`]: doing something there;
//! - [`pings`], [`hears`], [`resolve`]: who is reached from there;
//! - [`Flow`] and [`pass`]: streams, endless or long.

mod internet;
mod reach;
mod space;
mod stream;

pub use internet::Internet;
pub use reach::{greeter, hears, pings, resolve};
pub use space::{run_line, tried, within, Space};
pub use stream::{pass, Flow};
