//! `veche keys`: secrets that are made off the server and stay with their holders.

use std::{
    fs::OpenOptions,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use audit::{log::cosignature::Cosigner, round::Bytes};
use base64::{Engine, engine::general_purpose::STANDARD};
use clap::{Subcommand, ValueEnum};
use ed25519_dalek::{
    Signer, SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use rand::Rng as _;
use serde_json::json;
use zeroize::Zeroizing;

use super::{CliFault, Holds};
use crate::crypto::{opening::OpeningKeyPair, pseudonym::RollKey};

/// Begins the file of a witness's key.
const WITNESS_SECRET: &str = "PRIVATE+KEY+";
/// Signature type of an Ed25519 cosignature.
const COSIGNATURE: u8 = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Opens the ballots of one round; its public half goes into the draft as `sealing_key`.
    Opening,
    /// Signs certificates for one commission member; its public half goes into the draft and into `admin staff add`.
    Member,
    /// Cosigns heads of logs; its public half, a vkey, goes into the draft as one of `witnesses.keys`.
    Witness,
    /// Turns people's numbers into pseudonyms; the commission keeps it, the server never sees it.
    Roll,
}

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Makes a key, writes the secret to a new file that only you may read, and prints the public half.
    New {
        /// What the key is for.
        #[arg(value_enum)]
        kind: Kind,
        /// New file for the secret.
        file: PathBuf,
        /// Name of the witness, such as witness.example/w1: an address without https://, which need not be reachable.
        #[arg(long, required_if_eq("kind", "witness"))]
        name: Option<String>,
    },
    /// Prints the public half of a key.
    Public {
        /// What the key is for.
        #[arg(value_enum)]
        kind: Kind,
        /// File with the secret.
        file: PathBuf,
    },
    /// Signs the message of a certificate (base64, from /certificate) with a member's key and prints the signature.
    Sign {
        /// File with the member's secret.
        file: PathBuf,
        /// The message to sign, base64.
        message: String,
    },
}

impl Keys {
    pub(super) fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        match self {
            Self::New { kind, file, name } => {
                write_secret(&file, &new_secret(kind, name.as_deref().unwrap_or_default())?)?;
                print_public(kind, &file, as_json)?;
            }
            Self::Public { kind, file } => print_public(kind, &file, as_json)?,
            Self::Sign { file, message } => {
                let message: Bytes = serde_json::from_value(message.into()).map_err(CliFault::other)?;
                let signature = Bytes::from(member(&file)?.sign(&message.0).to_bytes());
                let signature = text(&signature)?;
                if as_json {
                    println!("{}", json!({ "signature": signature }));
                } else {
                    println!("{signature}");
                }
            }
        }
        Ok(true)
    }
}

fn new_secret(kind: Kind, name: &str) -> Result<Zeroizing<String>, CliFault> {
    let mut rng = rand::rng();
    match kind {
        Kind::Opening => Ok(OpeningKeyPair::generate(&mut rng).to_text()),
        Kind::Roll => Ok(RollKey::generate(&mut rng).to_hex()),
        Kind::Member => {
            let mut secret = Zeroizing::new([0; 32]);
            rng.fill_bytes(secret.as_mut_slice());
            SigningKey::from_bytes(&secret).to_pkcs8_pem(LineEnding::LF).map_err(CliFault::other)
        }
        Kind::Witness => {
            let mut secret = Zeroizing::new([0; 32]);
            rng.fill_bytes(secret.as_mut_slice());
            let unfit = || CliFault::Other("--name must not be empty nor hold spaces or plus signs".to_owned());
            let cosigner = Cosigner::new(name.to_owned(), SigningKey::from_bytes(&secret)).ok_or_else(unfit)?;
            Ok(witness_secret(name, cosigner.public().id(), &secret))
        }
    }
}

fn print_public(kind: Kind, file: &Path, as_json: bool) -> Result<(), CliFault> {
    let public = match kind {
        Kind::Opening => Bytes(opening(file)?.public().to_vec()),
        Kind::Member => Bytes::from(member(file)?.verifying_key().to_bytes()),
        Kind::Witness => {
            let vkey = witness(file)?.public().to_string();
            if as_json {
                println!("{}", json!({ "public": vkey, "file": file }));
            } else {
                println!("{vkey}");
            }
            return Ok(());
        }
        Kind::Roll => {
            roll(file)?;
            if as_json {
                println!("{}", json!({ "public": null, "file": file }));
            } else {
                println!("a roll key has no public half; keep {} with the commission", file.display());
            }
            return Ok(());
        }
    };
    let public = text(&public)?;
    if as_json {
        println!("{}", json!({ "public": public, "file": file }));
    } else {
        println!("{public}");
    }
    Ok(())
}

fn text(bytes: &Bytes) -> Result<String, CliFault> {
    let value = serde_json::to_value(bytes).map_err(CliFault::other)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

fn read(file: &Path) -> Result<Zeroizing<String>, CliFault> {
    std::fs::read_to_string(file).map(Zeroizing::new).map_err(CliFault::file(file))
}

fn is_no(what: &str, file: &Path) -> CliFault {
    CliFault::Other(format!("{} holds no {what} key", file.display()))
}

/// The opening key in a file.
pub(super) fn opening(file: &Path) -> Result<OpeningKeyPair, CliFault> {
    read(file)?.trim().parse().map_err(|_| is_no("opening", file))
}

/// The member's key in a file.
pub(super) fn member(file: &Path) -> Result<SigningKey, CliFault> {
    SigningKey::from_pkcs8_pem(&read(file)?).map_err(|_| is_no("member", file))
}

/// The witness's key in a file.
pub(super) fn witness(file: &Path) -> Result<Cosigner, CliFault> {
    let text = read(file)?;
    let parsed = text.trim().strip_prefix(WITNESS_SECRET).and_then(|rest| {
        let (name, rest) = rest.split_once('+')?;
        let bytes = Zeroizing::new(STANDARD.decode(rest.split_once('+')?.1).ok()?);
        let secret = Zeroizing::new(<[u8; 32]>::try_from(bytes.strip_prefix(&[COSIGNATURE])?).ok()?);
        let cosigner = Cosigner::new(name.to_owned(), SigningKey::from_bytes(&secret))?;
        (*witness_secret(name, cosigner.public().id(), &secret) == text.trim()).then_some(cosigner)
    });
    parsed.ok_or_else(|| is_no("witness", file))
}

/// As Go's `sumdb/note` writes a signer's key, with the type of cosignatures.
fn witness_secret(name: &str, id: [u8; 4], secret: &[u8; 32]) -> Zeroizing<String> {
    let tagged = Zeroizing::new([&[COSIGNATURE], secret.as_slice()].concat());
    let key = Zeroizing::new(STANDARD.encode(&*tagged));
    Zeroizing::new(format!("{WITNESS_SECRET}{name}+{}+{}", hex::encode(id), *key))
}

/// The roll key in a file.
pub(super) fn roll(file: &Path) -> Result<RollKey, CliFault> {
    read(file)?.trim().parse().map_err(|_| is_no("roll", file))
}

/// Writes a secret to a file that does not exist yet and that only its owner may read.
pub(super) fn write_secret(file: &Path, secret: &str) -> Result<(), CliFault> {
    let mut options = OpenOptions::new();
    let mut opened = options.write(true).create_new(true).mode(0o600).open(file).map_err(CliFault::file(file))?;
    let end = if secret.ends_with('\n') { "" } else { "\n" };
    opened.write_all(format!("{secret}{end}").as_bytes()).and_then(|()| opened.sync_all()).map_err(CliFault::file(file))
}
