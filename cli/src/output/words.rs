//! Amounts and times as people say them.

use grid_primitives::{token, Balance, Capacity};

/// `12.5 TFT`.
pub fn tokens(amount: Balance) -> String {
	let (whole, rest) = (amount / token::TFT, amount % token::TFT);
	let digits = format!("{rest:0width$}", width = usize::from(token::DECIMALS));
	match digits.trim_end_matches('0') {
		"" => format!("{whole} {}", token::SYMBOL),
		digits => format!("{whole}.{digits} {}", token::SYMBOL),
	}
}

/// `12.5`, with or without the symbol.
pub fn parse_tokens(text: &str) -> Result<Balance, String> {
	parse_amount(text.strip_suffix(token::SYMBOL).unwrap_or(text).trim())
}

/// `0.05`, in units of 1e-7 USD: as many digits as a token has.
pub fn parse_usd(text: &str) -> Result<u128, String> {
	parse_amount(text.trim())
}

fn parse_amount(number: &str) -> Result<Balance, String> {
	let said = || format!("an amount looks like 12.5, with at most {} digits", token::DECIMALS);
	let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
	let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
	if whole.is_empty() || !digits(whole) || !digits(rest) || rest.len() > token::DECIMALS.into() {
		return Err(said());
	}
	let rest = format!("{rest:0<width$}", width = usize::from(token::DECIMALS));
	let whole: Balance = whole.parse().map_err(|_| said())?;
	let rest: Balance = rest.parse().map_err(|_| said())?;
	whole.checked_mul(token::TFT).and_then(|it| it.checked_add(rest)).ok_or_else(said)
}

/// `1.5 GiB`.
pub fn bytes(number: u64) -> String {
	const UNITS: [&str; 5] = ["TiB", "GiB", "MiB", "KiB", "bytes"];
	for (index, unit) in UNITS.iter().enumerate() {
		let size = 1_u64 << (10 * (UNITS.len() - 1 - index));
		if number >= size || size == 1 {
			let tenths = u128::from(number) * 10 / u128::from(size);
			return match tenths % 10 {
				0 => format!("{} {unit}", tenths / 10),
				tenth => format!("{}.{tenth} {unit}", tenths / 10),
			};
		}
	}
	String::new()
}

/// `4 cores, 8 GiB memory, 100 GiB ssd`.
pub fn capacity(it: &Capacity) -> String {
	let cores = match it.cru % 1_000 {
		0 => format!("{} cores", it.cru / 1_000),
		_ => format!("{}m cores", it.cru),
	};
	let mut parts =
		vec![cores, format!("{} memory", bytes(it.mru)), format!("{} ssd", bytes(it.sru))];
	if it.hru > 0 {
		parts.push(format!("{} hdd", bytes(it.hru)));
	}
	parts.join(", ")
}

/// `0.0123 USD an hour`, of units of 1e-7 USD.
pub fn usd_per_hour(units: u128) -> String {
	let digits = |units: u128| format!("{}.{:04}", units / 10_000_000, units % 10_000_000 / 1_000);
	format!("{} USD an hour, {} a month", digits(units), digits(units.saturating_mul(720)))
}

/// `3 days 4 h`.
pub fn duration(seconds: u64) -> String {
	let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
	match (days, hours, minutes) {
		(0, 0, 0) => format!("{seconds} s"),
		(0, 0, minutes) => format!("{minutes} min"),
		(0, hours, minutes) => format!("{hours} h {minutes} min"),
		(1, hours, _) => format!("1 day {hours} h"),
		(730.., ..) => format!("{} years", days / 365),
		(days, hours, _) => format!("{days} days {hours} h"),
	}
}

/// A moment in seconds since 1970: `2026-11-21 14:40:00Z`.
pub fn moment(seconds: u64) -> String {
	i64::try_from(seconds)
		.ok()
		.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
		.map_or_else(
			|| "after the year 9999".into(),
			|it| it.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
		)
}

#[cfg(test)]
mod tests {
	use super::*;
	use grid_primitives::capacity::bytes::GIB;

	#[test]
	fn amounts_are_read_as_they_are_written() {
		for (amount, text) in [(0, "0"), (1, "0.0000001"), (125_000_000, "12.5"), (10_000_000, "1")]
		{
			assert_eq!(tokens(amount), format!("{text} TFT"));
			assert_eq!(parse_tokens(text), Ok(amount));
			assert_eq!(parse_tokens(&tokens(amount)), Ok(amount));
		}
		for bad in ["", "-1", "1.00000001", ".5", "1e3", "1,5", "x"] {
			assert!(parse_tokens(bad).is_err(), "{bad}");
		}
	}

	#[test]
	fn sizes_and_times_are_short() {
		assert_eq!(bytes(0), "0 bytes");
		assert_eq!(bytes(GIB * 3 / 2), "1.5 GiB");
		assert_eq!(bytes(u64::MAX), "16777215.9 TiB");
		assert_eq!(duration(59), "59 s");
		assert_eq!(duration(90_061), "1 day 1 h");
		assert_eq!(moment(0), "1970-01-01 00:00:00Z");
	}
}
