//! The checksums of the internet.

/// The sum of bytes, to be folded.
pub(super) fn sum(bytes: &[u8]) -> u64 {
	let (words, rest) = bytes.as_chunks::<4>();
	let mut sum: u64 = words.iter().map(|word| u64::from(u32::from_ne_bytes(*word))).sum();
	let (pairs, odd) = rest.as_chunks::<2>();
	sum += pairs.iter().map(|pair| u64::from(u16::from_ne_bytes(*pair))).sum::<u64>();
	sum + odd.first().map_or(0, |byte| u64::from(u16::from_ne_bytes([*byte, 0])))
}

/// A sum in 16 bits, as it is written into a packet: not inverted.
pub(super) fn fold(mut sum: u64) -> [u8; 2] {
	while sum >> 16 != 0 {
		sum = (sum & 0xffff) + (sum >> 16);
	}
	(sum as u16).to_ne_bytes()
}

/// A checksum as it is written into a packet.
pub(super) fn finish(sum: u64) -> [u8; 2] {
	fold(sum).map(|byte| !byte)
}

/// What a transport's checksum covers beside the transport itself.
pub(super) fn pseudo_header(addresses: &[u8], protocol: u8, length: usize) -> u64 {
	sum(addresses) + sum(&[0, protocol]) + sum(&(length as u32).to_be_bytes())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_header_that_is_right_sums_to_nothing() {
		let mut header = [
			0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0, 0, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0,
			0xc7,
		];
		let checksum = finish(sum(&header));
		assert_eq!(checksum, [0xb8, 0x61]);
		header[10..12].copy_from_slice(&checksum);
		assert_eq!(finish(sum(&header)), [0, 0]);
	}

	#[test]
	fn what_is_odd_counts_as_if_followed_by_a_zero() {
		assert_eq!(fold(sum(&[1, 2, 3])), fold(sum(&[1, 2, 3, 0])));
	}
}
