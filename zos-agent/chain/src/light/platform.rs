//! Counts what the light client receives and sends. All else is left to smoldot's own platform.

use crate::Counters;
use smoldot_light::platform::{
	Address, ConnectionType, DefaultPlatform, LogLevel, MultiStreamAddress, PlatformRef,
};
use std::{
	borrow::Cow,
	fmt,
	future::Future,
	ops::{Deref, DerefMut},
	pin::Pin,
	sync::Arc,
	time::Duration,
};

type Inner = Arc<DefaultPlatform>;

/// What the light client needs of the machine, and counts.
#[derive(Clone)]
pub(super) struct Platform {
	inner: Inner,
	counters: Counters,
}

impl Platform {
	pub(super) fn new(counters: Counters) -> Self {
		let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
		Self { inner: DefaultPlatform::new(name.into(), version.into()), counters }
	}
}

/// A look at what came and goes over a connection. What was read and written is counted when it
/// ends.
pub(super) struct Access<'a> {
	inner: <Inner as PlatformRef>::ReadWriteAccess<'a>,
	counters: Counters,
	read: usize,
	queued: usize,
}

impl<'a> Deref for Access<'a> {
	type Target = <<Inner as PlatformRef>::ReadWriteAccess<'a> as Deref>::Target;

	fn deref(&self) -> &Self::Target {
		&self.inner
	}
}

impl DerefMut for Access<'_> {
	fn deref_mut(&mut self) -> &mut Self::Target {
		&mut self.inner
	}
}

impl Drop for Access<'_> {
	fn drop(&mut self) {
		self.counters.received(self.inner.read_bytes.saturating_sub(self.read));
		self.counters.sent(self.inner.write_bytes_queued.saturating_sub(self.queued));
	}
}

impl PlatformRef for Platform {
	type Delay = <Inner as PlatformRef>::Delay;
	type Instant = <Inner as PlatformRef>::Instant;
	type MultiStream = <Inner as PlatformRef>::MultiStream;
	type Stream = <Inner as PlatformRef>::Stream;
	type ReadWriteAccess<'a> = Access<'a>;
	type StreamErrorRef<'a> = <Inner as PlatformRef>::StreamErrorRef<'a>;
	type StreamConnectFuture = <Inner as PlatformRef>::StreamConnectFuture;
	type MultiStreamConnectFuture = <Inner as PlatformRef>::MultiStreamConnectFuture;
	type StreamUpdateFuture<'a> = <Inner as PlatformRef>::StreamUpdateFuture<'a>;
	type NextSubstreamFuture<'a> = <Inner as PlatformRef>::NextSubstreamFuture<'a>;

	fn now_from_unix_epoch(&self) -> Duration {
		self.inner.now_from_unix_epoch()
	}

	fn now(&self) -> Self::Instant {
		self.inner.now()
	}

	fn fill_random_bytes(&self, buffer: &mut [u8]) {
		self.inner.fill_random_bytes(buffer)
	}

	fn sleep(&self, duration: Duration) -> Self::Delay {
		self.inner.sleep(duration)
	}

	fn sleep_until(&self, when: Self::Instant) -> Self::Delay {
		self.inner.sleep_until(when)
	}

	fn spawn_task(&self, name: Cow<str>, task: impl Future<Output = ()> + Send + 'static) {
		self.inner.spawn_task(name, task)
	}

	fn log<'a>(
		&self,
		level: LogLevel,
		target: &'a str,
		message: &'a str,
		pairs: impl Iterator<Item = (&'a str, &'a dyn fmt::Display)>,
	) {
		self.inner.log(level, target, message, pairs)
	}

	fn client_name(&self) -> Cow<'_, str> {
		self.inner.client_name()
	}

	fn client_version(&self) -> Cow<'_, str> {
		self.inner.client_version()
	}

	fn supports_connection_type(&self, kind: ConnectionType) -> bool {
		self.inner.supports_connection_type(kind)
	}

	fn connect_stream(&self, address: Address) -> Self::StreamConnectFuture {
		self.inner.connect_stream(address)
	}

	fn connect_multistream(&self, address: MultiStreamAddress) -> Self::MultiStreamConnectFuture {
		self.inner.connect_multistream(address)
	}

	fn open_out_substream(&self, connection: &mut Self::MultiStream) {
		self.inner.open_out_substream(connection)
	}

	fn next_substream<'a>(
		&self,
		connection: &'a mut Self::MultiStream,
	) -> Self::NextSubstreamFuture<'a> {
		self.inner.next_substream(connection)
	}

	fn read_write_access<'a>(
		&self,
		stream: Pin<&'a mut Self::Stream>,
	) -> Result<Self::ReadWriteAccess<'a>, Self::StreamErrorRef<'a>> {
		let inner = self.inner.read_write_access(stream)?;
		let (read, queued) = (inner.read_bytes, inner.write_bytes_queued);
		Ok(Access { inner, counters: self.counters.clone(), read, queued })
	}

	fn wait_read_write_again<'a>(
		&self,
		stream: Pin<&'a mut Self::Stream>,
	) -> Self::StreamUpdateFuture<'a> {
		self.inner.wait_read_write_again(stream)
	}
}
