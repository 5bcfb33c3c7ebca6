//! What users read when something is wrong.

use super::*;
use limits::{CPU, DISK, MAX_LOG, MEMORY};

fn reasons() -> Vec<Reason> {
	(0..=u8::MAX).map_while(|index| Reason::decode(&mut &[index][..]).ok()).collect()
}

#[test]
fn each_reason_has_a_sentence_of_its_own() {
	let mut sentences: Vec<_> = reasons().iter().map(|reason| format!("{reason}")).collect();
	assert_eq!(sentences.len(), Reason::NoPublicV6 as usize + 1);
	for sentence in &sentences {
		assert!(sentence.len() > 20 && !sentence.ends_with('.'), "{sentence}");
		assert!(!sentence.contains(['\n', '\t']) && !sentence.contains("  "), "{sentence}");
	}
	sentences.sort();
	sentences.dedup();
	assert_eq!(sentences.len(), reasons().len());
}

#[test]
fn a_fault_tells_which_workload() {
	let named = Fault { workload: Some(3), reason: Reason::BadName };
	assert!(format!("{named}").starts_with("workload 3: a name has 1 to 36 characters"));
	let whole = Fault { workload: None, reason: Reason::Empty };
	assert_eq!(format!("{whole}"), "a spec has 1 to 64 workloads");
}

#[test]
fn sentences_tell_the_limits_as_they_are() {
	let sentence = format!("{}", Reason::BadSize);
	assert!(sentence.contains("1 MiB to 1 PiB") && DISK == (1 << 20..=1 << 50));
	assert!(sentence.contains("10 to 1000000 thousandths") && CPU == (10..=1_000_000));
	assert!(sentence.contains("4 MiB to 64 TiB") && MEMORY == (4 << 20..=64 << 40));
	assert!(sentence.contains("1 GiB of log") && MAX_LOG == 1 << 30);
	assert!(format!("{}", Reason::BadSubnet).contains("/16 to /24"));
}
