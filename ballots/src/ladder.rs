//! Ties of an election: rungs that are tried one after the other, down to lots that anybody can draw again, or to the commission's hand.

use std::{
    cmp::{Ordering, Reverse},
    fmt,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{exact::Exact, rules::Territory};

mod seed;

pub use seed::{Seed, SeedFault};

/// What lots are drawn under, so that a seed drawn for something else gives other lots.
const LOT: &[u8] = b"veche/lot/v1\0";

/// One way to tell equals apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// Earlier application first; without a date, last.
    Application,
    /// More in the latest earlier round in which they differed first; only inside a count by rounds.
    Backwards,
    /// The commission draws lots by hand: the count stops until it enters the order.
    ByHand,
    /// More in the first round in which they differed first; only inside a count by rounds.
    Forwards,
    /// Lower SHA-256 of `"veche/lot/v1\0" ‖ seed ‖ id` first: one lot a candidate for the whole count.
    ///
    /// RFC 3797 draws by MD5 from several public sources; one seed that nobody could choose (for a round [`Seed::of_round`]) needs
    /// no more than this, and can be drawn again with any hashing tool.
    Lots,
    /// Lower registration number first.
    Registration,
}

/// The rungs, and what the last ones need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// Orders that the commission has entered, the best first: each is used for the tie of exactly these candidates.
    #[serde(default)]
    pub entered: Vec<Vec<u16>>,
    /// First rung first.
    pub rungs: Vec<Rung>,
    /// Public seed of the lots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Seed>,
}

/// Why a ladder cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LadderFault {
    /// A tie could be left, or a rung could never be reached.
    #[error(
        "ties: the ladder must end with registration, lots or by-hand, which stand nowhere else, and no rung twice"
    )]
    End,
    /// Lots without a seed.
    #[error("ties: lots need a seed")]
    Seed,
}

/// A count must wait: these candidates are equal on all rungs before, and lots must be drawn by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// The round in which it arose, from 1, in a count by rounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<u32>,
    /// The candidates whose order must be drawn, in ascending order.
    pub tied: Vec<u16>,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tied: Vec<_> = self.tied.iter().map(u16::to_string).collect();
        write!(f, "lots must be drawn among candidates number {}", tied.join(", "))
    }
}

impl Default for Ladder {
    /// Earlier application, then lower number.
    fn default() -> Self {
        Self { entered: Vec::new(), rungs: vec![Rung::Application, Rung::Registration], seed: None }
    }
}

impl Ladder {
    /// A ladder of these rungs.
    #[must_use]
    pub fn new(rungs: &[Rung]) -> Self {
        Self { entered: Vec::new(), rungs: rungs.to_vec(), seed: None }
    }

    /// Checks that no tie can be left and every rung has what it needs.
    ///
    /// # Errors
    /// A [`LadderFault`].
    pub fn check(&self) -> Result<(), LadderFault> {
        let last = |rung: &Rung| matches!(rung, Rung::Registration | Rung::Lots | Rung::ByHand);
        let ends = self.rungs.iter().position(last).is_some_and(|at| at + 1 == self.rungs.len());
        let twice = (1..self.rungs.len()).any(|at| self.rungs[..at].contains(&self.rungs[at]));
        if !ends || twice {
            return Err(LadderFault::End);
        }
        if self.rungs.contains(&Rung::Lots) && self.seed.is_none() { Err(LadderFault::Seed) } else { Ok(()) }
    }

    /// Sorts equals, the best first, and returns the rungs that told two of them apart. `past` holds the rounds so far.
    ///
    /// # Errors
    /// [`Waiting`] when lots must be drawn by hand and no entered order is of exactly the equals that are left.
    pub fn resolve(
        &self,
        territories: &[Territory],
        tied: &mut [u16],
        past: &[Vec<Exact>],
    ) -> Result<Vec<Rung>, Waiting> {
        tied.sort_unstable();
        let mut used = Vec::new();
        self.descend(&self.rungs, territories, tied, past, &mut used)?;
        Ok(self.rungs.iter().copied().filter(|rung| used.contains(rung)).collect())
    }

    fn descend(
        &self,
        rungs: &[Rung],
        territories: &[Territory],
        tied: &mut [u16],
        past: &[Vec<Exact>],
        used: &mut Vec<Rung>,
    ) -> Result<(), Waiting> {
        let Some((rung, below)) = rungs.split_first().filter(|_| tied.len() > 1) else { return Ok(()) };
        if *rung == Rung::ByHand {
            let alike = |order: &&Vec<u16>| order.len() == tied.len() && tied.iter().all(|at| order.contains(at));
            let order = self.entered.iter().find(alike).ok_or_else(|| Waiting { round: None, tied: tied.to_vec() })?;
            tied.copy_from_slice(order);
            used.push(*rung);
            return Ok(());
        }
        let compare = |left: &u16, right: &u16| self.compare(*rung, territories, (*left, *right), past);
        tied.sort_by(compare);
        for equal in tied.chunk_by_mut(|left, right| compare(left, right).is_eq()) {
            self.descend(below, territories, equal, past, used)?;
        }
        if tied.windows(2).any(|pair| compare(&pair[0], &pair[1]).is_ne()) {
            used.push(*rung);
        }
        Ok(())
    }

    fn compare(
        &self,
        rung: Rung,
        territories: &[Territory],
        (left, right): (u16, u16),
        past: &[Vec<Exact>],
    ) -> Ordering {
        let at = |candidate: u16| &territories[usize::from(candidate)];
        let earlier = |round: &Vec<Exact>| round[usize::from(right)].cmp(&round[usize::from(left)]);
        match rung {
            Rung::Application => {
                let key = |candidate| (at(candidate).applied.is_none(), &at(candidate).applied);
                key(left).cmp(&key(right))
            }
            Rung::Registration => at(left).number.cmp(&at(right).number),
            Rung::Backwards => past.iter().rev().map(earlier).find(|by| by.is_ne()).unwrap_or(Ordering::Equal),
            Rung::Forwards => past.iter().map(earlier).find(|by| by.is_ne()).unwrap_or(Ordering::Equal),
            Rung::Lots => self.lot(&at(left).id).cmp(&self.lot(&at(right).id)),
            Rung::ByHand => Ordering::Equal,
        }
    }

    /// The lot of a candidate: 32 bytes, of which the lower comes first.
    #[must_use]
    pub fn lot(&self, id: &str) -> [u8; 32] {
        let hash = Sha256::new().chain_update(LOT).chain_update(self.seed.map_or([0; 32], |seed| *seed.as_bytes()));
        hash.chain_update(id.as_bytes()).finalize().into()
    }
}

/// Candidates in groups of equal keys, the highest key first; inside a group in ascending order.
pub(crate) fn groups<K: Ord + Clone>(
    candidates: impl IntoIterator<Item = u16>,
    key: impl Fn(u16) -> K,
) -> Vec<Vec<u16>> {
    let mut keyed: Vec<(Reverse<K>, u16)> = candidates.into_iter().map(|at| (Reverse(key(at)), at)).collect();
    keyed.sort_unstable();
    keyed.chunk_by(|left, right| left.0 == right.0).map(|alike| alike.iter().map(|(_, at)| *at).collect()).collect()
}
