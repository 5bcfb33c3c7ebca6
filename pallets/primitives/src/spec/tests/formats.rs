//! Specs as people write them.

use super::*;
use crate::{
	approval::{Action, Question},
	ip::{Ip, IpVersion},
	query::{NodeFilter, NodeState, NodeSummary, Tenancy},
};
use alloc::string::{String, ToString};
use serde_json::{from_value, json, to_value, Value};

const STORY: &str = r#"
version: 1
workloads:
  - name: net
    kind: network
    range: 10.1.0.0/16
    ula: "0x0102030405"
    subnet: 10.1.2.0/24
    port: 51820
    egress: full
    forwards:
      - { protocol: tcp, port: 443, to: web, to_port: 8443 }
    access:
      - name: laptop
        public_key: "0909090909090909090909090909090909090909090909090909090909090909"
        ip: 10.1.2.9
  - name: data
    kind: volume
    size: 1073741824
    disk: ssd
  - name: index
    kind: zdb
    size: 1099511627776
    disk: hdd
    mode: user
    password: "0x07070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707"
    networks:
      - { network: net, ip: 10.1.2.3 }
  - name: web
    kind: container
    image:
      reference: registry.example:5000/team/app
      digest: sha256:abababababababababababababababababababababababababababababababab
    signer: "0x3059"
    cpu: 500
    memory: 67108864
    root: 1073741824
    command: [/bin/sh, -c]
    args: ["serve\n--fast"]
    env:
      - { name: LOG_LEVEL, value: info }
    secrets:
      - variable: DB_PASSWORD
        sealed: "0x07070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707"
      - file: /etc/tls/key.pem
        sealed: "0x07070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707"
    mounts:
      - { volume: data, path: /var/lib/data, read_only: true }
    networks:
      - { network: net, ip: 10.1.2.2 }
    restart: on-failure:3
    log: node:65536
"#;

fn json() -> Value {
	to_value(Story::new().spec()).expect("it can be written")
}

/// Why a spec is not read.
fn refused(change: impl FnOnce(&mut Value)) -> String {
	let mut json = json();
	change(&mut json);
	from_value::<Spec>(json).expect_err("it is refused").to_string()
}

#[test]
fn a_spec_is_read_as_people_write_it() {
	let spec: Spec = serde_saphyr::from_str(STORY).expect("it can be read");
	assert_eq!(spec, Story::new().spec());
}

#[test]
fn a_spec_is_written_as_people_read_it() {
	let web = &json()["workloads"][WEB as usize];
	assert_eq!(web["kind"], "container");
	assert_eq!(web["image"]["digest"], format!("sha256:{}", "ab".repeat(32)));
	assert_eq!(web["signer"], "0x3059");
	assert_eq!(web["restart"], "on-failure:3");
	assert_eq!(web["networks"], json!([{ "network": "net", "ip": "10.1.2.2" }]));
	let bare = to_value(workload("bare", Kind::Container(container()))).expect("it can be written");
	for left_out in ["signer", "command", "args", "env", "secrets", "mounts", "networks"] {
		assert_eq!(bare.get(left_out), None, "{left_out}");
	}
}

#[test]
fn what_is_misspelt_is_refused_everywhere() {
	let objects = |json: &Value| {
		fn walk(at: String, json: &Value, found: &mut Vec<String>) {
			match json {
				Value::Object(fields) => {
					for (name, value) in fields {
						walk(format!("{at}/{name}"), value, found);
					}
					found.push(at);
				},
				Value::Array(items) => {
					for (index, value) in items.iter().enumerate() {
						walk(format!("{at}/{index}"), value, found);
					}
				},
				_ => {},
			}
		}
		let mut found = Vec::new();
		walk(String::new(), json, &mut found);
		found
	};
	let all = objects(&json());
	assert_eq!(all.len(), 14, "{all:?}");
	for at in all {
		let told = refused(|json| {
			json.pointer_mut(&at).expect("it is there")["reed_only"] = json!(true);
		});
		assert!(told.contains("unknown field `reed_only`"), "{at}: {told}");
	}
}

#[test]
fn what_must_be_there_is_not_left_out() {
	for field in ["image", "cpu", "memory", "root", "restart", "log", "kind", "name"] {
		let told = refused(|json| {
			let web = json["workloads"][WEB as usize].as_object_mut().expect("an object");
			web.remove(field).expect("it is there");
		});
		assert!(told.contains(&format!("missing field `{field}`")), "{told}");
	}
}

#[test]
fn refusals_say_what_is_expected() {
	let web = |field: &'static str, value: Value| {
		refused(move |json| json["workloads"][WEB as usize][field] = value)
	};
	let long = web("name", json!("x".repeat(37)));
	assert_eq!(long, "a text has 37 bytes, and at most 36 fit");
	assert!(web("name", json!(7)).contains("a text, in quotes if it looks like a number"));
	assert!(web("signer", json!("0x1")).contains("pairs of the digits 0-9 and a-f"));
	assert!(web("signer", json!("zz")).contains("pairs of the digits 0-9 and a-f"));
	let wide = web("signer", json!("00".repeat(257)));
	assert_eq!(wide, "at most 256 bytes are wanted, and there are 257");
	assert!(web("restart", json!("sometimes")).contains("always, never, or on-failure:3"));
	assert!(web("restart", json!("on-failure:+3")).contains("always, never, or on-failure:3"));
	assert!(web("log", json!("node")).contains("discard, or node:65536"));
	assert!(web("kind", json!("vm")).contains("expected one of `network`, `volume`"));
	let image = |digest: &str| web("image", json!({ "reference": "a.b/c", "digest": digest }));
	assert!(image("abab").contains("begins with sha256:"));
	assert_eq!(image("sha256:abab"), "32 bytes are wanted, and there are 2");
	let address = web("networks", json!([{ "network": "net", "ip": "10.1.2" }]));
	assert!(address.contains("an address looks like 10.1.2.3"));
	let secret = |secret: Value| web("secrets", json!([secret]));
	let both = json!({ "variable": "A", "file": "/a", "sealed": "0x00" });
	assert!(secret(both).contains("a variable or a file, and not both"));
	assert!(secret(json!({ "sealed": "0x00" })).contains("a variable or a file, and not both"));
	let net = refused(|json| json["workloads"][0]["range"] = json!("10.1.0.0"));
	assert!(net.contains("as in 10.1.0.0/16"), "{net}");
	assert!(refused(|json| json["version"] = json!(2)).contains("version 2"));
}

#[test]
fn what_is_said_twice_is_refused() {
	let twice = |text: &str| serde_json::from_str::<Workload>(text).expect_err("it is refused");
	let size = r#"{"name":"a","kind":"volume","size":1,"size":2,"disk":"ssd"}"#;
	assert!(twice(size).to_string().contains("duplicate field `size`"));
	let name = r#"{"name":"a","name":"b","kind":"volume","size":1,"disk":"ssd"}"#;
	assert!(twice(name).to_string().contains("duplicate field `name`"));
	let kind = r#"{"name":"a","kind":"volume","kind":"zdb","size":1,"disk":"ssd"}"#;
	assert!(twice(kind).to_string().contains("duplicate field `kind`"));
}

#[test]
fn that_a_node_is_to_run_nothing_is_said() {
	let nothing = Change { node: 7, spec: None };
	let json = to_value(&nothing).expect("it can be written");
	assert_eq!(json, json!({ "node": 7, "spec": null }));
	assert_eq!(from_value::<Change>(json).expect("it can be read"), nothing);
	assert!(from_value::<Change>(json!({ "node": 7 })).is_err());
	let some = Change { node: 7, spec: Some(Story::new().spec()) };
	let json = to_value(&some).expect("it can be written");
	assert_eq!(from_value::<Change>(json).expect("it can be read"), some);
}

#[test]
fn a_fault_is_words_too() {
	let fault = Fault { workload: Some(3), reason: Reason::PathsOverlap };
	let json = to_value(fault).expect("it can be written");
	assert_eq!(json, json!({ "workload": 3, "reason": "paths-overlap" }));
	assert_eq!(from_value::<Fault>(json).expect("it can be read"), fault);
}

#[test]
fn what_is_wanted_of_a_node_is_as_short_as_possible() {
	let all: NodeFilter = from_value(json!({})).expect("it can be read");
	assert_eq!(all, NodeFilter::default());
	let json = json!({
		"free": { "cru": 2000 },
		"country": "BE",
		"tenancy": "rented-by:7",
		"state": "open",
	});
	let filter: NodeFilter = from_value(json).expect("it can be read");
	let expected = NodeFilter {
		free: Capacity { cru: 2_000, ..Capacity::ZERO },
		country: Some(*b"BE"),
		tenancy: Some(Tenancy::RentedBy(7)),
		state: Some(NodeState::Open),
		..Default::default()
	};
	assert_eq!(filter, expected);
	let again = to_value(&filter).expect("it can be written");
	assert_eq!(from_value::<NodeFilter>(again).expect("it can be read"), expected);
	for bad in [json!({ "contry": "BE" }), json!({ "country": "be" }), json!({ "country": "BEL" })]
	{
		assert!(from_value::<NodeFilter>(bad.clone()).is_err(), "{bad}");
	}
}

#[test]
fn the_other_words_come_back() {
	let node = NodeSummary {
		node: 1,
		farm: 2,
		country: *b"EG",
		state: NodeState::Maintenance,
		online: true,
		certified: false,
		tenant: None,
		offered: Capacity { cru: 8_000, ..Capacity::ZERO },
		free: Capacity::ZERO,
		available_seconds: 9,
	};
	let json = to_value(&node).expect("it can be written");
	assert_eq!((&json["country"], &json["state"]), (&json!("EG"), &json!("maintenance")));
	assert_eq!(from_value::<NodeSummary>(json).expect("it can be read"), node);

	let asked = Question { action: Action::AmendPolicy, subject: 7, revision: 1, content: [1; 32] };
	let json = to_value(asked).expect("it can be written");
	assert_eq!(json["action"], "amend-policy");
	assert_eq!(json["content"], format!("0x{}", "01".repeat(32)));
	assert_eq!(from_value::<Question>(json).expect("it can be read"), asked);

	assert_eq!(to_value(IpVersion::V6).expect("it can be written"), "v6");
	assert_eq!(to_value(Ip::V4([10, 1, 2, 3])).expect("it can be written"), "10.1.2.3");
}
