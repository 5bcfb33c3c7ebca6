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
	bulk_head(reply, bytes.len());
	reply.extend_from_slice(bytes);
	reply.extend_from_slice(BULK_END);
}

/// A string of bytes, from text.
pub fn text(reply: &mut Vec<u8>, text: &str) {
	bulk(reply, text.as_bytes());
}

/// No value.
pub fn nil(reply: &mut Vec<u8>) {
	reply.extend_from_slice(b"$-1\r\n");
}

/// The head of a string of bytes, for who appends the bytes and the end of the line himself.
#[inline]
pub fn bulk_head(reply: &mut Vec<u8>, length: usize) {
	number_line(reply, b'$', length as u64, false);
}

/// What stands behind the bytes of a string.
pub const BULK_END: &[u8] = b"\r\n";

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
}
