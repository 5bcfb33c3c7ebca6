use super::*;
use proptest::prelude::*;

fn archive(build: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Vec<u8> {
	let mut builder = tar::Builder::new(Vec::new());
	build(&mut builder);
	builder.into_inner().expect("in memory")
}

fn add(builder: &mut tar::Builder<Vec<u8>>, name: &str, content: &[u8]) {
	let mut header = tar::Header::new_gnu();
	header.set_size(content.len() as u64);
	header.set_mode(0o640);
	builder.append_data(&mut header, name, content).expect("in memory");
}

fn read(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
	let mut archive = Archive::new(bytes, 1 << 16);
	let mut found = Vec::new();
	while let Some(entry) = archive.next_entry()? {
		let mut content = Vec::new();
		archive.read_to_end(&mut content).map_err(ArchiveError::reading)?;
		found.push((String::from_utf8_lossy(&entry.name).into_owned(), content));
	}
	archive.finish()?;
	Ok(found)
}

#[test]
fn long_names_and_contents_come_as_they_were_written() {
	let long = format!("{}/{}", "folder/".repeat(30), "f".repeat(200));
	let bytes = archive(|it| {
		add(it, "short", b"hello");
		add(it, &long, &[7; 1500]);
		add(it, "empty", b"");
	});
	let found = read(&bytes).expect("it is well formed");
	let wanted =
		[("short".into(), b"hello".to_vec()), (long, vec![7; 1500]), ("empty".into(), vec![])];
	assert_eq!(found, wanted);
}

#[test]
fn an_archive_may_end_without_zeros() {
	let bytes = archive(|it| add(it, "a", b"hello"));
	let without = &bytes[..BLOCK * 2];
	assert_eq!(read(without).expect("all of it is there").len(), 1);
	assert_eq!(read(&without[..BLOCK + 5]).expect("but for padding").len(), 1);
}

#[test]
fn what_is_cut_off_is_truncated() {
	let bytes = archive(|it| add(it, "a", &[1; 2000]));
	for length in [1, 100, 511, 512, 513, 1000, 2511] {
		assert!(matches!(read(&bytes[..length]), Err(ArchiveError::Truncated)), "{length}");
	}
}

#[test]
fn a_size_is_not_believed() {
	let bytes = archive(|it| {
		let mut header = tar::Header::new_gnu();
		header.set_path("huge").expect("it is short");
		header.set_size(1 << 60);
		header.set_cksum();
		it.append(&header, &b"little"[..]).expect("in memory");
	});
	assert!(matches!(read(&bytes), Err(ArchiveError::Truncated)));
}

#[test]
fn what_is_said_about_a_file_is_bounded() {
	let bytes = archive(|it| {
		let note = vec![b'x'; 1 << 17];
		it.append_pax_extensions([("SCHILY.xattr.user.note", &note[..])]).expect("in memory");
		add(it, "a", b"");
	});
	assert!(matches!(read(&bytes), Err(ArchiveError::TooMuch { .. })));
	let many = archive(|it| {
		for _ in 0..40 {
			it.append_pax_extensions([("comment", &[b'x'; 2000][..])]).expect("in memory");
		}
		add(it, "a", b"");
	});
	assert!(matches!(read(&many), Err(ArchiveError::TooMuch { .. })));
}

#[test]
fn holes_and_unknown_kinds_are_refused() {
	let sparse = archive(|it| {
		it.append_pax_extensions([("GNU.sparse.realsize", &b"99"[..])]).expect("in memory");
		add(it, "a", b"");
	});
	assert!(matches!(read(&sparse), Err(ArchiveError::Sparse(_))));
	for kind in [b'S', b'M', b'V', b'Z'] {
		let bytes = archive(|it| {
			let mut header = tar::Header::new_gnu();
			header.set_path("a").expect("it is short");
			header.set_entry_type(tar::EntryType::new(kind));
			header.set_size(0);
			header.set_cksum();
			it.append(&header, &b""[..]).expect("in memory");
		});
		assert!(read(&bytes).is_err(), "{}", kind as char);
	}
}

proptest! {
	#[test]
	fn noise_is_an_error_or_an_archive_and_never_a_panic(
		bytes in prop::collection::vec(any::<u8>(), 0..2048),
		flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
	) {
		let _ = read(&bytes);
		let mut good = archive(|it| {
			it.append_pax_extensions([("path", &b"named"[..])]).expect("in memory");
			add(it, "a", &[1; 700]);
			add(it, &"long/".repeat(40), b"x");
		});
		for (at, byte) in flips {
			let at = at.index(good.len());
			good[at] = byte;
			// With the sum made right again, so that what is behind it is read.
			let start = at / BLOCK * BLOCK;
			let mut header = tar::Header::from_byte_slice(&good[start..start + BLOCK]).clone();
			header.set_cksum();
			good[start..start + BLOCK].copy_from_slice(header.as_bytes());
			let _ = read(&good);
		}
	}
}
