use crate::{
	chain::{Chain, Endpoint},
	config::Profile as Entry,
	output::Table,
	session::Session,
	Failure,
};

/// Profiles: which chain, which account
#[derive(clap::Subcommand)]
pub(super) enum Profile {
	/// The profiles there are
	List,
	/// Make a profile, or change one: what --chain, --account and --signer say
	Set {
		/// Which
		name: String,
	},
	/// Work with a profile from now on
	Use {
		/// Which
		name: String,
	},
	/// Remove a profile
	Remove {
		/// Which
		name: String,
	},
}

impl Profile {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let mut config = session.config.clone();
		let path = &session.folders.config;
		let missing = |name: &str| crate::config::Error::NoProfile(name.into());
		let what = match self {
			Self::List => {
				return session.output().write(&config, || {
					let mut table = Table::new(&["", "name", "chain", "account"]);
					for (name, it) in &config.profiles {
						let used = if config.profile.as_ref() == Some(name) { "*" } else { "" };
						let chain = it.chain.as_ref().map(Endpoint::to_string).unwrap_or_default();
						let account = it.account.clone().unwrap_or_default();
						table.row([used.into(), name.clone(), chain, account]);
					}
					table.to_string()
				});
			},
			Self::Set { name } => {
				let mut entry: Entry = config.profiles.remove(&name).unwrap_or_default();
				if let Some(endpoint) = &session.options.chain {
					// The chain is asked who it is, so that no other is ever taken for it.
					let chain =
						Chain::connect(endpoint, None, Some(session.memory()), session.patience());
					let chain = chain.await?;
					entry.genesis = Some(chain.genesis());
					entry.chain = Some(endpoint.clone());
				}
				if let Some(account) = &session.options.account {
					session.find_account(account)?;
					entry.account = Some(account.clone());
				}
				entry.signer = session.options.signer.clone().or(entry.signer);
				config.profiles.insert(name.clone(), entry);
				config.profile.get_or_insert_with(|| name.clone());
				format!("set profile {name}")
			},
			Self::Use { name } => {
				config.profiles.get(&name).ok_or_else(|| missing(&name))?;
				config.profile = Some(name.clone());
				format!("use profile {name} from now on")
			},
			Self::Remove { name } => {
				config.profiles.remove(&name).ok_or_else(|| missing(&name))?;
				config.profile = config.profile.filter(|used| *used != name);
				format!("remove profile {name}")
			},
		};
		if session.options.does_here(&what)? {
			config.write(path)?;
		}
		Ok(())
	}
}
