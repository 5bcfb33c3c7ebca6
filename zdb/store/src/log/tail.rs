//! The end of the log: what is not written yet, and the block that is not full.

use super::cache::{empty_block, Block, BLOCK};
use std::{collections::VecDeque, io::IoSlice};

/// The end of the log. It begins with a whole block of the file.
pub(super) struct Tail {
	/// The number of the first block.
	first: u32,
	blocks: VecDeque<Block>,
	/// Where the log ends.
	pub(super) end: u32,
	/// Up to where it is in the file.
	pub(super) written: u32,
	/// Up to where the file has whole records.
	pub(super) whole: u32,
	spare: Vec<Block>,
}

impl Tail {
	/// A tail of a file whose last block, so far as it is filled, is given.
	pub(super) fn new(end: u32, last: &[u8]) -> Self {
		let mut tail = Self {
			first: 0,
			blocks: VecDeque::new(),
			end,
			written: end,
			whole: end,
			spare: Vec::new(),
		};
		tail.restart(end, last);
		tail
	}

	/// Begins anew at an offset, after what the last block is filled with.
	pub(super) fn restart(&mut self, end: u32, last: &[u8]) {
		self.whole = end;
		self.begin_block(end, last);
	}

	/// Goes on at an offset where a block begins, in the middle of a record that began at `record`.
	pub(super) fn go_on(&mut self, block: u32, record: u32) {
		self.whole = record;
		self.begin_block(block, &[]);
	}

	fn begin_block(&mut self, end: u32, last: &[u8]) {
		self.first = end / BLOCK as u32;
		self.end = end;
		self.written = end;
		self.blocks.clear();
		let mut block = self.fresh();
		block[..last.len()].copy_from_slice(last);
		self.blocks.push_back(block);
	}

	fn fresh(&mut self) -> Block {
		self.spare.pop().unwrap_or_else(empty_block)
	}

	/// Gives a block back that may be used again.
	pub(super) fn give(&mut self, block: Option<Block>) {
		if self.spare.len() < 64 {
			self.spare.extend(block);
		}
	}

	/// Takes a block that may be used for anything.
	pub(super) fn take_spare(&mut self) -> Block {
		self.fresh()
	}

	/// Adds bytes.
	pub(super) fn push(&mut self, mut bytes: &[u8]) {
		while !bytes.is_empty() {
			let number = (self.end / BLOCK as u32 - self.first) as usize;
			if number == self.blocks.len() {
				let block = self.fresh();
				self.blocks.push_back(block);
			}
			let at = self.end as usize % BLOCK;
			let (now, later) = bytes.split_at(bytes.len().min(BLOCK - at));
			self.blocks[number][at..at + now.len()].copy_from_slice(now);
			self.end += now.len() as u32;
			bytes = later;
		}
	}

	/// How much is not written yet.
	pub(super) fn pending(&self) -> u32 {
		self.end - self.written
	}

	/// What is not written yet.
	pub(super) fn parts(&self) -> Vec<IoSlice<'_>> {
		let mut parts = Vec::with_capacity(self.blocks.len() + 2);
		let mut from = self.written;
		while from < self.end {
			let number = (from / BLOCK as u32 - self.first) as usize;
			let at = from as usize % BLOCK;
			let length = (BLOCK - at).min((self.end - from) as usize);
			parts.push(IoSlice::new(&self.blocks[number][at..at + length]));
			from += length as u32;
		}
		parts
	}

	/// All is written: the full blocks are no longer needed here.
	pub(super) fn written(&mut self) -> impl Iterator<Item = (u32, Block)> + '_ {
		self.written = self.end;
		self.whole = self.end;
		let full = (self.end / BLOCK as u32 - self.first) as usize;
		let first = self.first;
		self.first += full as u32;
		if full == self.blocks.len() {
			let block = self.fresh();
			self.blocks.push_back(block);
		}
		self.blocks.drain(..full).enumerate().map(move |(at, block)| (first + at as u32, block))
	}

	/// The bytes from an offset to the end of its block, if they are here.
	pub(super) fn piece(&self, offset: u32) -> Option<&[u8]> {
		let number = (offset / BLOCK as u32).checked_sub(self.first)? as usize;
		let block = self.blocks.get(number)?;
		let start = (self.first + number as u32) as usize * BLOCK;
		let filled = (self.end as usize - start).min(BLOCK);
		block[..filled].get(offset as usize % BLOCK..)
	}

	/// The number of the first block that is here.
	pub(super) fn first_block(&self) -> u32 {
		self.first
	}
}
