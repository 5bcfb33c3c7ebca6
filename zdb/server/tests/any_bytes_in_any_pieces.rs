//! Clients send what they like, and the network cuts it where it likes.

use proptest::{collection::vec, prelude::*};
use zdb::resp::{Parser, ProtocolError, Step, MAX_ARGUMENTS, MAX_BULK, MAX_LINE};

type Command = Vec<Vec<u8>>;

/// What a stream amounts to: its commands, and how it ends.
#[derive(Debug, PartialEq)]
struct Heard {
	commands: Vec<Command>,
	error: Option<ProtocolError>,
	/// What is left of it, when it is not an error.
	rest: usize,
}

/// Feed `pieces` as the server does: what is not executed is kept and shown again with more.
fn hear<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Heard {
	let mut parser = Parser::new();
	let mut kept = Vec::new();
	let mut commands = Vec::new();
	let mut promised = 0;
	for piece in pieces {
		kept.extend_from_slice(piece);
		let mut used = 0;
		loop {
			let bytes = &kept[used..];
			match parser.step(bytes) {
				Ok(Step::Command { length }) => {
					assert!(length > 0 && length <= bytes.len(), "it ends within the bytes");
					assert!(bytes.len() >= promised, "it was not whole before the bytes it lacked");
					let args: Command = parser.args(bytes).iter().map(<[u8]>::to_vec).collect();
					if !args.is_empty() {
						commands.push(args);
					}
					parser.reset();
					used += length;
					promised = 0;
				},
				Ok(Step::Incomplete { missing }) => {
					assert!(missing > 0, "it lacks something");
					promised = bytes.len() + missing;
					break;
				},
				Err(error) => return Heard { commands, error: Some(error), rest: 0 },
			}
		}
		kept.drain(..used);
	}
	Heard { commands, error: None, rest: kept.len() }
}

fn encode(command: &[Vec<u8>]) -> Vec<u8> {
	let mut bytes = format!("*{}\r\n", command.len()).into_bytes();
	for argument in command {
		bytes.extend(format!("${}\r\n", argument.len()).bytes());
		bytes.extend(argument);
		bytes.extend(b"\r\n");
	}
	bytes
}

/// Bytes that look like the protocol more often than chance has it.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
	let token = prop_oneof![
		Just(b"*".to_vec()),
		Just(b"$".to_vec()),
		Just(b"\r\n".to_vec()),
		Just(b"\n".to_vec()),
		Just(b"\r".to_vec()),
		Just(b"-1".to_vec()),
		Just(b"$0\r\n\r\n".to_vec()),
		Just(b"*1\r\n$4\r\nPING\r\n".to_vec()),
		Just(b"*0\r\n".to_vec()),
		Just(b"GET key\r\n".to_vec()),
		Just(b"$8388609\r\n".to_vec()),
		Just(b"99999999999999999999".to_vec()),
		"[0-9]{1,3}".prop_map(String::into_bytes),
		vec(any::<u8>(), 0..12),
	];
	vec(token, 0..24).prop_map(|tokens| tokens.concat())
}

/// How many streams: `GRID_SOAK` asks for more.
fn cases() -> u32 {
	let soak = std::env::var("GRID_SOAK").ok().and_then(|it| it.parse::<u32>().ok());
	soak.map_or(2000, |storms| storms.saturating_mul(10_000))
}

proptest! {
	#![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

	#[test]
	fn what_was_sent_is_what_is_heard(
		sent in vec(vec(vec(any::<u8>(), 0..40), 1..6), 0..6),
	) {
		let bytes = sent.iter().flat_map(|command| encode(command)).collect::<Vec<_>>();
		let heard = hear([bytes.as_slice()]);
		prop_assert_eq!(heard, Heard { commands: sent, error: None, rest: 0 });
	}

	#[test]
	fn the_same_bytes_are_the_same_commands_however_they_are_cut(
		bytes in nearly(),
		cuts in vec(any::<prop::sample::Index>(), 0..8),
	) {
		let whole = hear([bytes.as_slice()]);
		let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
		cuts.sort_unstable();
		let mut start = 0;
		let mut pieces = Vec::new();
		for cut in cuts.into_iter().chain([bytes.len()]) {
			pieces.push(&bytes[start..cut]);
			start = cut;
		}
		prop_assert_eq!(&hear(pieces), &whole);
		prop_assert_eq!(&hear(bytes.chunks(1)), &whole);
	}

	#[test]
	fn a_flipped_bit_harms_no_more_than_its_stream(
		sent in vec(vec(vec(any::<u8>(), 0..20), 1..4), 1..4),
		place in any::<prop::sample::Index>(),
		bit in 0u8..8,
	) {
		let mut bytes = sent.iter().flat_map(|command| encode(command)).collect::<Vec<_>>();
		let place = place.index(bytes.len());
		bytes[place] ^= 1 << bit;
		prop_assert_eq!(hear([bytes.as_slice()]), hear(bytes.chunks(1)));
	}
}

#[test]
fn a_stream_is_the_same_with_any_one_cut() {
	let stream =
		b"*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$12\r\nline\r\n\r\n*1\r\n\r\n\r\nPING  now \r\n*0\r\n\
		*-1\r\n\n*2\r\n$3\r\nGET\r\n$0\r\n\r\nGET key\n";
	let whole = hear([stream.as_slice()]);
	assert_eq!(whole.commands.len(), 4);
	assert_eq!((whole.error, whole.rest), (None, 0));
	assert_eq!(whole.commands[0][2], b"line\r\n\r\n*1\r\n");
	assert_eq!(whole.commands[1], [b"PING".to_vec(), b"now".to_vec()]);
	for cut in 0..=stream.len() {
		assert_eq!(hear([&stream[..cut], &stream[cut..]]), whole, "cut at {cut}");
	}
}

#[test]
fn what_is_no_command_is_refused_before_it_costs_anything() {
	let error = |bytes: &[u8]| hear([bytes]).error;
	assert_eq!(error(b"*1\r\n$8388609\r\n"), Some(ProtocolError::TooBig));
	assert_eq!(error(b"*1\r\n$-1\r\n"), Some(ProtocolError::StringExpected));
	assert_eq!(error(b"*1\r\n:1\r\n"), Some(ProtocolError::StringExpected));
	assert_eq!(error(b"*1\r\n$1\r\nabc"), Some(ProtocolError::StringExpected));
	assert_eq!(error(b"*1025\r\n"), Some(ProtocolError::TooManyArguments));
	assert_eq!(error(b"*x\r\n"), Some(ProtocolError::Malformed));
	assert_eq!(error(b"*\r\n"), Some(ProtocolError::Malformed));
	assert_eq!(error(b"*11111111111111111111"), Some(ProtocolError::Malformed));
	assert_eq!(error(b"\x16\x03\x01\x02\x00\n"), Some(ProtocolError::Malformed));
	assert_eq!(error(b"POST / HTTP/1.1\r\n"), Some(ProtocolError::Malformed));
	assert_eq!(error(&vec![b'a'; MAX_LINE + 1]), Some(ProtocolError::Malformed));
	assert_eq!(error(&vec![b'a'; MAX_LINE]), None);
}

#[test]
fn the_largest_command_is_heard_and_only_looked_at_once() {
	let value = vec![b'v'; MAX_BULK];
	let mut command = vec![b"MGET".to_vec(); MAX_ARGUMENTS];
	assert_eq!(hear([encode(&command).as_slice()]).commands.len(), 1);
	command.truncate(2);
	command.push(value);
	let bytes = encode(&command);
	// Were it looked at from its beginning for each piece, this would take hours.
	let mut parser = Parser::new();
	for end in 1..=bytes.len() {
		match parser.step(&bytes[..end]).unwrap() {
			Step::Command { length } => assert_eq!((length, end), (bytes.len(), bytes.len())),
			Step::Incomplete { missing } => assert!(end + missing <= bytes.len()),
		}
	}
}
