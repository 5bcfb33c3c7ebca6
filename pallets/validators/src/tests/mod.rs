mod governed;
mod offences;
mod random_calls;
mod silence;
mod world;
