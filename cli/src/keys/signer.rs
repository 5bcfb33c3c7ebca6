//! Who signs: a key that is here, or a program that has one.

use super::{Account, Error, Pair};
use ed25519_dalek::{Signature, VerifyingKey};
use schnorrkel::signing_context;
use std::{
	io::Write,
	process::{Command, Stdio},
};
use subxt::config::substrate::MultiSignature;

/// Who signs.
#[derive(Clone, Debug)]
pub enum Signer {
	/// A key that is here.
	Here(Pair),
	/// A program that is told what to sign, and answers with a signature.
	Elsewhere(External),
}

/// A program that signs: for keys in hardware, or on a machine of their own.
///
/// It is run by the shell, gets the bytes to sign on its standard input as a line of hex digits, and
/// says the signature in hex digits. Which account is to sign is in the variable `GRID_SIGNER_ACCOUNT`.
#[derive(Clone, Debug)]
pub struct External {
	/// The account that it signs for.
	pub account: Account,
	/// How it is run.
	pub command: String,
}

impl Signer {
	/// The account that is signed for.
	pub fn account(&self) -> Account {
		match self {
			Self::Here(pair) => pair.account(),
			Self::Elsewhere(external) => external.account,
		}
	}

	/// Sign some bytes.
	pub fn sign(&self, bytes: &[u8]) -> Result<MultiSignature, Error> {
		match self {
			Self::Here(pair) => Ok(pair.sign(bytes)),
			Self::Elsewhere(external) => external.sign(bytes),
		}
	}
}

impl External {
	fn sign(&self, bytes: &[u8]) -> Result<MultiSignature, Error> {
		let failed = |why: String| Error::Signer { command: self.command.clone(), why };
		let mut child = Command::new("sh")
			.args(["-c", &self.command])
			.env("GRID_SIGNER_ACCOUNT", self.account.to_string())
			.stdin(Stdio::piped())
			.stdout(Stdio::piped())
			.spawn()
			.map_err(|error| failed(error.to_string()))?;
		if let Some(mut stdin) = child.stdin.take() {
			// Who does not want to read it says so by its exit code.
			let _ = writeln!(stdin, "0x{}", hex::encode(bytes));
		}
		let said = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
		if !said.status.success() {
			return Err(failed(said.status.to_string()));
		}
		let text = String::from_utf8_lossy(&said.stdout);
		let digits = text.trim().trim_start_matches("0x");
		let signature = hex::decode(digits).unwrap_or_default();
		signature_of(self.account, bytes, &signature)
			.ok_or_else(|| failed(format!("it said no signature of {}", self.account)))
	}
}

/// A signature of either kind, bare or as the chain writes it: whichever it is of the account.
fn signature_of(account: Account, bytes: &[u8], signature: &[u8]) -> Option<MultiSignature> {
	let bare = match signature {
		[0 | 1, bare @ ..] if bare.len() == 64 => bare,
		bare => bare,
	};
	let bare: [u8; 64] = bare.try_into().ok()?;
	let sr25519 = schnorrkel::PublicKey::from_bytes(&account.0).ok().and_then(|key| {
		let signature = schnorrkel::Signature::from_bytes(&bare).ok()?;
		key.verify(signing_context(b"substrate").bytes(bytes), &signature).ok()
	});
	let ed25519 = || {
		let key = VerifyingKey::from_bytes(&account.0).ok()?;
		key.verify_strict(bytes, &Signature::from_bytes(&bare)).ok()
	};
	match sr25519 {
		Some(()) => Some(MultiSignature::Sr25519(bare)),
		None => ed25519().map(|()| MultiSignature::Ed25519(bare)),
	}
}

#[cfg(test)]
mod tests {
	use super::super::{from_phrase, Scheme};
	use super::*;

	fn external(pair: &Pair, command: String) -> Signer {
		Signer::Elsewhere(External { account: pair.account(), command })
	}

	#[test]
	fn a_program_is_told_what_to_sign_and_believed_if_it_has() {
		for scheme in [Scheme::Sr25519, Scheme::Ed25519] {
			let pair = from_phrase(scheme, "//Bob").expect("it is a phrase");
			let bare = match pair.sign(b"call") {
				MultiSignature::Sr25519(bare) | MultiSignature::Ed25519(bare) => bare.to_vec(),
				MultiSignature::Ecdsa(bare) => bare.to_vec(),
			};
			let digits = hex::encode(bare);
			let line = format!("0x{}", hex::encode(b"call"));
			let says = format!("read line; test \"$line\" = {line} && echo 0x{digits}");
			let signed = external(&pair, says.clone()).sign(b"call").expect("it has signed");
			assert_eq!(matches!(signed, MultiSignature::Sr25519(_)), scheme == Scheme::Sr25519);
			assert!(external(&pair, says).sign(b"other").is_err(), "it refuses other bytes");
			let blindly = external(&pair, format!("echo {digits}"));
			assert!(blindly.sign(b"other").is_err(), "it has signed something else");
		}
	}

	#[test]
	fn a_program_that_fails_is_said_to_have() {
		let pair = from_phrase(Scheme::Sr25519, "//Bob").expect("it is a phrase");
		let Err(error) = external(&pair, "exit 3".into()).sign(b"call") else {
			panic!("it failed")
		};
		assert!(error.to_string().contains("exit 3") && error.to_string().contains("status: 3"));
	}
}
