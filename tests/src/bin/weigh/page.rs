//! Writes what was measured as an implementation of a pallet's `WeightInfo`.

use crate::bench::{Cost, Line};
use anyhow::Result;
use std::fmt::Write;

/// The source of a module with the costs of a pallet.
pub(crate) fn write(pallet: &str, costs: &[Cost]) -> Result<String> {
	let mut page = String::new();
	writeln!(
		page,
		"//! What the calls and hooks of `{pallet}` weigh. `scripts/weights.sh` measured it.\n\n\
		 use frame_support::weights::{{constants::ParityDbWeight, Weight}};\n\n\
		 /// As measured.\npub struct Measured;\n\n\
		 impl {pallet}::WeightInfo for Measured {{"
	)?;
	for cost in costs {
		function(&mut page, cost)?;
	}
	writeln!(page, "}}")?;
	Ok(page)
}

fn function(page: &mut String, cost: &Cost) -> Result<()> {
	let used = |index: usize| {
		[&cost.picoseconds, &cost.reads, &cost.writes].iter().any(|it| it.slopes[index] > 0)
	};
	let parameters: Vec<_> = cost
		.parameters
		.iter()
		.enumerate()
		.map(|(index, name)| format!("{}{name}: u32", if used(index) { "" } else { "_" }))
		.collect();
	writeln!(page, "fn {}({}) -> Weight {{", cost.name, parameters.join(", "))?;
	write!(page, "Weight::from_parts({}, 0)", grouped(cost.picoseconds.base))?;
	database(page, cost.reads.base, cost.writes.base, "")?;
	for (index, name) in cost.parameters.iter().enumerate() {
		let slope = |line: &Line| line.slopes[index];
		let times = format!(".saturating_mul({name}.into())");
		if slope(&cost.picoseconds) > 0 {
			let picoseconds = grouped(slope(&cost.picoseconds));
			write!(page, ".saturating_add(Weight::from_parts({picoseconds}, 0){times})")?;
		}
		database(page, slope(&cost.reads), slope(&cost.writes), &times)?;
	}
	writeln!(page, "\n}}")?;
	Ok(())
}

fn database(page: &mut String, reads: u128, writes: u128, times: &str) -> Result<()> {
	if reads + writes > 0 {
		let both = format!("reads_writes({reads}, {writes})");
		write!(page, ".saturating_add(ParityDbWeight::get().{both}{times})")?;
	}
	Ok(())
}

/// A number with a `_` after each three digits.
fn grouped(number: u128) -> String {
	let digits = number.to_string();
	let mut text = String::new();
	for (index, digit) in digits.chars().enumerate() {
		if index > 0 && (digits.len() - index).is_multiple_of(3) {
			text.push('_');
		}
		text.push(digit);
	}
	text
}

#[cfg(test)]
mod tests {
	#[test]
	fn digits_come_in_threes() {
		assert_eq!(super::grouped(7), "7");
		assert_eq!(super::grouped(123), "123");
		assert_eq!(super::grouped(1_234_567), "1_234_567");
	}
}
