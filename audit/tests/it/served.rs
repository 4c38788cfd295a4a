//! A log in memory, served in tlog-tiles layout, with hands that change what is served.

use std::collections::BTreeMap;

use audit::{
    follow::{LogSource, Missing},
    log::{
        chain::Chain,
        checkpoint::Checkpoint,
        entries,
        hash::{Hash, leaf},
        line,
        note::{Signer, VerifierKey},
        path::TilePath,
        prefix::width,
        tile::{Growth, TileId, WIDTH},
    },
};
use ed25519_dalek::SigningKey;
use serde::Serialize;

/// A log and everything that its address answers.
#[derive(Clone)]
pub struct Served {
    origin: String,
    pub lines: Vec<Vec<u8>>,
    chain: Chain,
    /// Answers that stand before the honest ones; none: not there.
    pub lies: BTreeMap<String, Option<Vec<u8>>>,
    /// Nothing answers.
    pub down: bool,
    /// How often something was asked.
    pub asked: usize,
}

impl Served {
    pub fn new(origin: &str) -> Self {
        let (lines, chain, lies) = (Vec::new(), Chain::new(), BTreeMap::new());
        Self { origin: origin.to_owned(), lines, chain, lies, down: false, asked: 0 }
    }

    /// A log of these bytes, whatever they are.
    pub fn of(origin: &str, lines: Vec<Vec<u8>>) -> Self {
        Self { lines, ..Self::new(origin) }
    }

    pub fn push<E: Serialize>(&mut self, events: &[E]) {
        for event in events {
            self.lines.push(self.chain.append(event).0);
        }
    }

    pub fn signer(&self) -> Signer {
        Signer::new(self.origin.clone(), SigningKey::from_bytes(&[100; 32]))
    }

    pub fn key(&self) -> VerifierKey {
        self.signer().vkey().parse().expect("a key")
    }

    pub fn size(&self) -> u64 {
        self.lines.len() as u64
    }

    fn hashes(&self) -> Vec<Hash> {
        self.lines.iter().map(|bytes| leaf(&line::leaf(bytes))).collect()
    }

    pub fn head(&self) -> Checkpoint {
        let mut growth = Growth::new(0);
        growth.append(&self.hashes());
        Checkpoint::new(&self.origin, self.size(), growth.root())
    }

    pub fn note(&self) -> String {
        self.head().sign(&self.signer())
    }

    /// The log as it was at this size.
    pub fn at(&self, size: usize) -> Self {
        Self { lines: self.lines[..size].to_vec(), ..self.clone() }
    }

    /// Every path that the log of this size has, with the honest bytes.
    pub fn paths(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        for (id, bytes) in Growth::new(0).append(&self.hashes()) {
            found.insert(TilePath::Hashes(id, width(id, self.size())).to_string(), bytes);
        }
        for (index, lines) in self.lines.chunks(WIDTH as usize).enumerate() {
            let leaves: Vec<_> = lines.iter().map(|bytes| line::leaf(bytes)).collect();
            let path = TilePath::Entries(index as u64, lines.len() as u64);
            found.insert(path.to_string(), entries::print(&leaves).expect("leaves"));
        }
        for bytes in self.lines.iter().filter(|bytes| bytes.len() > line::MAX_LEAF) {
            let event = line::event(bytes).expect("a line");
            found.insert(format!("event/{}", line::event_hash(event)), event.to_vec());
        }
        found
    }

    fn honest(&self, path: &str) -> Option<Vec<u8>> {
        let paths = self.paths();
        if let Some(bytes) = paths.get(path) {
            return Some(bytes.clone());
        }
        // A narrower part of what is there.
        match path.parse().ok()? {
            TilePath::Hashes(id, asked) => {
                let bytes = paths.get(&TilePath::Hashes(id, width(id, self.size())).to_string())?;
                bytes.get(..asked as usize * 32).map(<[u8]>::to_vec)
            }
            TilePath::Entries(index, asked) => {
                let whole = width(TileId { level: 0, index }, self.size());
                let bytes = paths.get(&TilePath::Entries(index, whole).to_string())?;
                entries::print(entries::parse(bytes).ok()?.get(..asked as usize)?).ok()
            }
        }
    }
}

impl LogSource for Served {
    fn get(&mut self, path: &str) -> Result<Vec<u8>, Missing> {
        self.asked += 1;
        if self.down {
            return Err(Missing::Trouble("the line is dead".to_owned()));
        }
        let answer = match self.lies.get(path) {
            Some(lie) => lie.clone(),
            None => self.honest(path),
        };
        answer.ok_or_else(|| Missing::Absent("404".to_owned()))
    }
}
