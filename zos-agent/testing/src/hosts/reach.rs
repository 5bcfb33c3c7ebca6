use super::{tried, within};
use std::{
	io::{Read, Write},
	net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket},
	path::Path,
	thread,
	time::Duration,
};

/// Whether something can be reached, from a namespace.
pub fn pings(from: &Path, to: impl Into<IpAddr>) -> bool {
	let to = to.into();
	within(from, || tried(&format!("ping -c1 -W1 -n {to}")).0)
}

/// Answers each stream that comes to a port of a namespace with a word.
pub fn greeter(at: &Path, address: SocketAddr, word: &'static str) {
	let listener = within(at, || TcpListener::bind(address).expect("the port is free"));
	thread::spawn(move || {
		for mut stream in listener.incoming().flatten() {
			let _ = stream.write_all(word.as_bytes());
		}
	});
}

/// What is said at a port, if somebody answers there.
pub fn hears(from: &Path, address: SocketAddr) -> Option<String> {
	within(from, || {
		let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2)).ok()?;
		stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
		let mut said = String::new();
		stream.read_to_string(&mut said).ok()?;
		Some(said)
	})
}

/// What a name is resolved to: the last bytes of the answer, or its code.
pub fn resolve(from: &Path, server: IpAddr, name: &str, kind: u16) -> Result<Vec<u8>, u8> {
	let mut question = vec![7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
	for label in name.split('.').chain([""]) {
		question.push(label.len() as u8);
		question.extend(label.as_bytes());
	}
	question.extend([kind.to_be_bytes(), [0, 1]].concat());
	let asked = question.len();
	let answer = within(from, || {
		let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
		let socket = UdpSocket::bind(any).expect("a socket");
		socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a time");
		let mut room = [0; 1_500];
		socket.send_to(&question, (server, 53)).map_err(|_| u8::MAX)?;
		let length = socket.recv(&mut room).map_err(|_| u8::MAX)?;
		Ok::<_, u8>(room[..length].to_vec())
	})?;
	match answer[3] & 0xf {
		0 => Ok(answer[asked..].iter().skip(12).copied().collect()),
		code => Err(code),
	}
}
