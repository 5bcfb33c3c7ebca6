//! Columns of text.

/// Rows under headings.
#[derive(Clone, Debug, Default)]
pub struct Table {
	rows: Vec<Vec<String>>,
}

impl Table {
	/// A table with these headings.
	pub fn new(headings: &[&str]) -> Self {
		Self { rows: vec![headings.iter().map(|it| it.to_uppercase()).collect()] }
	}

	/// A table of names and values.
	pub fn pairs() -> Self {
		Self::default()
	}

	/// One row more.
	pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
		self.rows.push(cells.into_iter().map(Into::into).collect());
	}
}

/// How wide a text is when it is shown: colours take no place.
fn width(text: &str) -> usize {
	anstream::adapter::strip_str(text).to_string().chars().count()
}

impl std::fmt::Display for Table {
	fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
		let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
		let widths: Vec<usize> = (0..columns)
			.map(|column| {
				self.rows
					.iter()
					.filter_map(|row| row.get(column))
					.map(|it| width(it))
					.max()
					.unwrap_or(0)
			})
			.collect();
		for row in &self.rows {
			let mut line = String::new();
			for (cell, wide) in row.iter().zip(&widths) {
				line.push_str(cell);
				line.extend(std::iter::repeat_n(' ', wide - width(cell) + 2));
			}
			writeln!(f, "{}", line.trim_end())?;
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn columns_are_as_wide_as_what_is_shown_in_them() {
		let mut table = Table::new(&["node", "state"]);
		table.row(["1", "running"]);
		table.row(["\u{1b}[31m1000000\u{1b}[0m", "x"]);
		let shown = table.to_string();
		let lines: Vec<_> = shown.lines().collect();
		assert_eq!(lines[0], "NODE     STATE");
		assert_eq!(lines[1], "1        running");
		assert_eq!(lines[2], "\u{1b}[31m1000000\u{1b}[0m  x");
	}
}
