//! A log: its lines must make its tiles, the root in its signed head, and what it says that they add up to.

use audit::log::{
    checkpoint::Checkpoint,
    hash::{self, Hash},
    line::{Line, leaf},
    note::VerifierKey,
    tile::Growth,
};
use serde::de::DeserializeOwned;

use super::{
    super::{
        App, heads,
        log::{self as writing, Fold},
    },
    Findings, block,
};
use crate::{error::Error, store::log};

/// Looks at every line of a log, and at who signed its head, if its key is known.
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] with what cannot be understood.
pub(super) async fn walk<S>(app: &App, log_id: i64, key: Option<&str>, found: &mut Findings) -> Result<(), Error>
where
    S: Fold<Event: DeserializeOwned> + PartialEq,
{
    // Of one moment. Lines below that size never change, so they are read bit by bit: a transaction that stays open keeps SQLite's
    // write-ahead log from beginning anew.
    let mut tx = app.db.read().await?;
    let (size, note) = log::checkpoint(&mut tx, log_id).await?;
    let stored = writing::state::<S>(&mut tx, log_id).await;
    drop(tx);
    let head = read_head(&note, key);
    let of = head.as_ref().map_or_else(|_| format!("log {log_id}"), |head| head.origin.clone());
    let Walked { read, root, sum } = read_lines::<S>(app, log_id, size, &of, found).await?;
    found.lines += read;
    match head {
        Ok(head) if (head.size, head.root) == (read, root) && head.size == size => {}
        Ok(Checkpoint { size: said, .. }) => {
            found.tell(&of, &format!("its {read} lines are not those of its signed head, of {said} lines"));
        }
        Err(fault) => found.tell(&of, &format!("its head of {size} lines is not signed by its key: {fault}")),
    }
    match (sum, stored) {
        (Err(fault), _) => found.tell(&of, &fault),
        (_, Err(Error::Broken(fault))) => found.tell(&of, &format!("what its lines add up to: {fault}")),
        (_, Err(fault)) => return Err(fault),
        (Ok(sum), Ok(state)) if sum.as_ref() == Some(&state) => {}
        _ => found.tell(&of, &"its lines add up to something else than is stored"),
    }
    Ok(())
}

/// What was made of a log's lines.
struct Walked<S> {
    /// How many there are.
    read: u64,
    /// Root of the tree over them.
    root: Hash,
    /// What they add up to, or the line that cannot be understood.
    sum: Result<Option<S>, String>,
}

/// Reads every line below a size, and holds the tiles against them.
async fn read_lines<S>(app: &App, log_id: i64, size: u64, of: &str, found: &mut Findings) -> Result<Walked<S>, Error>
where
    S: Fold<Event: DeserializeOwned>,
{
    let (mut growth, mut read, mut sum) = (Growth::new(0), 0, Ok(None::<S>));
    while read < size {
        let mut tx = app.db.read().await?;
        let lines = log::lines(&mut tx, log_id, read, block(read, size)).await?;
        if lines.is_empty() {
            break;
        }
        let leaves: Vec<_> = lines.iter().map(|line| hash::leaf(&leaf(line))).collect();
        for (id, hashes) in growth.append(&leaves) {
            let stored = log::tile(&mut tx, log_id, id).await?.unwrap_or_default();
            if !stored.starts_with(&hashes) {
                found.tell(of, &format!("tile {} of level {} is not that of its lines", id.index, id.level));
            }
        }
        for (line, leaf) in lines.iter().zip(&leaves) {
            sum = sum.and_then(|sum| after(sum, line, leaf).map_err(|fault| format!("line {read}: {fault}")));
            read += 1;
        }
    }
    Ok(Walked { read, root: growth.root(), sum })
}

/// What a head says, if the key signed it, or if there is none to ask.
fn read_head(note: &str, key: Option<&str>) -> Result<Checkpoint, Error> {
    let Some(key) = key else { return heads::head(note) };
    let key: VerifierKey = key.parse().map_err(Error::broken)?;
    Checkpoint::open(note, &key).map_err(Error::broken)
}

/// What a log's lines add up to after one more.
fn after<S: Fold<Event: DeserializeOwned>>(sum: Option<S>, line: &[u8], leaf: &Hash) -> Result<Option<S>, Error> {
    let line = Line::<S::Event>::parse(line).map_err(Error::broken)?;
    S::after(sum, &line.event, leaf).map(Some)
}
