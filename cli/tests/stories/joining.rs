//! A device of a user that joins a private network.

use crate::world::{manifest, World};

#[test]
fn a_laptop_has_a_key_an_address_and_is_told_when_it_cannot_join() {
	let world = World::with_nodes(1);
	world.does("//Bob", &["twin", "create"]);
	let file = world.path("laptop.key").display().to_string();
	let key = world.asks("//Bob", &["network", "key", &file])["key"].clone();
	let key = key.as_str().expect("a text").to_string();
	let (code, why) = world.fails("//Bob", &["network", "key", &file]);
	assert_eq!(code, 3, "no key is written over: {why}");

	let devices = format!("10.10.0.0/16, devices: {{ laptop: {{ key: {key}, near: web }} }}");
	let text = manifest(1, "none").replace("10.10.0.0/16", &devices);
	let shop = world.write("shop.yaml", &text);
	world.does("//Bob", &["apply", &shop]);
	world.does("//Bob", &["plan", &shop, "--exit-code"]);
	let joined = world.asks("//Bob", &["network", "devices", "1"]);
	assert_eq!((&joined[0]["device"], &joined[0]["key"]), (&"laptop".into(), &key.into()));

	let (code, why) = world.fails("//Bob", &["network", "access", "1", "tv"]);
	assert_eq!(code, 7, "{why}");
	world.does("//Bob", &["network", "key", &world.path("other.key").display().to_string()]);
	let other = world.path("other.key").display().to_string();
	let access = ["network", "access", "1", "laptop", "--key-file"];
	let (code, why) = world.fails("//Bob", &[&access[..], &[&other]].concat());
	assert_eq!(code, 3, "{why}");
	assert!(why.contains("is not that of laptop"), "{why}");
	// Simulated nodes cannot be reached, and say so.
	let (code, why) = world.fails("//Bob", &[&access[..], &[&file]].concat());
	assert_eq!(code, 8, "{why}");
	assert!(why.contains("let the device join at another node"), "{why}");
}
