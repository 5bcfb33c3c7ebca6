//! What containers print, read and followed.

use crate::world::{container, key, spec, spec_with, story, volume, World};
use std::{
	io::{self, Write},
	path::PathBuf,
	sync::{Arc, Mutex},
	time::{Duration, UNIX_EPOCH},
};
use tokio::task::JoinHandle;
use zos_agent::{
	logs::{print, Logs, LogsError},
	status::{serve, SOCKET},
};
use zos_core::ports::{LogLine, LogStream};

/// What somebody sees.
#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Screen {
	fn text(&self) -> String {
		let bytes = self.0.lock().expect("nobody panicked");
		String::from_utf8(bytes.clone()).expect("it is text")
	}
}

impl Write for Screen {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		self.0.lock().expect("nobody panicked").write(bytes)
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}

fn logs(of: &str) -> Logs {
	Logs { of: of.into(), tail: 100, since: UNIX_EPOCH, follow: false, timestamps: false }
}

fn says(world: &World, at: u64, stream: LogStream, text: &str) {
	world.host.print(&key(1, "web"), LogLine { at, stream, text: text.into() });
}

async fn listen(world: &World) -> JoinHandle<io::Result<()>> {
	let (folder, view) = (world.folder().to_path_buf(), world.view.clone());
	// One that was there before is of an agent that is gone.
	let _ = std::fs::remove_file(folder.join(SOCKET));
	let (host, socket) = (Arc::new(world.host.clone()), folder.join(SOCKET));
	let server = tokio::spawn(async move { serve(&folder, view, host).await });
	world.until("it listens", |_| socket.exists()).await;
	server
}

async fn read(folder: &std::path::Path, logs: &Logs) -> Result<(String, String), LogsError> {
	let (mut out, mut error) = (Vec::new(), Vec::new());
	print(folder, logs, &mut out, &mut error).await?;
	let text = |bytes| String::from_utf8(bytes).expect("it is text");
	Ok((text(out), text(error)))
}

#[test]
fn streams_stay_apart_and_lines_are_the_last_since_a_time() {
	story(|world| async move {
		world.chain.create(1, spec_with(&[("data", volume(1)), ("web", container(1, &[]))]));
		world.runs(1, 1).await;
		for number in 0..1_000_u64 {
			says(&world, number * 1_000, LogStream::Out, &format!("line {number}"));
		}
		says(&world, 1_000_000, LogStream::Error, "oh");
		let server = listen(&world).await;
		let folder = world.folder().to_path_buf();

		let (out, error) = read(&folder, &logs("1/web")).await.expect("it is there");
		assert_eq!((out.lines().count(), error.as_str()), (99, "oh\n"));
		let all = Logs { tail: usize::MAX, ..logs("1/web") };
		let (out, _) = read(&folder, &all).await.expect("it is there");
		assert_eq!(out.lines().count(), 1_000, "more than fits into one answer");
		let since = UNIX_EPOCH + Duration::from_secs(998);
		let late = Logs { tail: 2, since, timestamps: true, ..logs("1/web") };
		let (out, error) = read(&folder, &late).await.expect("it is there");
		assert_eq!(out, "1970-01-01T00:16:39.000Z line 999\n");
		assert_eq!(error, "1970-01-01T00:16:40.000Z oh\n");

		let gone = read(&folder, &logs("7/web")).await.expect_err("there is none");
		assert!(gone.to_string().contains("no 7/web here"), "{gone}");
		let other = read(&folder, &logs("1/data")).await.expect_err("it is none");
		assert!(other.to_string().contains("is a volume"), "{other}");
		server.abort();
	});
}

#[test]
fn who_follows_is_with_the_container_until_it_is_removed() {
	story(|mut world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		says(&world, 1, LogStream::Out, "one");
		let server = listen(&world).await;
		let (out, error, folder) =
			(Screen::default(), Screen::default(), PathBuf::from(world.folder()));
		let (mut to, mut to_error) = (out.clone(), error.clone());
		let follower = tokio::spawn(async move {
			let logs = Logs { follow: true, ..logs("1/web") };
			print(&folder, &logs, &mut to, &mut to_error).await
		});
		world.until("it is read", |_| out.text() == "one\n").await;

		// The agent ends, and another begins.
		server.abort();
		let _ = server.await;
		world.until("it is said", |_| error.text().contains("the agent is away")).await;
		world.restart().await;
		says(&world, 2, LogStream::Out, "two");
		let server = listen(&world).await;
		world.until("it goes on", |_| out.text() == "one\ntwo\n").await;

		// Another container takes its place.
		world.host.hold("start container 1/web");
		world.chain.amend(1, spec(2));
		world.until("it waits", |_| error.text().contains("1/web is pending")).await;
		world.host.release("start container 1/web");
		world.runs(1, 2).await;
		says(&world, 3, LogStream::Out, "anew");
		world.until("it goes on", |_| out.text() == "one\ntwo\nanew\n").await;

		world.chain.cancel(1);
		world.until("it ends", |_| follower.is_finished()).await;
		follower.await.expect("it does not panic").expect("it ends well");
		assert!(error.text().contains("there is no 1/web here: that was all"), "{}", error.text());
		server.abort();
	});
}
