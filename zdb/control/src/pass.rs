//! Bytes with sockets beside them.

use crate::MAX_SOCKETS;
use rustix::{
	io::Errno,
	net::{
		recvmsg, sendmsg, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags,
		SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
	},
};
use std::{
	io::{IoSlice, IoSliceMut},
	mem::MaybeUninit,
	os::fd::{AsFd, BorrowedFd, OwnedFd},
};

const SPACE: usize = rustix::cmsg_space!(ScmRights(MAX_SOCKETS));

/// What came in.
#[derive(Debug)]
pub struct Received {
	/// How many bytes; none at the end.
	pub bytes: usize,
	/// What came beside them.
	pub sockets: Vec<OwnedFd>,
	/// Whether there were more sockets than may come.
	pub too_many: bool,
}

/// Take in what there is, without waiting.
pub fn receive(from: impl AsFd, into: &mut [u8]) -> Result<Received, Errno> {
	let mut space = [MaybeUninit::uninit(); SPACE];
	let mut beside = RecvAncillaryBuffer::new(&mut space);
	let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
	let message = recvmsg(from, &mut [IoSliceMut::new(into)], &mut beside, flags)?;
	let mut sockets = Vec::new();
	for part in beside.drain() {
		if let RecvAncillaryMessage::ScmRights(given) = part {
			sockets.extend(given);
		}
	}
	let too_many = message.flags.contains(ReturnFlags::CTRUNC);
	Ok(Received { bytes: message.bytes, sockets, too_many })
}

/// Send bytes, with sockets beside the first of them. Says how many bytes were taken.
pub fn send(to: impl AsFd, bytes: &[u8], sockets: &[BorrowedFd<'_>]) -> Result<usize, Errno> {
	let mut space = [MaybeUninit::uninit(); SPACE];
	let mut beside = SendAncillaryBuffer::new(&mut space);
	if !sockets.is_empty() && !beside.push(SendAncillaryMessage::ScmRights(sockets)) {
		return Err(Errno::TOOMANYREFS);
	}
	sendmsg(to, &[IoSlice::new(bytes)], &mut beside, SendFlags::NOSIGNAL)
}
