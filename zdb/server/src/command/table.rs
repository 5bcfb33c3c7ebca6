/// A command of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Command {
	Get,
	Set,
	Del,
	Exists,
	MGet,
	Ping,
	Select,
	Auth,
	Check,
	ClientInfo,
	Config,
	DbSize,
	Describe,
	Echo,
	Flush,
	Hello,
	History,
	Info,
	KeyCursor,
	KeyTime,
	Length,
	NsDel,
	NsInfo,
	NsList,
	NsNew,
	NsSet,
	Quit,
	ReplicaOf,
	Replicate,
	ReverseScan,
	Scan,
	Scrub,
	Stop,
	Time,
	Wait,
}

/// A row: the name, how many words a request has with its name (less than zero: so many at least),
/// and what redis clients are told of it.
pub(super) struct Row {
	pub(super) name: &'static str,
	pub(super) command: Command,
	pub(super) arity: i64,
	pub(super) flag: &'static str,
}

const fn row(name: &'static str, command: Command, arity: i64, flag: &'static str) -> Row {
	Row { name, command, arity, flag }
}

/// All commands. What is used most comes first: they are looked for in this order.
pub(super) const TABLE: &[Row] = &[
	row("GET", Command::Get, 2, "readonly"),
	row("SET", Command::Set, -3, "write"),
	row("DEL", Command::Del, -2, "write"),
	row("EXISTS", Command::Exists, 2, "readonly"),
	row("MGET", Command::MGet, -2, "readonly"),
	row("PING", Command::Ping, -1, "fast"),
	row("SETX", Command::Set, -3, "write"),
	row("SELECT", Command::Select, -2, "fast"),
	row("AUTH", Command::Auth, -2, "fast"),
	row("CHECK", Command::Check, 2, "readonly"),
	row("CLIENT", Command::ClientInfo, -2, "fast"),
	row("COMMAND", Command::Describe, -1, "fast"),
	row("CONFIG", Command::Config, -2, "fast"),
	row("DBSIZE", Command::DbSize, 1, "readonly"),
	row("ECHO", Command::Echo, 2, "fast"),
	row("FLUSH", Command::Flush, 1, "write"),
	row("HELLO", Command::Hello, -1, "fast"),
	row("HISTORY", Command::History, -2, "readonly"),
	row("INFO", Command::Info, -1, "fast"),
	row("KEYCUR", Command::KeyCursor, 2, "readonly"),
	row("KEYTIME", Command::KeyTime, 2, "readonly"),
	row("LENGTH", Command::Length, 2, "readonly"),
	row("NSDEL", Command::NsDel, 2, "admin"),
	row("NSINFO", Command::NsInfo, 2, "fast"),
	row("NSLIST", Command::NsList, 1, "fast"),
	row("NSNEW", Command::NsNew, 2, "admin"),
	row("NSSET", Command::NsSet, 4, "admin"),
	row("QUIT", Command::Quit, 1, "fast"),
	row("REPLICAOF", Command::ReplicaOf, 3, "admin"),
	row("REPLICATE", Command::Replicate, -2, "admin"),
	row("RSCAN", Command::ReverseScan, -1, "readonly"),
	row("SCAN", Command::Scan, -1, "readonly"),
	row("SCANX", Command::Scan, -1, "readonly"),
	row("SCRUB", Command::Scrub, 1, "admin"),
	row("STOP", Command::Stop, 1, "admin"),
	row("TIME", Command::Time, 1, "fast"),
	row("WAIT", Command::Wait, -2, "fast"),
];

/// The row of a command that a client names in whatever case.
#[inline]
pub(super) fn find(name: &[u8]) -> Option<&'static Row> {
	TABLE.iter().find(|row| name.eq_ignore_ascii_case(row.name.as_bytes()))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn names_are_exact_in_any_case() {
		assert_eq!(find(b"gEt").map(|row| row.command), Some(Command::Get));
		assert!(find(b"G").is_none() && find(b"GETT").is_none() && find(b"").is_none());
	}

	#[test]
	fn no_name_is_there_twice() {
		for row in TABLE {
			assert!(find(row.name.as_bytes()).is_some_and(|found| std::ptr::eq(found, row)));
		}
	}
}
