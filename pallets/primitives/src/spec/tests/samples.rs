//! The specs with which weights are measured.

use super::*;

#[test]
fn samples_are_well_formed_and_as_large_as_asked() {
	for workloads in 1..=MAX_WORKLOADS {
		for bytes in [0, 500, 3_000, 8_000, 12_345, MAX_SPEC - 1, MAX_SPEC, u32::MAX] {
			let spec = sample(workloads, bytes);
			let (wanted, size) = (bytes.min(MAX_SPEC) as usize, spec.encoded_size());
			let told = format!("{workloads} workloads of {bytes} bytes have {size}");
			assert_eq!(spec.check(), Ok(()), "{told}");
			assert_eq!(spec.workloads().len(), workloads as usize, "{told}");
			// What the workloads need at least is less than this.
			if workloads > 1 && wanted >= 100 + 100 * workloads as usize {
				assert!((wanted - 2..=wanted).contains(&size), "{told}");
			}
			assert!(size <= MAX_SPEC as usize, "{told}");
		}
	}
}

#[test]
fn large_samples_are_rich() {
	let spec = sample(MAX_WORKLOADS, MAX_SPEC);
	let containers: Vec<_> = spec
		.workloads()
		.iter()
		.filter_map(|workload| match &workload.kind {
			Kind::Container(container) => Some(container),
			_ => None,
		})
		.collect();
	assert_eq!(containers.len(), 16);
	assert!(containers.iter().all(|it| it.networks.len() > 2 && it.mounts.len() > 2));
	assert!(spec.networks().any(|(_, network)| network.forwards.len() > 2));
}
