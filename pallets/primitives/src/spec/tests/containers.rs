//! Containers: their size, and what they are told.

use super::*;

#[test]
fn containers_are_neither_tiny_nor_boundless() {
	for cpu in [10, 1_000_000] {
		assert_eq!(with(|it| it.web.cpu = cpu), Ok(()));
	}
	for cpu in [0, 9, 1_000_001, u32::MAX] {
		assert_eq!(with(|it| it.web.cpu = cpu), fault(WEB, Reason::BadSize));
	}
	for memory in [4 << 20, 64 << 40] {
		assert_eq!(with(|it| it.web.memory = memory), Ok(()));
	}
	for memory in [0, (4 << 20) - 1, (64 << 40) + 1, u64::MAX] {
		assert_eq!(with(|it| it.web.memory = memory), fault(WEB, Reason::BadSize));
	}
}

#[test]
fn a_log_is_not_boundless() {
	let log = |bytes| with(|it| it.web.log = LogTarget::Node(bytes));
	assert_eq!((log(1 << 30), log(0)), (Ok(()), Ok(())));
	assert_eq!(log((1 << 30) + 1), fault(WEB, Reason::BadSize));
	assert_eq!(with(|it| it.web.log = LogTarget::Discard), Ok(()));
}

#[test]
fn a_signer_has_a_key() {
	assert_eq!(with(|it| it.web.signer = None), Ok(()));
	assert_eq!(with(|it| it.web.signer = Some(list([]))), fault(WEB, Reason::BadKey));
}

#[test]
fn texts_are_utf8_without_nul() {
	let bad = fault(WEB, Reason::BadText);
	for (content, found) in [("", Ok(())), ("a\n\t\x1b[1m", Ok(())), ("ä", Ok(())), ("a\0b", bad)]
	{
		assert_eq!(with(|it| it.web.command = list([text(content)])), found, "{content:?}");
		assert_eq!(with(|it| it.web.args = list([text(content)])), found, "{content:?}");
		assert_eq!(with(|it| it.web.env = list([variable("A", content)])), found, "{content:?}");
	}
	assert_eq!(with(|it| it.web.command[0] = Text(list([0xff]))), bad);
	assert_eq!(with(|it| it.web.args[0] = Text(list([0xff]))), bad);
	assert_eq!(with(|it| it.web.env[0].value = Text(list([0xff]))), bad);
}

#[test]
fn variables_have_proper_names() {
	let open = |name: &str| with(|it| it.web.env = list([variable(name, "")]));
	let sealed =
		|name: &str| with(|it| it.web.secrets = list([secret(Delivery::Variable(text(name)))]));
	for good in ["A", "_", "a", "PATH_2", "_1"] {
		assert_eq!((open(good), sealed(good)), (Ok(()), Ok(())), "{good}");
	}
	let bad = fault(WEB, Reason::BadVariable);
	for name in ["", "1", "1A", "A-B", "A.B", "A=B", "A B", "Ä", "A\0"] {
		assert_eq!((open(name), sealed(name)), (bad, bad), "{name:?}");
	}
}

#[test]
fn a_variable_is_set_once() {
	let bad = fault(WEB, Reason::BadVariable);
	let twice = with(|it| it.web.env = list([variable("A", "1"), variable("A", "2")]));
	assert_eq!(twice, bad);
	assert_eq!(with(|it| it.web.env = list([variable("DB_PASSWORD", "open")])), bad);
	let one = || secret(Delivery::Variable(text("KEY")));
	assert_eq!(with(|it| it.web.secrets = list([one(), one()])), bad);
	assert_eq!(with(|it| it.web.env = list([variable("A", "1"), variable("a", "2")])), Ok(()));
}

#[test]
fn secrets_are_sealed() {
	for delivery in [Delivery::Variable(text("A")), Delivery::File(text("/a"))] {
		let with_sealed = |sealed| {
			let delivery = delivery.clone();
			with(|it| it.web.secrets = list([Secret { delivery, sealed }]))
		};
		assert_eq!(with_sealed(sealed(1)), Ok(()));
		for short in [sealed(0), Sealed::default()] {
			assert_eq!(with_sealed(short), fault(WEB, Reason::BadSecret));
		}
	}
}
