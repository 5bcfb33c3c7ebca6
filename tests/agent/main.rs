//! The life of an agent: a real chain, the real agent, and a real registry. Each story judges what a
//! user, a farmer, or whoever looks at the machine would notice.

mod images;
mod lifetime;
mod silence;
