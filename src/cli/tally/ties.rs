//! How `veche tally` breaks ties, and what must be reached for an election to be valid.

use std::path::PathBuf;

use ballots::{
    Ladder,
    election::Turnout,
    ladder::{Rung, Seed},
    rules::Territory,
};
use clap::Args;
use serde::Deserialize as _;
use serde::de::{IntoDeserializer as _, value::Error};
use sha2::{Digest as _, Sha256};

use super::super::CliFault;

#[derive(Debug, Args)]
pub(super) struct Ties {
    /// What tells equals apart, between commas, the first first: application, backwards, forwards, then registration, lots or by-hand;
    /// by default the order in the file, with a seed lots.
    #[arg(long, requires = "method", value_name = "RUNGS", value_delimiter = ',', value_parser = rung)]
    ties: Vec<Rung>,
    /// Public seed of the lots, 64 hexadecimal digits.
    #[arg(long, requires = "method", value_name = "HEX", conflicts_with = "seed_of")]
    seed: Option<String>,
    /// Draws the lots from the SHA-256 of this file, such as the log's final head.
    #[arg(long, requires = "method", value_name = "FILE")]
    seed_of: Option<PathBuf>,
    /// An order that the commission has drawn by hand: ids between commas, the best first; may be given several times.
    #[arg(long, requires = "method", value_name = "IDS")]
    drawn: Vec<String>,
    /// Ballots that are needed of each thousand people who may vote.
    #[arg(long, requires = "eligible", value_name = "PER_MILLE", value_parser = clap::value_parser!(u16).range(..=1000))]
    turnout: Option<u16>,
    /// How many people may vote.
    #[arg(long, requires = "turnout", value_name = "PEOPLE")]
    eligible: Option<u64>,
}

fn rung(name: &str) -> Result<Rung, String> {
    Rung::deserialize(name.into_deserializer()).map_err(|fault: Error| fault.to_string())
}

impl Ties {
    pub(super) fn turnout(&self) -> Option<Turnout> {
        let (eligible, per_mille) = self.eligible.zip(self.turnout)?;
        Some(Turnout { eligible, per_mille })
    }

    pub(super) fn ladder(&self, territories: &[Territory]) -> Result<Ladder, CliFault> {
        let seed = self.seed()?;
        let rungs = match (self.ties.as_slice(), seed) {
            ([], None) => &[Rung::Registration][..],
            ([], Some(_)) => &[Rung::Lots],
            (rungs, _) => rungs,
        };
        let entered = self.drawn.iter().map(|ids| positions("--drawn", ids, territories)).collect::<Result<_, _>>()?;
        let ladder = Ladder { entered, seed, ..Ladder::new(rungs) };
        ladder.check().map_err(CliFault::other)?;
        Ok(ladder)
    }

    fn seed(&self) -> Result<Option<Seed>, CliFault> {
        if let Some(file) = &self.seed_of {
            let digest: [u8; 32] = Sha256::digest(std::fs::read(file).map_err(CliFault::file(file))?).into();
            return Ok(Some(digest.into()));
        }
        let Some(seed) = &self.seed else { return Ok(None) };
        let bytes = hex::decode(seed).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes
            .map(|bytes| Some(bytes.into()))
            .ok_or_else(|| CliFault::Other("--seed must be 64 hexadecimal digits".to_owned()))
    }
}

/// The candidates with these ids, which stand between commas.
pub(super) fn positions(option: &str, ids: &str, territories: &[Territory]) -> Result<Vec<u16>, CliFault> {
    let position = |id: &str| {
        let found = territories.iter().position(|territory| territory.id == id);
        let found = found.and_then(|at| u16::try_from(at).ok());
        found.ok_or_else(|| CliFault::Other(format!("{option}: there is no territory with the id {id}")))
    };
    ids.split(',').map(|id| position(id.trim())).collect()
}
