//! What is cut up and put together again is what it was.

use super::{
	checksum,
	merge::Merger,
	packet::{put, TcpShape, ACK, PSH, TCP, TCP_CHECKSUM, TCP_FLAGS},
	split::split,
	virtio::{Cut, Work, LENGTH},
};

fn stream(v4: bool, payload: usize, piece: usize) -> (Work, Vec<u8>) {
	let transport = if v4 { 20 } else { 40 };
	let headers = transport + 32;
	let mut packet = vec![0; headers + payload];
	if v4 {
		packet[..10].copy_from_slice(&[0x45, 0, 0, 0, 0xff, 0xfe, 0x40, 0, 64, TCP]);
		packet[12..20].copy_from_slice(&[10, 1, 1, 2, 10, 1, 2, 2]);
	} else {
		packet[..8].copy_from_slice(&[0x60, 0, 0, 0, 0, 0, TCP, 64]);
		packet[8..40].iter_mut().zip(1..).for_each(|(to, from)| *to = from);
	}
	super::packet::set_length(&mut packet, v4, headers + payload);
	put(&mut packet, transport, &[0x12, 0x34, 0, 80, 0xff, 0xff, 0xf0, 0, 1, 2, 3, 4, 0x80]);
	packet[transport + TCP_FLAGS] = ACK | PSH;
	packet[headers..].iter_mut().zip(0_u64..).for_each(|(to, from)| *to = (from * 7) as u8);
	let pseudo = super::packet::addresses(&packet, v4);
	let sum = checksum::fold(checksum::pseudo_header(pseudo, TCP, packet.len() - transport));
	put(&mut packet, transport + TCP_CHECKSUM, &sum);
	let checksum = Some((transport, TCP_CHECKSUM));
	(Work { cut: Cut::Tcp { v4 }, headers, piece, checksum }, packet)
}

fn pieces(work: Work, packet: &[u8]) -> Vec<Vec<u8>> {
	let mut pieces = Vec::new();
	let mut room = vec![0; 2_000];
	split(work, &mut packet.to_vec(), &mut room, |piece| pieces.push(piece.to_vec()));
	pieces
}

fn merge(packets: &[Vec<u8>]) -> Vec<(Work, Vec<u8>)> {
	let mut merger = Merger::new();
	let mut merged = Vec::new();
	let mut give = |work: Work, packet: &[u8]| merged.push((work, packet.to_vec()));
	packets.iter().for_each(|packet| merger.take(packet, &mut give));
	merger.flush(&mut give);
	merged
}

#[test]
fn a_stream_comes_out_as_it_went_in() {
	for v4 in [true, false] {
		let (work, packet) = stream(v4, 10_000, 1_368);
		let pieces = pieces(work, &packet);
		assert_eq!(pieces.len(), 8);
		for piece in &pieces {
			let shape = TcpShape::of(piece).expect("it has TCP");
			assert!(shape.is_whole(piece), "its checksum is right");
		}
		assert_eq!(merge(&pieces), [(work, packet)]);
	}
}

#[test]
fn what_does_not_follow_stays_apart() {
	let (work, packet) = stream(true, 5_000, 1_000);
	let whole = pieces(work, &packet);
	assert_eq!(merge(&whole).len(), 1);

	let mut lost = whole.clone();
	lost.remove(2);
	assert_eq!(merge(&lost).len(), 2, "one is missing");

	let mut broken = whole.clone();
	*broken[2].last_mut().unwrap() ^= 1;
	let merged = merge(&broken);
	assert!(merged.iter().any(|(_, packet)| *packet == broken[2]), "what is broken stays broken");

	let mut marked = whole.clone();
	marked[2][1] = 3;
	super::packet::set_length(&mut marked[2], true, 1_052);
	assert_eq!(merge(&marked).len(), 3, "congestion is told of one");
}

#[test]
fn the_order_of_a_stream_is_kept() {
	let (work, packet) = stream(true, 3_000, 1_000);
	let mut packets = pieces(work, &packet);
	// A segment without payload goes its own way, but not before what came before it.
	let (_, mut bare) = stream(true, 0, 1_000);
	bare[20 + TCP_FLAGS] = ACK;
	packets.insert(1, bare.clone());
	let merged = merge(&packets);
	assert_eq!(merged[0].1, packets[0]);
	assert_eq!(merged[1].1, bare);
}

#[test]
fn what_is_left_to_the_other_is_told_as_it_is_heard() {
	let (work, _) = stream(false, 5_000, 1_000);
	let written: [u8; LENGTH] = work.write();
	assert_eq!(Work::read(&written), Some(work));
	assert_eq!(Work::read(&Work::NONE.write()), Some(Work::NONE));
}

#[test]
fn nonsense_gives_nothing() {
	let (work, packet) = stream(true, 5_000, 1_000);
	for length in 0..packet.len().min(80) {
		pieces(work, &packet[..length]);
		merge(&[packet[..length].to_vec()]);
	}
	assert!(pieces(Work { piece: 0, ..work }, &packet).is_empty());
	assert!(pieces(Work { checksum: Some((5_100, 16)), ..work }, &packet).is_empty());
	assert!(pieces(Work { checksum: Some((0, 60_000)), ..work }, &packet).is_empty());
}
