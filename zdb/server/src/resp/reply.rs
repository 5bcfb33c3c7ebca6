/// Room for the head of a bulk string: `$`, its length in decimal and the end of the line.
const HEAD: usize = 12;

/// `+text`
pub fn simple(reply: &mut Vec<u8>, text: &str) {
	line(reply, b'+', text);
}

/// `-text`. What would end the line early is left out of it.
pub fn error(reply: &mut Vec<u8>, text: &str) {
	line(reply, b'-', text);
}

/// `:value`
pub fn integer(reply: &mut Vec<u8>, value: i64) {
	number_line(reply, b':', value.unsigned_abs(), value < 0);
}

/// The head of an array: `length` replies follow.
pub fn array(reply: &mut Vec<u8>, length: usize) {
	number_line(reply, b'*', length as u64, false);
}

/// A string of bytes.
#[inline]
pub fn bulk(reply: &mut Vec<u8>, bytes: &[u8]) {
	number_line(reply, b'$', bytes.len() as u64, false);
	reply.extend_from_slice(bytes);
	reply.extend_from_slice(b"\r\n");
}

/// A string of bytes, from text.
pub fn text(reply: &mut Vec<u8>, text: &str) {
	bulk(reply, text.as_bytes());
}

/// No value.
pub fn nil(reply: &mut Vec<u8>) {
	reply.extend_from_slice(b"$-1\r\n");
}

/// A string of bytes that `write` appends itself, so that a value is copied once. Nothing is added
/// when it says that there is none.
#[inline]
pub fn bulk_with<E>(
	reply: &mut Vec<u8>,
	write: impl FnOnce(&mut Vec<u8>) -> Result<bool, E>,
) -> Result<bool, E> {
	let start = reply.len();
	reply.extend_from_slice(&[0; HEAD]);
	let value = reply.len();
	match write(reply) {
		Ok(true) => {},
		Ok(false) => {
			reply.truncate(start);
			return Ok(false);
		},
		Err(error) => {
			reply.truncate(start);
			return Err(error);
		},
	}
	let length = reply.len() - value;
	let mut digits = [0; 20];
	let digits = decimal(&mut digits, length as u64);
	let head = 1 + digits.len() + 2;
	debug_assert!(head <= HEAD);
	reply[start] = b'$';
	reply[start + 1..start + 1 + digits.len()].copy_from_slice(digits);
	reply[start + head - 2..start + head].copy_from_slice(b"\r\n");
	reply.copy_within(value.., start + head);
	reply.truncate(start + head + length);
	reply.extend_from_slice(b"\r\n");
	Ok(true)
}

fn line(reply: &mut Vec<u8>, kind: u8, text: &str) {
	reply.push(kind);
	reply.extend(text.bytes().map(|byte| if byte == b'\r' || byte == b'\n' { b' ' } else { byte }));
	reply.extend_from_slice(b"\r\n");
}

#[inline]
fn number_line(reply: &mut Vec<u8>, kind: u8, value: u64, negative: bool) {
	let mut digits = [0; 20];
	let digits = decimal(&mut digits, value);
	let mut head = [0; 24];
	head[0] = kind;
	let mut length = 1;
	if negative {
		head[1] = b'-';
		length = 2;
	}
	head[length..length + digits.len()].copy_from_slice(digits);
	length += digits.len();
	head[length..length + 2].copy_from_slice(b"\r\n");
	reply.extend_from_slice(&head[..length + 2]);
}

#[inline]
fn decimal(buffer: &mut [u8; 20], mut value: u64) -> &[u8] {
	let mut at = buffer.len();
	loop {
		at -= 1;
		buffer[at] = b'0' + (value % 10) as u8;
		value /= 10;
		if value == 0 {
			return &buffer[at..];
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn reply(write: impl FnOnce(&mut Vec<u8>)) -> String {
		let mut reply = Vec::new();
		write(&mut reply);
		String::from_utf8(reply).unwrap()
	}

	#[test]
	fn replies_are_those_of_the_protocol() {
		assert_eq!(reply(|r| simple(r, "OK")), "+OK\r\n");
		assert_eq!(reply(|r| integer(r, 0)), ":0\r\n");
		assert_eq!(reply(|r| integer(r, -1)), ":-1\r\n");
		assert_eq!(reply(|r| integer(r, i64::MIN)), ":-9223372036854775808\r\n");
		assert_eq!(reply(|r| array(r, 1024)), "*1024\r\n");
		assert_eq!(reply(|r| bulk(r, b"")), "$0\r\n\r\n");
		assert_eq!(reply(nil), "$-1\r\n");
	}

	#[test]
	fn an_error_stays_on_its_line() {
		assert_eq!(reply(|r| error(r, "no\r\n+OK")), "-no  +OK\r\n");
	}

	#[test]
	fn a_value_written_in_place_reads_like_any_other() {
		for length in [0, 1, 9, 10, 99, 100, 65_536, 8 << 20] {
			let value = vec![b'v'; length];
			let mut expected = b"before".to_vec();
			bulk(&mut expected, &value);
			let mut reply = b"before".to_vec();
			let found = bulk_with(&mut reply, |reply| {
				reply.extend_from_slice(&value);
				Ok::<_, ()>(true)
			});
			assert_eq!(found, Ok(true));
			assert!(reply == expected, "{length}");
		}
	}

	#[test]
	fn no_value_leaves_no_trace() {
		let mut reply = b"before".to_vec();
		let missing = bulk_with(&mut reply, |_| Ok::<_, ()>(false));
		assert_eq!((missing, reply.as_slice()), (Ok(false), b"before".as_slice()));
		let broken = bulk_with(&mut reply, |reply| {
			reply.extend_from_slice(b"half");
			Err(())
		});
		assert_eq!((broken, reply.as_slice()), (Err(()), b"before".as_slice()));
	}
}
