//! Containers and volumes on a real machine, as root, with a real OCI runtime.

mod crashes;
mod escapes;
mod images;
mod limits;
mod logs;
mod many;
mod secrets;
mod starting;
mod strays;
mod volumes;
mod world;
