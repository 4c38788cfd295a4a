//! Heads that others saw: a log that shows one history here and another there is found where both come together.

use std::{convert::Infallible, fs::File, io::BufReader, path::PathBuf, str::FromStr};

use audit::follow::{Agreement, Follower, Missing};

use super::memory::heads_in;
use crate::{cli::CliFault, client::log::LogAddress};

/// A place where heads are seen.
#[derive(Debug, Clone)]
pub(super) enum Peer {
    /// Another address of the log.
    Address(String),
    /// A note, or the heads of another monitor.
    File(PathBuf),
}

impl FromStr for Peer {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let address = text.starts_with("http://") || text.starts_with("https://");
        Ok(if address { Self::Address(text.to_owned()) } else { Self::File(text.into()) })
    }
}

impl Peer {
    /// Its name for people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Address(address) => address.clone(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The heads of this log that are seen there.
    ///
    /// # Errors
    /// [`Missing`] when the place does not answer or the file cannot be read.
    pub(super) async fn heads(&self, origin: &str) -> Result<Vec<String>, Missing> {
        let notes = match self {
            Self::Address(address) => vec![address_of(address)?.checkpoint().await?],
            Self::File(path) => {
                let trouble = |fault: std::io::Error| Missing::Trouble(fault.to_string());
                let heads = heads_in(BufReader::new(File::open(path).map_err(trouble)?)).map_err(trouble)?;
                if heads.is_empty() {
                    vec![std::fs::read_to_string(path).map_err(trouble)?]
                } else {
                    heads.into_iter().map(|head| head.note).collect()
                }
            }
        };
        Ok(notes.into_iter().filter(|note| note.lines().next() == Some(origin)).collect())
    }

    /// Holds a head of this place against what is known. Of a longer log the place itself is asked for the tiles, if it is one
    /// that has any.
    pub(super) async fn compare(
        &self,
        follower: &Follower,
        log: &LogAddress,
        note: String,
    ) -> Result<Result<Agreement, String>, CliFault> {
        let mut sources = vec![log.blocking()];
        if let Self::Address(address) = self
            && let Ok(address) = address_of(address)
        {
            sources.push(address.blocking());
        }
        let follower = follower.clone();
        let work = move || {
            let mut last = Err(String::new());
            for mut source in sources {
                last = follower.compare(&note, &mut source).map_err(|trouble| trouble.to_string());
                if !matches!(last, Ok(Agreement::Ahead) | Err(_)) {
                    break;
                }
            }
            last
        };
        tokio::task::spawn_blocking(work).await.map_err(CliFault::other)
    }
}

fn address_of(address: &str) -> Result<LogAddress, Missing> {
    LogAddress::new(address).map_err(|fault| Missing::Trouble(fault.to_string()))
}
