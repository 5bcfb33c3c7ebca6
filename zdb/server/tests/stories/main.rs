//! Stories of clients and operators, told to a real server by real clients.

mod control;
mod crowd;
mod disk_full;
mod garbage;
mod half_open;
mod kill_nine;
mod modes;
mod namespaces;
mod operations;
mod pipelining;
mod protected;
mod real_clients;
mod replicas;
mod slow_reader;
mod tools;
mod waiting;
mod walks;
mod world;
mod zero_db;
