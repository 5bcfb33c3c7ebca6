mod availability;
mod capacity;
mod farming;
mod finding;
mod free_of_charge;
mod joining;
mod random_calls;
mod world;
