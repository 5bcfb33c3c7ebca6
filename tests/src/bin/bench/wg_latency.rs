//! By how much a round trip between two containers on two machines takes longer than one between
//! the machines.

use crate::tunnels::{Tunnels, Way};
use grid_benchmarks::quantile;
use std::{
	net::{SocketAddr, UdpSocket},
	thread,
	time::{Duration, Instant},
};
use zos_testing::hosts::within;

const ROUNDS: usize = 20;
const TRIPS: usize = 500;
/// So long is what is sent.
const LENGTH: usize = 64;
const PORT: u16 = 7_007;
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) fn run() {
	let tunnels = Tunnels::new();
	let ends = tunnels.ways.each_ref().map(ends);
	let mut all: [Vec<f64>; 3] = Default::default();
	for _ in 0..ROUNDS {
		for (socket, times) in ends.iter().zip(&mut all) {
			times.extend((0..TRIPS).map(|_| trip(socket)));
		}
	}
	let shares = [0.5, 0.99];
	let [raw, theirs, ours] =
		all.each_ref().map(|times| shares.map(|share| quantile(times, share) * 1e6));
	for (way, [half, most]) in tunnels.ways.iter().zip([raw, theirs, ours]) {
		println!("{}: p50 {half:.0} µs, p99 {most:.0} µs", way.name);
	}
	let added = |way: [f64; 2]| [way[0] - raw[0], way[1] - raw[1]];
	let ([half, most], [their_half, their_most]) = (added(ours), added(theirs));
	println!("wg-latency-p99: {most:.0} µs added (wireguard-go: {their_most:.0})");
	println!("wg-latency: {half:.0} µs added (wireguard-go: {their_half:.0})");
}

/// A socket at one end. What is sent there comes back from the other.
fn ends(way: &Way) -> UdpSocket {
	let there = SocketAddr::from((way.address, PORT));
	let echo = within(&way.to, || UdpSocket::bind(there).expect("the port is free"));
	thread::spawn(move || {
		let mut room = [0; LENGTH];
		while let Ok((length, from)) = echo.recv_from(&mut room) {
			let _ = echo.send_to(&room[..length], from);
		}
	});
	let here = within(&way.from, || UdpSocket::bind(("0.0.0.0", 0)).expect("a port"));
	here.connect(there).expect("it has a way");
	here.set_read_timeout(Some(PATIENCE)).expect("a time");
	// The first finds out where all are.
	trip(&here);
	here
}

/// The seconds of a round trip.
fn trip(socket: &UdpSocket) -> f64 {
	let begun = Instant::now();
	socket.send(&[7; LENGTH]).expect("it goes out");
	socket.recv(&mut [0; LENGTH]).expect("it comes back");
	begun.elapsed().as_secs_f64()
}
