//! Where a head is read from: a log's address, a checkpoint's file, or a bundle's folder.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use audit::{
    follow::{self, LogSource},
    log::{
        checkpoint::Checkpoint,
        hash::{Hash, leaf},
        line,
        note::{Note, VerifierKey},
        tree::Frontier,
    },
    verify::bundle,
};

use crate::{cli::CliFault, client::log::LogAddress};

/// Longest note, keys file and line, in bytes.
const MOST: u64 = 16 << 20;

/// A head, and where to ask what the log was before.
pub(super) struct Place {
    pub(super) head: Checkpoint,
    /// The key that signed it; none when it is not known.
    pub(super) key: Option<String>,
    from: From,
}

enum From {
    Address(LogAddress),
    Bundle(PathBuf),
    File,
}

impl Place {
    /// Reads the head, and checks its signature if a key is given or found.
    pub(super) async fn open(text: &str, key: Option<VerifierKey>) -> Result<Self, CliFault> {
        let path = Path::new(text);
        let (note, key, from) = if text.starts_with("http://") || text.starts_with("https://") {
            let log = LogAddress::new(text)?;
            let key = match key {
                Some(key) => key,
                None => log.key().await.map_err(CliFault::other)?,
            };
            (log.checkpoint().await.map_err(CliFault::other)?, Some(key), From::Address(log))
        } else if path.is_dir() {
            let key = match key {
                Some(key) => key,
                None => key_in(&path.join(bundle::KEYS))?,
            };
            (small(&path.join(bundle::CHECKPOINT))?, Some(key), From::Bundle(path.to_owned()))
        } else {
            (small(path)?, key, From::File)
        };
        let head = match &key {
            Some(key) => Checkpoint::open(&note, key).map_err(CliFault::other)?,
            None => note.parse::<Note>().map_err(CliFault::other)?.text.parse().map_err(CliFault::other)?,
        };
        Ok(Self { head, key: key.map(|key| key.to_string()), from })
    }

    /// The root of the log when it was smaller, as its head vouches for it; none when there is no way to know.
    pub(super) async fn root_at(&self, size: u64) -> Result<Option<Hash>, CliFault> {
        match &self.from {
            From::Address(log) => {
                let (mut source, new) = (log.blocking(), self.head.clone());
                let work = move || root_in_tiles(&mut source, size, &new);
                tokio::task::spawn_blocking(work).await.map_err(CliFault::other)?.map(Some)
            }
            From::Bundle(folder) => root_in_lines(&folder.join(bundle::LOG), size, &self.head).map(Some),
            From::File => Ok(None),
        }
    }
}

fn root_in_tiles(source: &mut dyn LogSource, size: u64, head: &Checkpoint) -> Result<Hash, CliFault> {
    follow::root_at(head, size, source).map_err(CliFault::other)?.map_err(|cheat| {
        CliFault::Other(format!(
            "the tiles of the log do not lead to its own signed head, so nothing can be compared with them: {cheat}"
        ))
    })
}

fn root_in_lines(path: &Path, size: u64, head: &Checkpoint) -> Result<Hash, CliFault> {
    let mut file = BufReader::new(File::open(path).map_err(CliFault::file(path))?);
    let (mut tree, mut old, mut line) = (Frontier::new(), Frontier::new().root(), Vec::new());
    while tree.size() < head.size {
        line.clear();
        (&mut file).take(MOST).read_until(b'\n', &mut line).map_err(CliFault::file(path))?;
        if line.pop() != Some(b'\n') {
            return Err(CliFault::Other(format!("{}: ends after {} lines", path.display(), tree.size())));
        }
        tree.push(leaf(&line::leaf(&line)));
        if tree.size() == size {
            old = tree.root();
        }
    }
    if tree.root() == head.root {
        return Ok(old);
    }
    Err(CliFault::Other(
        "the lines of the log do not lead to its own signed head, so nothing can be compared with them".to_owned(),
    ))
}

fn small(path: &Path) -> Result<String, CliFault> {
    let mut text = String::new();
    let file = File::open(path).map_err(CliFault::file(path))?;
    file.take(MOST).read_to_string(&mut text).map_err(CliFault::file(path))?;
    Ok(text)
}

fn key_in(path: &Path) -> Result<VerifierKey, CliFault> {
    let keys: bundle::Keys = serde_json::from_str(&small(path)?).map_err(CliFault::other)?;
    keys.log_key.parse().map_err(CliFault::other)
}
