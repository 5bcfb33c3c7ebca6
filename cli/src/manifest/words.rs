//! What the reader of YAML says, as people would.

/// What is wrong, and what would be right, without the place, which is said anyway.
pub(super) fn in_words(said: &str) -> String {
	let line = said.lines().next().unwrap_or_default();
	let line = line.strip_prefix("error: ").unwrap_or(line);
	let line = match line.strip_prefix("line ").and_then(|rest| rest.split_once(": ")) {
		Some((_, rest)) => rest,
		None => line,
	};
	let line = line.split(" at line ").next().unwrap_or(line);
	if let Some(field) = line.strip_prefix("missing field ") {
		return format!("{field} is missing in what ends here");
	}
	if let Some(rest) = line.strip_prefix("duplicate mapping key: ") {
		let field = rest.split(',').next().unwrap_or(rest);
		return format!("`{field}` is said twice: leave one of them out");
	}
	if let Some((field, known)) = unknown(line, "unknown field ") {
		return format!("`{field}` is not known here: {}", suggestion(&field, &known));
	}
	if let Some((choice, known)) = unknown(line, "unknown variant ") {
		return format!("`{choice}` is no choice here: {}", suggestion(&choice, &known));
	}
	match line {
		"invalid u16" => "a number from 0 to 65535 is wanted here".into(),
		"invalid u32" | "invalid u64" => "a whole number is wanted here, without a sign".into(),
		"expected string scalar" => "a text is wanted here".into(),
		"expected mapping start" => "fields are wanted here, as in `{ name: value }`".into(),
		"expected sequence start" => "a list is wanted here, as in `[one, two]`".into(),
		_ => line.into(),
	}
}

/// What is not known, and what is.
fn unknown(line: &str, what: &str) -> Option<(String, Vec<String>)> {
	let (said, known) = line.strip_prefix(what)?.split_once(", expected ")?;
	let known = known.strip_prefix("one of ").unwrap_or(known);
	let plain = |text: &str| text.trim().trim_matches('`').to_string();
	Some((plain(said), known.split([',']).flat_map(|it| it.split(" or ")).map(plain).collect()))
}

/// What was probably meant, or all there is.
fn suggestion(said: &str, known: &[String]) -> String {
	let words: Vec<&str> = known.iter().map(String::as_str).collect();
	match similar::get_close_matches(said, &words, 1, 0.6).first() {
		Some(close) => format!("`{close}` may be meant"),
		None => format!("there are {}", words.join(", ")),
	}
}
