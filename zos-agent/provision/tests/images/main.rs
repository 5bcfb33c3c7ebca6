//! Images on a real disk, from a real registry and from such as nobody should meet. As root.

mod hostile_archives;
mod hostile_registries;
mod kills;
mod layers;
mod node;
mod pulls;
mod random_archives;
mod room;
mod signatures;
