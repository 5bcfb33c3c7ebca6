//! # Deployments
//!
//! Contracts for IT: what runs on which nodes, in which revision, and what became of it.
//!
//! ## Words
//!
//! - **contract**: specs on one or more nodes, with an owner, a state and a revision. Its number is
//!   for ever; its **label** is what the owner calls it.
//! - **slot**: a node of a contract. **Placement**: what the contract has there.
//! - **amendment**: a revision that is proposed. What it needs is reserved at once; what runs goes
//!   on until stakeholders agree.
//! - **leaving**: a node that an amendment drops, until it says that it has stopped.
//! - **generation**: a number for each node that grows when what it is to run changes. An agent
//!   reads this one number in each block, and nothing else while it stays.
//! - **rental**: a node that one twin has for itself.
//! - **clearing**: a node from which all contracts are taken, a few in each block.
//!
//! ## Stories
//!
//! 1. Bob `create`s a contract: a web server on one node, a database on another. Capacity, public
//!    addresses, deposit and advance are taken together, or nothing is. The nodes see their
//!    generation grow, start what they read, and `report` that it runs.
//! 2. With a policy, the contract waits until its stakeholders agree. If they do not, or not in
//!    time, it is gone and all is given back.
//! 3. He `amend`s it: more memory here, another node there. If the policy guards amendments, the
//!    old revision runs until they agree. What it had more is free again when the nodes report.
//! 4. His money runs out: the contract is paused. It goes on when there is money, or ends with its
//!    data after a while.
//! 5. He `cancel`s it, and everything is given back. Ended contracts leave the storage.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use grid_primitives::report::{Address, Status};
pub use pallet::*;
pub use types::*;
pub use views::*;
pub use weights::WeightInfo;

mod amend;
mod arrears;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod clear;
mod decisions;
mod free;
mod holdings;
mod lifecycle;
mod owner;
mod rental;
mod report;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
mod views;
pub mod weights;

const LOG_TARGET: &str = "runtime::deployments";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		dispatch::WithPostDispatchInfo,
		pallet_prelude::*,
		traits::{Consideration, ConstU64, Footprint},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;
	use grid_primitives::{
		ports::{self, ApprovalGate, Availability, Meter, NodeCapacity, PublicIps, Quote, Twins},
		report::{FailureCode, Outcome},
		spec::{plan::PlanFault, Change, List, Name, Spec, MAX_NODES, MAX_SPEC},
		Balance, ContractId, NodeId, PolicyId, RequestId, TwinId,
	};
	use sp_runtime::traits::Convert;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// A contract as it is stored.
	pub type ContractOf<T> =
		Contract<<T as frame_system::Config>::AccountId, <T as Config>::Consideration>;
	/// A placement as it is stored.
	pub type PlacementOf<T> = Placement<BlockNumberFor<T>>;
	/// A rental as it is stored.
	pub type RentalOf<T> =
		Rental<<T as frame_system::Config>::AccountId, <T as Config>::Consideration>;

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who ends what nobody else can.
		type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Who has a twin.
		type Twins: Twins<Self::AccountId>;
		/// Who operates nodes, and for which farm.
		type Nodes: ports::Nodes<Self::AccountId>;
		/// What nodes have.
		type Capacity: NodeCapacity;
		/// Who has nodes for himself.
		type Rentals: ports::Rentals;
		/// Which nodes are there.
		type Availability: Availability;
		/// Public addresses.
		type PublicIps: PublicIps;
		/// Who has to agree.
		type Approvals: ApprovalGate<Self::AccountId>;
		/// What it costs.
		type Meter: Meter<Self::AccountId>;
		/// The deposit on contracts and rentals.
		type Consideration: Consideration<Self::AccountId, Footprint>;
		/// What that deposit is.
		type DepositPrice: Convert<Footprint, Balance>;
		/// For how many blocks a node keeps its word, before it says something else of the same.
		#[pallet::constant]
		type ReportInterval: Get<BlockNumberFor<Self>>;
		/// What calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// Why money of an account is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It has a contract, or rents a node.
		Contract,
	}

	/// Every contract.
	#[pallet::storage]
	pub type Contracts<T: Config> =
		StorageMap<_, Twox64Concat, ContractId, ContractOf<T>, OptionQuery>;

	/// The contracts of each twin, by label.
	#[pallet::storage]
	pub type Labels<T: Config> =
		StorageDoubleMap<_, Twox64Concat, TwinId, Blake2_128Concat, Name, ContractId, OptionQuery>;

	/// What each node is to run.
	#[pallet::storage]
	pub type Placements<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		NodeId,
		Twox64Concat,
		ContractId,
		PlacementOf<T>,
		OptionQuery,
	>;

	/// The revision that is proposed of a contract.
	#[pallet::storage]
	pub type Amendments<T: Config> =
		StorageMap<_, Twox64Concat, ContractId, Amendment, OptionQuery>;

	/// The number of the next contract.
	#[pallet::storage]
	#[pallet::whitelist_storage]
	pub type NextContractId<T: Config> = StorageValue<_, ContractId, ValueQuery, ConstU64<1>>;

	/// The nodes that are rented.
	#[pallet::storage]
	pub type Rentals<T: Config> = StorageMap<_, Twox64Concat, NodeId, RentalOf<T>, OptionQuery>;

	/// The nodes from which all contracts are taken.
	#[pallet::storage]
	pub type Clearing<T: Config> = StorageMap<_, Twox64Concat, NodeId, Why, OptionQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// There is a new contract. It runs unless stakeholders have to agree first.
		Created { contract: ContractId, twin: TwinId, request: Option<RequestId> },
		/// Stakeholders agreed: a new contract runs.
		Approved { contract: ContractId },
		/// Stakeholders are asked about another revision.
		AmendmentProposed { contract: ContractId, revision: u32, request: RequestId },
		/// Another revision is in force.
		Amended { contract: ContractId, revision: u32 },
		/// A proposed revision came to nothing.
		AmendmentDropped { contract: ContractId, revision: u32, why: Why },
		/// Stakeholders are asked whether a contract may end.
		EndProposed { contract: ContractId, request: RequestId },
		/// A contract does not end.
		EndDropped { contract: ContractId, why: Why },
		/// Stakeholders are asked whether what runs is what they wanted.
		Delivered { contract: ContractId, revision: u32, request: RequestId },
		/// It is.
		DeliveryAccepted { contract: ContractId, revision: u32 },
		/// They do not say so.
		DeliveryNotAccepted { contract: ContractId, revision: u32, why: Why },
		/// A contract has stopped for want of money.
		Paused { contract: ContractId },
		/// There is money again.
		Resumed { contract: ContractId },
		/// A contract is gone.
		Ended { contract: ContractId, twin: TwinId, why: Why },
		/// A node runs a revision.
		Running { contract: ContractId, node: NodeId, revision: u32 },
		/// A node cannot run a revision. The details are in its placement.
		Failed { contract: ContractId, node: NodeId, revision: u32, code: FailureCode },
		/// A node has stopped what it is not to run.
		Stopped { contract: ContractId, node: NodeId, revision: u32 },
		/// A node runs nothing of a contract any more.
		Left { contract: ContractId, node: NodeId, why: Why },
		/// Somebody has a node for himself.
		Rented { node: NodeId, twin: TwinId },
		/// What is on a rented node has stopped for want of money.
		RentalPaused { node: NodeId },
		/// There is money again.
		RentalResumed { node: NodeId },
		/// A node is for everybody again.
		RentalEnded { node: NodeId, twin: TwinId, why: Why },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// Whoever deploys needs a twin: `twins.create`.
		NoTwin,
		/// There is no such contract.
		NoContract,
		/// Only the owner of the contract can do this.
		NotOwner,
		/// A contract of this twin has this label already.
		LabelTaken,
		/// A label has 1 to 36 characters of a-z, 0-9 and -.
		BadLabel,
		/// There is no such node.
		NoNode,
		/// The node takes no more contracts: its farmer, or governance, says so.
		NodeNotOpen,
		/// The node has not shown itself for too long.
		NodeOffline,
		/// Somebody else has rented the node.
		NodeRentedByOther,
		/// Not enough is free on the node.
		NodeFull,
		/// The farm of the node has not enough public addresses free.
		NoPublicIp,
		/// A contract has at most 8 public addresses on a node.
		TooManyPublicIps,
		/// The account cannot pay the deposit, the advance and the grace.
		NotFunded,
		/// An hour costs more than was to be paid at most.
		TooExpensive,
		/// There is no such policy.
		NoPolicy,
		/// The policy is retired.
		PolicyRetired,
		/// Only its owner can use the policy.
		PolicyNotOpen,
		/// Stakeholders have not agreed to the contract yet.
		NotApproved,
		/// The contract is paused: top it up first.
		ContractPaused,
		/// Stakeholders are asked about the contract at the moment: wait, or `withdraw`.
		QuestionOpen,
		/// The contract is at another revision by now: look at it, and amend that one.
		ChangedMeanwhile,
		/// Stakeholders are asked nothing about the contract that could be withdrawn.
		NoQuestion,
		/// The change leaves everything as it is.
		NothingChanged,
		/// The contract has nothing on the node.
		NotOnNode,
		/// The node has yet to say that it has stopped what was there.
		NodeLeaving,
		/// A contract has at most 32 nodes, those that are leaving too.
		TooManyNodes,
		/// A contract has at least one node: `cancel` ends it.
		NoNodesLeft,
		/// The policy does not ask for acceptance, or there is none.
		NothingToAccept,
		/// Not all of the contract runs.
		NotRunning,
		/// This account operates no node.
		NotANode,
		/// The node is not to run that revision, or has not been told of it yet.
		OtherRevision,
		/// A node says that it runs only what is to run, and that it has stopped only what is not.
		NotAsWanted,
		/// The node has said that already.
		SaidAlready,
		/// The node has said something else of it a moment ago.
		SaidJustNow,
		/// Something is on the node: only an empty one can be rented.
		NodeNotEmpty,
		/// The account does not rent the node.
		NotTenant,
		/// Contracts are on the node, or are to be: they go first.
		ContractsLeft,
		/// A spec has at least one workload.
		SpecEmpty,
		/// A spec has at most 64 workloads and 16 KiB.
		SpecTooLarge,
		/// A name has 1 to 36 characters of a-z, 0-9 and -.
		BadName,
		/// Two have the same name.
		NameTaken,
		/// A size is too small or too large.
		BadSize,
		/// A text is not UTF-8, or has characters that it cannot.
		BadText,
		/// A workload refers to one that is not in its spec, or is of another kind.
		BadReference,
		/// A range or subnet is not private, has no such prefix, or is not inside of the other.
		BadSubnet,
		/// An address is not one of its subnet that can be given.
		BadAddress,
		/// Two have the same address.
		AddressTaken,
		/// A port is 0, or used twice.
		BadPort,
		/// A key cannot be one.
		BadKey,
		/// An image has no proper reference.
		BadImage,
		/// A path is not absolute and plain, or is one that cannot be used.
		BadPath,
		/// Two paths are the same, or one is inside of the other.
		PathsOverlap,
		/// The name of a variable is not one, or used twice.
		BadVariable,
		/// A secret is too short to be sealed.
		BadSecret,
		/// A plan has 1 to 32 nodes.
		BadNumberOfNodes,
		/// A plan has a node twice.
		NodeTwice,
		/// Networks of the same name have other ranges on other nodes.
		RangesDiffer,
		/// Two nodes have the same part of a network, or parts that overlap.
		SubnetsOverlap,
		/// The random bits of a network's addresses of version 6 are all 0.
		BadUla,
		/// A workload is attached to the same network twice.
		AttachedTwice,
		/// Two networks of a spec have ranges that overlap.
		RangesOverlap,
		/// A spec has at most 16 networks.
		TooManyNetworks,
		/// No node gives networks public addresses of version 6 yet: leave them out.
		NoPublicV6,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_idle(_: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::clear(&mut meter);
			meter.consumed()
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Put specs on nodes: on all of them, or on none. With a policy that guards it, nothing
		/// runs until its stakeholders agree. Refused if an hour costs more than `most`, in 1e-7 USD.
		#[pallet::call_index(0)]
		#[pallet::weight({
			let (nodes, bytes, addresses) = Pallet::<T>::extent(plan.iter().map(|(_, spec)| spec));
			let ask = policy.map_or(Weight::zero(), |_| T::WeightInfo::ask());
			T::WeightInfo::create(nodes, bytes, addresses).saturating_add(ask)
		})]
		pub fn create(
			origin: OriginFor<T>,
			label: Name,
			plan: List<(NodeId, Spec), MAX_NODES>,
			policy: Option<PolicyId>,
			most: Option<u64>,
		) -> DispatchResult {
			Self::do_create(ensure_signed(origin)?, label, plan, policy, most)
		}

		/// Change what is on some nodes of a contract, which is at this revision. For its owner.
		/// With a policy that guards it, all stays as it is until its stakeholders agree. Refused if an
		/// hour would then cost more than `most`, in 1e-7 USD.
		#[pallet::call_index(1)]
		#[pallet::weight({
			let specs = changes.iter().filter_map(|change| change.spec.as_ref());
			let (_, bytes, addresses) = Pallet::<T>::extent(specs);
			let apply = T::WeightInfo::apply(MAX_NODES, bytes);
			let agreed = apply.max(T::WeightInfo::ask());
			T::WeightInfo::amend(MAX_NODES, bytes, addresses).saturating_add(agreed)
		})]
		pub fn amend(
			origin: OriginFor<T>,
			contract: ContractId,
			revision: u32,
			changes: List<Change, MAX_NODES>,
			most: Option<u64>,
		) -> DispatchResultWithPostInfo {
			Self::do_amend(&ensure_signed(origin)?, contract, revision, changes, most)
		}

		/// End a contract. For its owner. With a policy that guards it, it goes on until its
		/// stakeholders agree.
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::heaviest_end())]
		pub fn cancel(origin: OriginFor<T>, contract: ContractId) -> DispatchResultWithPostInfo {
			Self::do_cancel(&ensure_signed(origin)?, contract)
				.map_err(|refused| refused.error.with_weight(T::WeightInfo::deliver(1)))
		}

		/// Take back what stakeholders are asked about a contract. For its owner.
		#[pallet::call_index(3)]
		#[pallet::weight(Pallet::<T>::heaviest_withdrawal())]
		pub fn withdraw(origin: OriginFor<T>, contract: ContractId) -> DispatchResult {
			Self::do_withdraw(&ensure_signed(origin)?, contract)
		}

		/// Ask stakeholders whether what runs is what they wanted. For the owner of a contract
		/// whose policy asks for that.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::deliver(MAX_NODES))]
		pub fn deliver(origin: OriginFor<T>, contract: ContractId) -> DispatchResult {
			Self::do_deliver(&ensure_signed(origin)?, contract)
		}

		/// Say what became of a revision on this node. Costs nothing when it is news.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::report(MAX_NODES, MAX_ADDRESSES, MAX_SPEC))]
		pub fn report(
			origin: OriginFor<T>,
			contract: ContractId,
			revision: u32,
			outcome: Outcome,
		) -> DispatchResultWithPostInfo {
			Self::do_report(&ensure_signed(origin)?, contract, revision, outcome)
		}

		/// Have an empty node for oneself. Refused if an hour costs more than `most`, in 1e-7 USD.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::rent())]
		pub fn rent(origin: OriginFor<T>, node: NodeId, most: Option<u64>) -> DispatchResult {
			Self::do_rent(ensure_signed(origin)?, node, most)
		}

		/// Give a rented node back, when nothing is on it.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::release())]
		pub fn release(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			Self::do_release(&ensure_signed(origin)?, node)
		}

		/// End a contract whatever its owner and stakeholders say. For governance.
		#[pallet::call_index(8)]
		#[pallet::weight(Pallet::<T>::heaviest_end())]
		pub fn force_cancel(
			origin: OriginFor<T>,
			contract: ContractId,
		) -> DispatchResultWithPostInfo {
			T::GovernanceOrigin::ensure_origin(origin)?;
			let found = Contracts::<T>::get(contract).ok_or(Error::<T>::NoContract)?;
			Ok(Some(Self::end(contract, found, Why::Governance)).into())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// A contract, with what it has on its nodes.
		pub fn contract(contract: ContractId) -> Option<ContractView<T::AccountId>> {
			Self::view_contract(contract)
		}

		/// Contracts of a twin with their labels, after one of them. At most `limit`, and 100.
		pub fn contracts_of(
			twin: TwinId,
			after: Option<Name>,
			limit: u32,
		) -> Vec<(Name, ContractId)> {
			Self::view_contracts_of(twin, after, limit)
		}

		/// How often what a node is to run has changed.
		pub fn generation(node: NodeId) -> u64 {
			T::Capacity::generation(node)
		}

		/// What a node is to run, after a contract. At most `limit`, and 100.
		pub fn desired(node: NodeId, after: Option<ContractId>, limit: u32) -> DesiredPage {
			Self::view_desired(node, after, limit)
		}

		/// What an amendment would change.
		pub fn amendment(contract: ContractId) -> Option<Amendment> {
			Amendments::<T>::get(contract)
		}

		/// What is wrong with a plan, and where.
		pub fn check(plan: List<(NodeId, Spec), MAX_NODES>) -> Result<(), PlanFault> {
			Self::check_plan(&plan)
		}

		/// What a plan would cost an account, and what would be held.
		pub fn quote(who: T::AccountId, plan: List<(NodeId, Spec), MAX_NODES>) -> Quote {
			Self::view_quote(&who, &plan)
		}

		/// What a contract would cost with these changes, and what would be held.
		pub fn quote_amendment(
			contract: ContractId,
			changes: List<Change, MAX_NODES>,
		) -> Option<Quote> {
			Self::view_quote_amendment(contract, &changes)
		}

		/// What the rent of a node would cost, and what would be held.
		pub fn quote_rental(node: NodeId) -> Option<Quote> {
			Self::view_quote_rental(node)
		}

		/// Who rents a node, and whether it has stopped for want of money.
		pub fn rental(node: NodeId) -> Option<(T::AccountId, TwinId, bool)> {
			Rentals::<T>::get(node).map(|rental| (rental.tenant, rental.twin, rental.paused))
		}
	}
}
