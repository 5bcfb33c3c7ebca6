//! The few things of Linux that networks are made of.

pub(crate) mod firewall;
pub(crate) mod links;
pub(crate) mod namespace;
pub(crate) mod passing;
pub(crate) mod ports;
pub(crate) mod rules;
