//! Programs that were made for redis.

use crate::world::{open, run, Builder, Talk};
use redis::Commands;
use std::process::Command;

#[test]
fn redis_cli() {
	let server = open();
	let cli = |arguments: &[&str]| {
		let port = server.address.port().to_string();
		run(Command::new("redis-cli").args(["-p", &port]).args(arguments)).trim().to_string()
	};
	assert_eq!(cli(&["ping"]), "PONG");
	assert_eq!(cli(&["set", "key", "value"]), "key");
	assert_eq!(cli(&["get", "key"]), "value");
	assert_eq!(cli(&["dbsize"]), "1");
	assert!(cli(&["command", "count"]).parse::<u32>().is_ok_and(|count| count > 20));
	assert!(cli(&["info", "server"]).contains("redis_version:"));
	assert_eq!(cli(&["config", "get", "append*"]).lines().count(), 4);
	assert_eq!(cli(&["hello", "3"]), "NOPROTO unsupported protocol version");
	assert_eq!(cli(&["flushall"]), "Command not supported");
	let socket = server.socket.display().to_string();
	let said = run(Command::new("redis-cli").args(["-s", &socket, "get", "key"]));
	assert_eq!(said.trim(), "value");
}

const PYTHON: &str = r#"
import hashlib, sys, redis
port, socket = int(sys.argv[1]), sys.argv[2]
for client in (redis.Redis(port=port), redis.Redis(unix_socket_path=socket)):
    # 0-db answers OK, where redis tells how many keys it deleted.
    client.set_response_callback("DEL", lambda answer: answer == b"OK")
    assert client.ping()
    client.execute_command("SET", "key", b"\x00\xff value")
    assert client.get("key") == b"\x00\xff value"
    assert client.get("other") is None
    assert client.exists("key") == 1
    assert client.dbsize() == 1
    assert client.info()["connected_clients"] >= 1
    assert client.config_get("appendonly") == {"appendonly": "yes"}
    assert client.echo("hello") == b"hello"
    assert client.time()[0] > 1600000000
    assert client.client_setname("python") and client.client_getname() == "python"
    with client.pipeline(transaction=False) as pipe:
        for number in range(20000):
            pipe.execute_command("SET", "key-%d" % number, "v" * (number % 100 + 1))
            pipe.get("key-%d" % number)
        answers = pipe.execute()
    assert answers[1::2] == [b"v" * (number % 100 + 1) for number in range(20000)]
    for number in range(20000):
        assert client.delete("key-%d" % number)
    assert client.dbsize() == 1
    try:
        client.execute_command("SET", "k" * 256, "value")
        assert False
    except redis.ResponseError as error:
        assert str(error) == "Key too large"
    client.execute_command("DEL", "key")
print("ok")
"#;

#[test]
fn redis_py() {
	let server = open();
	let said = run(Command::new("/usr/bin/python3")
		.args(["-c", PYTHON, &server.address.port().to_string()])
		.arg(&server.socket));
	assert_eq!(said, "ok\n");
}

#[test]
fn the_redis_crate() {
	let server = Builder::new().admin("root").start();
	let url = format!("redis://:root@{}", server.address);
	let mut connection = redis::Client::open(url).unwrap().get_connection().unwrap();
	let () = redis::cmd("NSNEW").arg("photos").query(&mut connection).unwrap();
	let () = redis::cmd("SELECT").arg("photos").query(&mut connection).unwrap();
	let key: String = connection.set("key", "value").unwrap();
	assert_eq!(key, "key");
	let value: Option<Vec<u8>> = connection.get("key").unwrap();
	assert_eq!(value.as_deref(), Some(b"value".as_slice()));
	let missing: Option<Vec<u8>> = connection.get("other").unwrap();
	assert_eq!(missing, None);
	let mut pipe = redis::pipe();
	for number in 0..1000 {
		pipe.set(number, format!("value-{number}")).ignore().get(number);
	}
	let values: Vec<String> = pipe.query(&mut connection).unwrap();
	assert_eq!(values[999], "value-999");
}

#[test]
fn redis_benchmark() {
	let server = open();
	let said = run(Command::new("redis-benchmark").args([
		"-p",
		&server.address.port().to_string(),
		"-t",
		"ping,set,get,mget",
		"-n",
		"20000",
		"-r",
		"100000",
		"-P",
		"16",
		"-q",
	]));
	assert!(!said.contains("WARN") && !said.contains("rror"), "{said}");
	let mut client = server.client();
	let count = client.say("DBSIZE");
	assert!(
		count.trim_start_matches(':').parse::<u32>().is_ok_and(|count| count > 10_000),
		"{count}"
	);
}
