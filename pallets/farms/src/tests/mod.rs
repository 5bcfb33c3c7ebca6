mod addresses;
mod farming;
mod handover;
mod random_calls;
mod world;
