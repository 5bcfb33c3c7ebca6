//! An example of each command, which its help shows. A test reads them all.

use clap::Command;

/// Examples by command.
const EXAMPLES: &[(&str, &[&str])] = &[
	("plan", &["grid plan shop.yaml", "grid plan shop.yaml --exit-code --output json"]),
	("apply", &["grid apply shop.yaml", "grid apply shop.yaml --yes --output json"]),
	("destroy", &["grid destroy shop.yaml"]),
	("watch", &["grid watch shop.yaml", "grid watch shop.yaml --heal --after 300 --yes"]),
	("status", &["grid status", "grid status --of 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"]),
	("top", &["grid top"]),
	("events", &["grid events --follow --contract 7", "grid events --pallet billing --blocks 100"]),
	("deployment list", &["grid deployment list"]),
	("deployment show", &["grid deployment show 7"]),
	(
		"deployment create",
		&[
			"grid deployment create contract.yaml",
			"grid deployment create contract.yaml --most 0.05",
		],
	),
	(
		"deployment amend",
		&[
			"grid deployment amend 7 changes.yaml",
			"grid deployment amend 7 changes.yaml --revision 2",
		],
	),
	("deployment cancel", &["grid deployment cancel 7"]),
	("deployment withdraw", &["grid deployment withdraw 7"]),
	("deployment deliver", &["grid deployment deliver 7"]),
	("deployment wait", &["grid deployment wait 7 --timeout 600"]),
	("deployment force-cancel", &["grid deployment force-cancel 7 --by council"]),
	("approvals list", &["grid approvals list --account legal"]),
	("approvals show", &["grid approvals show 3"]),
	("approvals approve", &["grid approvals approve 3"]),
	("approvals object", &["grid approvals object 3 'the image is not the one we reviewed'"]),
	("approvals retract", &["grid approvals retract 3"]),
	("approvals expire", &["grid approvals expire 3"]),
	("approvals decide", &["grid approvals decide 3 object --by council"]),
	("policy create", &["grid policy create policy.yaml"]),
	("policy amend", &["grid policy amend 2 policy.yaml"]),
	("policy withdraw-amendment", &["grid policy withdraw-amendment 2"]),
	("policy retire", &["grid policy retire 2"]),
	("policy list", &["grid policy list"]),
	("policy show", &["grid policy show 2"]),
	("bill show", &["grid bill show 7", "grid bill show node:3"]),
	("bill quote", &["grid bill quote plan.yaml"]),
	("bill prices", &["grid bill prices"]),
	("bill top-up", &["grid bill top-up 7 12.5"]),
	("bill sponsor", &["grid bill sponsor 7 12.5"]),
	("bill settle", &["grid bill settle 7"]),
	("bill pay-share", &["grid bill pay-share", "grid bill pay-share bob"]),
	("bill grace", &["grid bill grace 7 86400"]),
	("bill withdraw", &["grid bill withdraw 7"]),
	("bill statement", &["grid bill statement 7 --blocks 43200 --csv"]),
	("rental start", &["grid rental start 3", "grid rental start 3 --most 0.05"]),
	("rental quote", &["grid rental quote 3"]),
	("rental stop", &["grid rental stop 3"]),
	("rental show", &["grid rental show 3"]),
	("twin create", &["grid twin create", "grid twin create --relay relay.example"]),
	("twin update", &["grid twin update --relay relay.example"]),
	("twin delete", &["grid twin delete"]),
	(
		"twin accept-terms",
		&["grid twin accept-terms 0x1111111111111111111111111111111111111111111111111111111111111111"],
	),
	("twin withdraw-acceptance", &["grid twin withdraw-acceptance"]),
	("twin show", &["grid twin show", "grid twin show 4"]),
	("farm create", &["grid farm create north-sea"]),
	("farm rename", &["grid farm rename 2 south-sea"]),
	("farm payout", &["grid farm payout 2 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"]),
	("farm offer", &["grid farm offer 2 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"]),
	("farm withdraw-offer", &["grid farm withdraw-offer 2"]),
	("farm accept", &["grid farm accept 2"]),
	("farm delete", &["grid farm delete 2"]),
	("farm list", &["grid farm list"]),
	("farm show", &["grid farm show 2", "grid farm show north-sea"]),
	("farm ip add", &["grid farm ip add 2 --gateway 185.206.122.1 185.206.122.31/24"]),
	("farm ip remove", &["grid farm ip remove 2 185.206.122.31"]),
	("farm ip list", &["grid farm ip list 2"]),
	("node list", &["grid node list --country BE --cores 4 --memory 8 --online"]),
	("node show", &["grid node show 3"]),
	("node invite", &["grid node invite 2 $(zos-agent init)"]),
	("node uninvite", &["grid node uninvite 2 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"]),
	("node open", &["grid node open 3"]),
	("node maintenance", &["grid node maintenance 3"]),
	("node retire", &["grid node retire 3"]),
	("node remove", &["grid node remove 3"]),
	("node certify", &["grid node certify 3 --by council"]),
	("node expel", &["grid node expel 3 --by council"]),
	("network key", &["grid network key laptop.key"]),
	("network devices", &["grid network devices 7"]),
	("network access", &["grid network access 7 laptop --key-file laptop.key --to shop.conf"]),
	("account show", &["grid account show", "grid account show bob"]),
	("account transfer", &["grid account transfer bob 12.5"]),
	("key new", &["grid key new bob"]),
	(
		"key import",
		&[
			"grid key import bob",
			"grid key import bob --phrase-file -",
			"grid key import bob --file wallet-export.json",
		],
	),
	("key export", &["grid key export bob bob.json"]),
	("key list", &["grid key list"]),
	("key remove", &["grid key remove bob"]),
	("profile list", &["grid profile list"]),
	(
		"profile set",
		&[
			"grid profile set main --chain wss://rpc.grid.example --account bob",
			"grid profile set card --account bob --signer sign-with-card",
		],
	),
	("profile use", &["grid profile use main"]),
	("profile remove", &["grid profile remove main"]),
	("validator list", &["grid validator list"]),
	(
		"validator set-keys",
		&[
			"grid validator set-keys --chain ws://127.0.0.1:9944",
			"grid validator set-keys 0x1234 0x5678",
		],
	),
	("validator withdraw-keys", &["grid validator withdraw-keys"]),
	("validator leave", &["grid validator leave"]),
	("validator rejoin", &["grid validator rejoin"]),
	("validator add", &["grid validator add bob --by council"]),
	("validator remove", &["grid validator remove bob --by council"]),
	(
		"validator set-timing",
		&["grid validator set-timing --session-length 300 --silence-limit 1800 --by council"],
	),
	("council members", &["grid council members"]),
	("council motions", &["grid council motions"]),
	(
		"council vote",
		&["grid council vote 0x1111111111111111111111111111111111111111111111111111111111111111 yes"],
	),
	(
		"council close",
		&["grid council close 0x1111111111111111111111111111111111111111111111111111111111111111"],
	),
	("council set-members", &["grid council set-members alice bob carol --by council"]),
	(
		"council disapprove",
		&["grid council disapprove 0x1111111111111111111111111111111111111111111111111111111111111111 --by council"],
	),
	("council set-token-price", &["grid council set-token-price 500000 --by council"]),
	(
		"council set",
		&[
			"grid council set heartbeats.max-gap=600 --by council",
			"grid council set 'billing.payout-shares={\"farm\": 700000, \"treasury\": 200000}' --by council",
			"grid council set heartbeats.max-gap=null --by council",
		],
	),
	(
		"council set-terms",
		&["grid council set-terms 0x1111111111111111111111111111111111111111111111111111111111111111 --by council"],
	),
	("runtime show", &["grid runtime show"]),
	(
		"runtime authorize",
		&["grid runtime authorize grid_runtime.compact.compressed.wasm --by council"],
	),
	("runtime upgrade", &["grid runtime upgrade grid_runtime.compact.compressed.wasm"]),
	("tx decode", &["grid tx decode unsigned.json"]),
	("tx sign", &["grid tx sign unsigned.json --to signed.json"]),
	("tx submit", &["grid tx submit signed.json"]),
	(
		"tx find",
		&["grid tx find 0x1111111111111111111111111111111111111111111111111111111111111111"],
	),
	("schema", &["grid schema > manifest.schema.json"]),
	("completion", &["source <(grid completion bash)"]),
	("man", &["grid man ~/.local/share/man/man1"]),
];

/// The command with its examples, and those below it with theirs.
pub(super) fn with_examples(command: Command) -> Command {
	EXAMPLES.iter().fold(command, |command, (path, examples)| {
		let words: Vec<&str> = path.split(' ').collect();
		at(command, &words, examples)
	})
}

fn at(command: Command, path: &[&str], examples: &[&str]) -> Command {
	match path {
		[] => {
			let before = command.get_after_help().map(|it| format!("{it}\n\n")).unwrap_or_default();
			let heading = if examples.len() == 1 { "Example" } else { "Examples" };
			let help = format!("{before}{heading}:\n  {}", examples.join("\n  "));
			command.after_help(help)
		},
		[name, rest @ ..] => command.mut_subcommand(name, |it| at(it, rest, examples)),
	}
}

#[cfg(test)]
mod tests {
	use super::super::Cli;
	use super::*;
	use clap::{CommandFactory, Parser};

	fn leaves(command: &Command, path: &str, found: &mut Vec<String>) {
		for below in command.get_subcommands().filter(|it| it.get_name() != "help") {
			let path = format!("{path} {}", below.get_name()).trim().to_string();
			match below.has_subcommands() {
				true => leaves(below, &path, found),
				false => found.push(path),
			}
		}
	}

	#[test]
	fn each_command_has_examples_and_they_are_right() {
		let mut all = Vec::new();
		leaves(&Cli::command(), "", &mut all);
		let named: Vec<_> = EXAMPLES.iter().map(|(path, _)| path.to_string()).collect();
		assert_eq!(all, named, "in the order of the help");
		for (path, examples) in EXAMPLES {
			for example in *examples {
				assert!(example.contains(&format!("grid {path}")), "{example} is not of {path}");
				if example.contains(['>', '<', '$']) {
					continue;
				}
				let words = words(example);
				Cli::try_parse_from(&words).unwrap_or_else(|error| panic!("{example}: {error}"));
			}
		}
	}

	/// The words of a line, as shells take them, with quotes.
	fn words(line: &str) -> Vec<String> {
		let parts = line.split('\'').enumerate();
		parts
			.flat_map(|(index, part)| match index % 2 {
				0 => part.split_whitespace().map(String::from).collect(),
				_ => vec![part.to_string()],
			})
			.collect()
	}
}
