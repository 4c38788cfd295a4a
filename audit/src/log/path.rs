//! C2SP tlog-tiles: the paths of tiles and of entry bundles below the log's address.

use std::{fmt, str::FromStr};

use super::tile::{TileId, WIDTH};

/// Highest level that a path may name.
const MAX_LEVEL: u8 = 63;

/// What a path below the log names; the number at the end is its width, 1 to 256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TilePath {
    /// `tile/LEVEL/INDEX`: hashes of the tree.
    Hashes(TileId, u64),
    /// `tile/entries/INDEX`: the leaves themselves.
    Entries(u64, u64),
}

/// The text is not the one spelling of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tile's path must be tile/LEVEL/INDEX or tile/entries/INDEX, with .p/WIDTH if it is partial")]
pub struct PathFault;

impl TilePath {
    /// Place from the left, from 0.
    #[must_use]
    pub fn index(&self) -> u64 {
        match self {
            Self::Hashes(id, _) => id.index,
            Self::Entries(index, _) => *index,
        }
    }

    /// How many hashes or leaves, 1 to 256.
    #[must_use]
    pub fn width(&self) -> u64 {
        match self {
            Self::Hashes(_, width) | Self::Entries(_, width) => *width,
        }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hashes(id, _) => write!(f, "tile/{}/", id.level)?,
            Self::Entries(..) => f.write_str("tile/entries/")?,
        }
        let (mut groups, mut rest) = (format!("{:03}", self.index() % 1000), self.index() / 1000);
        while rest > 0 {
            groups = format!("x{:03}/{groups}", rest % 1000);
            rest /= 1000;
        }
        f.write_str(&groups)?;
        if self.width() < WIDTH { write!(f, ".p/{}", self.width()) } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = PathFault;

    fn from_str(text: &str) -> Result<Self, PathFault> {
        let parsed = parse(text).ok_or(PathFault)?;
        // Zeros in front, signs, a needless `x000` and a width of 256 are all printed otherwise.
        if parsed.to_string() == text { Ok(parsed) } else { Err(PathFault) }
    }
}

fn parse(text: &str) -> Option<TilePath> {
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let (groups, width) = match rest.split_once(".p/") {
        Some((groups, width)) => (groups, width.parse().ok().filter(|width| (1..WIDTH).contains(width))?),
        None => (rest, WIDTH),
    };
    let index = groups.replace("/", "").replace('x', "").parse().ok()?;
    if kind == "entries" {
        return Some(TilePath::Entries(index, width));
    }
    let level = kind.parse().ok().filter(|level| *level <= MAX_LEVEL)?;
    Some(TilePath::Hashes(TileId { level, index }, width))
}
