//! Where a follower gets tiles, leaves and events from, and what it takes: only what the size of a head promises.

use crate::log::{
    checkpoint::Checkpoint,
    entries,
    hash::Hash,
    line,
    path::TilePath,
    prefix::{self, Roots},
    tile::{TileId, Tiles, WIDTH},
};

use super::{Cheat, Halt};

/// Why something did not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// The place answers, and has it not.
    #[error("not there: {0}")]
    Absent(String),
    /// The place does not answer, or the way to it is broken: nobody's cheat yet.
    #[error("no answer: {0}")]
    Trouble(String),
}

/// A place that serves a log in C2SP tlog-tiles layout.
pub trait LogSource {
    /// The bytes at a path below the log's address, such as `tile/0/000.p/5`.
    ///
    /// # Errors
    /// [`Missing`].
    fn get(&mut self, path: &str) -> Result<Vec<u8>, Missing>;
}

/// A log as one head commits to it.
pub(super) struct Reader<'s> {
    source: &'s mut dyn LogSource,
    head: &'s Checkpoint,
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s mut dyn LogSource, head: &'s Checkpoint) -> Self {
        Self { source, head }
    }

    /// The root at a smaller size, as the head vouches for it.
    pub(super) fn root_at(&mut self, size: u64) -> Result<Hash, Halt> {
        if size == self.head.size {
            return Ok(self.head.root);
        }
        let Roots { old, new } = self.roots(size)?;
        if new == self.head.root {
            return Ok(old);
        }
        let reason = format!("the tiles lead to the root {new}, the signed head has {}", self.head.root);
        Err(Cheat::Withheld { path: "tile/".to_owned(), reason, given: true }.into())
    }

    fn roots(&mut self, size: u64) -> Result<Roots, Halt> {
        let mut tiles = Tiles::default();
        for id in prefix::needed(size, self.head.size) {
            let bytes = self.tile(id)?;
            tiles.insert(id, &bytes).map_err(|fault| self.wrong(TilePath::Hashes(id, self.width(id)), fault))?;
        }
        prefix::roots(&tiles, size, self.head.size).map_err(|fault| {
            Halt::from(Cheat::Withheld { path: "tile/".to_owned(), reason: fault.to_string(), given: true })
        })
    }

    /// The hashes of a tile, cut to what the head has of it.
    pub(super) fn tile(&mut self, id: TileId) -> Result<Vec<u8>, Halt> {
        let width = self.width(id);
        let path = TilePath::Hashes(id, width);
        let mut bytes = self.partial(path, TilePath::Hashes(id, WIDTH))?;
        let len = width as usize * 32;
        if bytes.len() < len || bytes.len() % 32 != 0 {
            return Err(self.wrong(path, format!("{} bytes are not {width} hashes", bytes.len())));
        }
        bytes.truncate(len);
        Ok(bytes)
    }

    /// The leaves of a bundle that the head commits to, from the place `skip` in it.
    pub(super) fn leaves(&mut self, index: u64, skip: u64) -> Result<Vec<Vec<u8>>, Halt> {
        let width = self.width(TileId { level: 0, index });
        let path = TilePath::Entries(index, width);
        let bytes = self.partial(path, TilePath::Entries(index, WIDTH))?;
        let leaves = entries::parse(&bytes).map_err(|fault| self.wrong(path, fault))?;
        if (leaves.len() as u64) < width {
            return Err(self.wrong(path, format!("{} entries, the head promises {width}", leaves.len())));
        }
        let part = leaves.get(skip as usize..width as usize).unwrap_or_default();
        Ok(part.iter().map(|leaf| leaf.to_vec()).collect())
    }

    /// The whole line that a leaf stands for.
    pub(super) fn whole(&mut self, leaf: Vec<u8>) -> Result<Vec<u8>, Halt> {
        let Some(hash) = line::shortened(&leaf) else { return Ok(leaf) };
        let path = format!("event/{hash}");
        let event = self.get(&path)?;
        line::whole(&leaf, &event).ok_or_else(|| {
            let reason = "the bytes are not the event whose hash the leaf names".to_owned();
            Halt::from(Cheat::Withheld { path, reason, given: true })
        })
    }

    pub(super) fn width(&self, id: TileId) -> u64 {
        prefix::width(id, self.head.size)
    }

    /// A partial tile, or what has become of it: whoever serves a log may drop it once the full one is there.
    fn partial(&mut self, path: TilePath, full: TilePath) -> Result<Vec<u8>, Halt> {
        match self.get(&path.to_string()) {
            Err(Halt::Cheat(absent)) if path != full => self.get(&full.to_string()).map_err(|_| Halt::Cheat(absent)),
            answer => answer,
        }
    }

    fn get(&mut self, path: &str) -> Result<Vec<u8>, Halt> {
        self.source.get(path).map_err(|missing| match missing {
            Missing::Absent(reason) => Halt::from(Cheat::Withheld { path: path.to_owned(), reason, given: false }),
            Missing::Trouble(reason) => Halt::Trouble(format!("{path}: {reason}")),
        })
    }

    pub(super) fn wrong(&self, path: TilePath, reason: impl ToString) -> Halt {
        Cheat::Withheld { path: path.to_string(), reason: reason.to_string(), given: true }.into()
    }
}
