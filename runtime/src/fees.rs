//! Who pays for a transaction: its sender, unless it is something that a node of the grid says.

use crate::*;
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::fmt;
use frame_support::{
	dispatch::{DispatchInfo, DispatchResult, PostDispatchInfo},
	pallet_prelude::{TransactionSource, TransactionValidityError, Weight},
	traits::OriginTrait,
};
use frame_system::RawOrigin;
use scale_info::{StaticTypeInfo, TypeInfo};
use sp_runtime::{
	traits::{Implication, TransactionExtension, TransactionExtensionMetadata, ValidateResult},
	transaction_validity::TransactionValidity,
};

/// Charges the sender by `Charge`. What nodes say is free, and refused unless it may be said now.
///
/// Wallets see `Charge` only.
#[derive(Encode, Decode, DecodeWithMemTracking, Clone, PartialEq, Eq)]
pub struct ChargeUnlessNode<Charge>(pub Charge);

/// What is to be done about the fee.
pub enum Fee<Charged> {
	/// Take it.
	Taken(Charged),
	/// There is none.
	None,
}

impl<Charge> ChargeUnlessNode<Charge> {
	/// Whether a call is free, and if so, whether it may be made now.
	fn free(origin: &RuntimeOrigin, call: &RuntimeCall) -> Option<TransactionValidity> {
		let OriginCaller::system(RawOrigin::Signed(who)) = origin.caller() else {
			return None;
		};
		match call {
			RuntimeCall::Nodes(call) => Nodes::check_free(who, call),
			RuntimeCall::Deployments(call) => Deployments::check_free(who, call),
			_ => None,
		}
	}
}

impl<Charge> TransactionExtension<RuntimeCall> for ChargeUnlessNode<Charge>
where
	Charge: TransactionExtension<RuntimeCall> + StaticTypeInfo,
{
	const IDENTIFIER: &'static str = Charge::IDENTIFIER;
	type Implicit = Charge::Implicit;
	type Val = Fee<Charge::Val>;
	type Pre = Fee<Charge::Pre>;

	fn metadata() -> Vec<TransactionExtensionMetadata> {
		Charge::metadata()
	}

	fn implicit(&self) -> Result<Self::Implicit, TransactionValidityError> {
		self.0.implicit()
	}

	fn weight(&self, call: &RuntimeCall) -> Weight {
		match call {
			// Their check is in the weight of the call.
			RuntimeCall::Nodes(call) if Nodes::is_free(call) => Weight::zero(),
			RuntimeCall::Deployments(call) if Deployments::is_free(call) => Weight::zero(),
			call => self.0.weight(call),
		}
	}

	fn validate(
		&self,
		origin: RuntimeOrigin,
		call: &RuntimeCall,
		info: &DispatchInfo,
		len: usize,
		implicit: Self::Implicit,
		implication: &impl Implication,
		source: TransactionSource,
	) -> ValidateResult<Self::Val, RuntimeCall> {
		if let Some(checked) = Self::free(&origin, call) {
			return Ok((checked?, Fee::None, origin));
		}
		let (valid, charged, origin) =
			self.0.validate(origin, call, info, len, implicit, implication, source)?;
		Ok((valid, Fee::Taken(charged), origin))
	}

	fn prepare(
		self,
		fee: Self::Val,
		origin: &RuntimeOrigin,
		call: &RuntimeCall,
		info: &DispatchInfo,
		len: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		match fee {
			Fee::Taken(charged) => self.0.prepare(charged, origin, call, info, len).map(Fee::Taken),
			Fee::None => Ok(Fee::None),
		}
	}

	fn post_dispatch_details(
		fee: Self::Pre,
		info: &DispatchInfo,
		post_info: &PostDispatchInfo,
		len: usize,
		result: &DispatchResult,
	) -> Result<Weight, TransactionValidityError> {
		match fee {
			Fee::Taken(charged) => {
				Charge::post_dispatch_details(charged, info, post_info, len, result)
			},
			Fee::None => Ok(Weight::zero()),
		}
	}
}

impl<Charge: StaticTypeInfo> TypeInfo for ChargeUnlessNode<Charge> {
	type Identity = Charge;

	fn type_info() -> scale_info::Type {
		Charge::type_info()
	}
}

impl<Charge: fmt::Debug> fmt::Debug for ChargeUnlessNode<Charge> {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		self.0.fmt(f)
	}
}
