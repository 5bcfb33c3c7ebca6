//! Just enough HTTP for Prometheus to fetch a page.

/// How long a request may be.
pub(super) const MAX_REQUEST: usize = 8 << 10;

/// Whether a request has come to its end.
pub(super) fn is_whole(request: &[u8]) -> bool {
	request.windows(4).any(|window| window == b"\r\n\r\n")
		|| request.windows(2).any(|window| window == b"\n\n")
}

/// The answer to `request`, where `page` makes the figures.
pub(super) fn answer(request: &[u8], page: impl FnOnce() -> String) -> String {
	let line = request.split(|byte| *byte == b'\r' || *byte == b'\n').next().unwrap_or_default();
	let mut words = line.split(|byte| *byte == b' ');
	match (words.next(), words.next()) {
		(Some(b"GET"), Some(b"/metrics")) => respond("200 OK", &page()),
		(Some(b"GET"), _) => respond("404 Not Found", "The figures are at /metrics.\n"),
		_ => respond("405 Method Not Allowed", "Only GET is answered.\n"),
	}
}

fn respond(status: &str, body: &str) -> String {
	format!(
		"HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
		 Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
		body.len()
	)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn prometheus_gets_the_page_and_others_are_told() {
		let page = || "zdb_up 1\n".to_string();
		let found = answer(b"GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n", page);
		assert!(found.starts_with("HTTP/1.1 200 OK\r\n"), "{found}");
		assert!(found.contains("Content-Length: 9\r\n") && found.ends_with("\r\n\r\nzdb_up 1\n"));
		assert!(answer(b"GET / HTTP/1.1\r\n\r\n", page).starts_with("HTTP/1.1 404"));
		assert!(answer(b"POST /metrics HTTP/1.1\r\n\r\n", page).starts_with("HTTP/1.1 405"));
	}

	#[test]
	fn a_request_ends_with_an_empty_line() {
		assert!(!is_whole(b"GET /metrics HTTP/1.1\r\nHost: here\r\n"));
		assert!(is_whole(b"GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n"));
	}
}
