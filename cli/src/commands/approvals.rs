use super::{nothing, review::Review};
use crate::{
	chain::{number, of, Call},
	keys::Account,
	output::Table,
	session::Session,
	Failure,
};
use grid_primitives::{spec::List, RequestId};
use serde_json::{json, Value as Json};
use subxt::ext::scale_value::Value;

/// What stakeholders are asked, and what they answer
#[derive(clap::Subcommand)]
pub(super) enum Approvals {
	/// What one is asked
	List,
	/// What exactly is asked: in words, and as a difference to what is there
	Show {
		/// Which request
		request: RequestId,
	},
	/// Agree. It is shown first, and the answer is bound to every byte of it
	Approve {
		/// Which request
		request: RequestId,
		/// Agree only if the digest is this one
		#[arg(long, value_parser = super::twin::parse_key)]
		digest: Option<[u8; 32]>,
	},
	/// Do not agree
	Object {
		/// Which request
		request: RequestId,
		/// Why: everybody can read it
		reason: String,
	},
	/// Take back what one has said
	Retract {
		/// Which request
		request: RequestId,
	},
	/// End a request of which the time has passed
	Expire {
		/// Which request
		request: RequestId,
	},
	/// Decide in the stead of stakeholders who cannot (governance: --by)
	Decide {
		/// Which request
		request: RequestId,
		/// What is said in their stead
		answer: Answer,
	},
}

/// What is said in the stead of stakeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Answer {
	/// They agree.
	Agree,
	/// They object.
	Object,
}

fn about(name: &str, request: RequestId) -> Call {
	Call::new("Approvals", name).with("request", number(request))
}

/// A request as programs read it.
fn record(id: RequestId, review: &Review) -> Json {
	let request = &review.request;
	let people = |list: &[subxt::utils::AccountId32]| -> Vec<_> {
		list.iter().map(|it| Account(it.0)).collect()
	};
	let roles: Vec<_> = request
		.roles
		.iter()
		.map(|role| {
			json!({
				"title": String::from_utf8_lossy(&role.title),
				"threshold": role.threshold,
				"veto": role.veto,
				"missing": role.missing,
				"approved": people(&role.approved),
				"objected": people(&role.objected),
				"silent": people(&role.silent),
			})
		})
		.collect();
	json!({
		"request": id,
		"policy": request.policy,
		"asker": Account(request.asker.0),
		"question": *request.question,
		"digest": format!("0x{}", hex::encode(review.digest)),
		"expires": request.expires,
		"roles": roles,
		"change": anstream::adapter::strip_str(&review.text).to_string(),
	})
}

impl Approvals {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let call = match self {
			Self::List => return list(session).await,
			Self::Show { request } => {
				let review = Review::of(&session.state().await?, request).await?;
				return session.output().write(&record(request, &review), || review.show(request));
			},
			Self::Approve { request, digest } => {
				let review = Review::of(&session.state().await?, request).await?;
				if digest.is_some_and(|wanted| wanted != review.digest) {
					return Err(Failure::Input(format!(
						"request {request} has the digest 0x{}, and not the one that you name: \
						 something else is asked",
						hex::encode(review.digest)
					)));
				}
				session.note(review.show(request));
				session.confirm("Agree to exactly that?")?;
				about("approve", request).with("digest", Value::from_bytes(review.digest))
			},
			Self::Object { request, reason } => {
				let reason: Result<List<u8, 256>, _> = reason.into_bytes().try_into();
				let reason =
					reason.map_err(|_| Failure::Input("a reason has at most 256 bytes".into()))?;
				session.confirm(&format!("Object to request {request}?"))?;
				about("object", request).with("reason", of(&reason))
			},
			Self::Retract { request } => about("retract", request),
			Self::Expire { request } => about("expire", request),
			Self::Decide { request, answer } => {
				let asked = session.state().await?.request(request).await?;
				asked.ok_or_else(|| nothing(format!("request {request}")))?;
				session.confirm(&format!("Decide request {request} for its stakeholders?"))?;
				about("force_decide", request)
					.with("approved", Value::bool(answer == Answer::Agree))
			},
		};
		let Some(done) = session.send(call).await? else { return Ok(()) };
		for event in &done.events {
			if ["Deployments", "Approvals"].contains(&event.pallet.as_str()) {
				session.note(event.to_string());
			}
		}
		session.done(&done, &[])
	}
}

async fn list(session: &Session) -> Result<(), Failure> {
	let state = session.state().await?;
	let who = session.account()?;
	let mut records = Vec::new();
	for id in state.requests_for(who).await? {
		// One that was decided meanwhile is not asked any more.
		let Some(request) = state.request(id).await? else { continue };
		let said = |list: &[subxt::utils::AccountId32]| list.iter().any(|it| it.0 == who.0);
		let mine = match &request.roles {
			roles if roles.iter().any(|role| said(&role.approved)) => "agreed",
			roles if roles.iter().any(|role| said(&role.objected)) => "objected",
			_ => "nothing",
		};
		let missing: u32 = request.roles.iter().map(|role| u32::from(role.missing)).sum();
		records.push(json!({
			"request": id,
			"action": request.question.action,
			"subject": request.question.subject,
			"asker": Account(request.asker.0),
			"expires": request.expires,
			"missing": missing,
			"said": mine,
		}));
	}
	session.output().write(&records, || {
		let fields = ["request", "action", "subject", "asker", "missing", "said", "expires"];
		let mut table = Table::new(&fields);
		for it in &records {
			table.row(fields.map(|field| super::status::plain(&it[field])));
		}
		table.to_string()
	})
}
