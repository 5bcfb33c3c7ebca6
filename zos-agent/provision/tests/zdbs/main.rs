//! Namespaces of a real zdb server, reached from real network namespaces, as root.

mod failing;
mod living;
mod rights;
mod tenants;
mod world;
