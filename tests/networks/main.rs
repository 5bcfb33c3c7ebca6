//! Private networks as users see them: a real chain, and a real agent on each of several machines,
//! which are namespaces with a router between them.

mod joining;
mod joint;
mod moving;
mod nodes;
mod survives;
