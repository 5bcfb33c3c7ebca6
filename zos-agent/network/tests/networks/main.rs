//! Stories of private networks, on hosts that are namespaces of this machine. They run as root.

mod isolation;
mod joining;
mod many;
mod names;
mod surviving;
mod two_nodes;
mod ways;
mod world;
