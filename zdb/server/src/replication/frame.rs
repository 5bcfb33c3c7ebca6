use crate::{client::Reply, resp};
use zdb_store::{
	replication::{Digest, LogPosition},
	NamespaceId,
};

/// What a master sends: an array that begins with its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
	/// Records of the log, and where the next ones begin. None, now and then, to say that it is
	/// there.
	Records {
		/// Where the next ones begin.
		end: LogPosition,
		/// The records.
		records: Vec<u8>,
	},
	/// What a replica that is as far as `end` has to find in a segment.
	Digest {
		/// How far.
		end: LogPosition,
		/// The segment.
		segment: u32,
		/// What is in it.
		digest: Digest,
	},
	/// The record of a key whose own is damaged at the replica.
	Record(Vec<u8>),
	/// A key whose record is damaged at the master.
	Want {
		/// Its namespace.
		namespace: NamespaceId,
		/// The key.
		key: Vec<u8>,
	},
}

impl Frame {
	/// Append it to what is sent.
	pub fn encode(&self, out: &mut Vec<u8>) {
		match self {
			Self::Records { end, records } => {
				resp::array(out, 3);
				resp::simple(out, "RECORDS");
				position(out, *end);
				resp::bulk(out, records);
			},
			Self::Digest { end, segment, digest } => {
				resp::array(out, 6);
				resp::simple(out, "DIGEST");
				position(out, *end);
				resp::integer(out, (*segment).into());
				for number in [digest.records, digest.sum, digest.damaged] {
					resp::text(out, &number.to_string());
				}
			},
			Self::Record(record) => {
				resp::array(out, 2);
				resp::simple(out, "RECORD");
				resp::bulk(out, record);
			},
			Self::Want { namespace, key } => {
				resp::array(out, 3);
				resp::simple(out, "WANT");
				resp::integer(out, namespace.0.into());
				resp::bulk(out, key);
			},
		}
	}

	/// What a master said; none when it is no frame.
	pub fn decode(reply: Reply) -> Option<Self> {
		let mut parts = reply.array()?.into_iter();
		let Reply::Simple(kind) = parts.next()? else { return None };
		Some(match kind.as_str() {
			"RECORDS" => {
				let end = LogPosition::from_number(number(parts.next()?)?)?;
				Self::Records { end, records: parts.next()?.bulk()? }
			},
			"DIGEST" => {
				let end = LogPosition::from_number(number(parts.next()?)?)?;
				let segment = u32::try_from(number(parts.next()?)?).ok()?;
				let mut next = || String::from_utf8(parts.next()?.bulk()?).ok()?.parse().ok();
				let digest = Digest { records: next()?, sum: next()?, damaged: next()? };
				Self::Digest { end, segment, digest }
			},
			"RECORD" => Self::Record(parts.next()?.bulk()?),
			"WANT" => {
				let namespace = NamespaceId(u32::try_from(number(parts.next()?)?).ok()?);
				Self::Want { namespace, key: parts.next()?.bulk()? }
			},
			_ => return None,
		})
	}
}

fn position(out: &mut Vec<u8>, position: LogPosition) {
	resp::text(out, &position.to_number().to_string());
}

fn number(reply: Reply) -> Option<u64> {
	match reply {
		Reply::Integer(number) => u64::try_from(number).ok(),
		Reply::Bulk(digits) => String::from_utf8(digits).ok()?.parse().ok(),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{client::Client, net::Address};
	use std::{io::Write, net::TcpListener, time::Duration};

	#[test]
	fn frames_arrive_as_they_were_sent() {
		let end = LogPosition::start();
		let digest = Digest { records: 3, sum: u64::MAX, damaged: 1 };
		let frames = [
			Frame::Records { end, records: b"\r\n*1".to_vec() },
			Frame::Records { end, records: Vec::new() },
			Frame::Digest { end, segment: 7, digest },
			Frame::Record(vec![0, 255]),
			Frame::Want { namespace: NamespaceId(9), key: b"key".to_vec() },
		];
		let listener = TcpListener::bind("127.0.0.1:0").unwrap();
		let address = Address::Tcp(listener.local_addr().unwrap());
		let mut client = Client::connect(&address, Duration::from_secs(20)).unwrap();
		let mut bytes = Vec::new();
		frames.iter().for_each(|frame| frame.encode(&mut bytes));
		listener.accept().unwrap().0.write_all(&bytes).unwrap();
		for frame in frames {
			assert_eq!(Frame::decode(client.receive().unwrap()), Some(frame));
		}
	}

	#[test]
	fn what_is_no_frame_is_none() {
		assert_eq!(Frame::decode(Reply::Nil), None);
		assert_eq!(Frame::decode(Reply::Array(vec![])), None);
		let unknown = Reply::Array(vec![Reply::Simple("HELLO".into()), Reply::Integer(1)]);
		assert_eq!(Frame::decode(unknown), None);
		let negative = vec![Reply::Simple("RECORDS".into()), Reply::Integer(-1), Reply::Nil];
		assert_eq!(Frame::decode(Reply::Array(negative)), None);
	}
}
