//! Stories across processes: each starts the real node and judges what a user would notice.

mod agent;
mod bad_input;
mod billing;
mod contracts;
mod dev_chain;
mod equivocation;
mod fifth_validator;
mod governed_by_council;
mod light_client;
mod losing_validators;
mod registry;
mod runtime_upgrade;
mod silent_validator;
mod testnet_spec;
mod wallet;
