mod identities;
mod terms;
mod world;
