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
        App,
        log::{self as writing, Fold},
        logs::OpenLog,
    },
    BLOCK, Findings,
};
use crate::{error::Error, store::log};

/// Looks at every line of a log.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn walk<S>(app: &App, open: &OpenLog, found: &mut Findings) -> Result<(), Error>
where
    S: Fold<Event: DeserializeOwned> + PartialEq,
{
    // One transaction, so that a log that grows meanwhile is seen at one size.
    let mut tx = app.db.read().await?;
    let (size, note) = log::checkpoint(&mut tx, open.id).await?;
    let key: VerifierKey = open.key.parse().map_err(Error::broken)?;
    let (mut growth, mut read, mut sum) = (Growth::new(0), 0, Ok(None::<S>));
    while read < size {
        let lines = log::lines(&mut tx, open.id, read, BLOCK).await?;
        if lines.is_empty() {
            break;
        }
        let leaves: Vec<_> = lines.iter().map(|line| hash::leaf(&leaf(line))).collect();
        for (id, hashes) in growth.append(&leaves) {
            let stored = log::tile(&mut tx, open.id, id).await?.unwrap_or_default();
            if !stored.starts_with(&hashes) {
                let (index, level) = (id.index, id.level);
                found.tell(open.origin(), &format!("tile {index} of level {level} is not that of its lines"));
            }
        }
        for (line, leaf) in lines.iter().zip(&leaves) {
            sum = sum.and_then(|sum| after(sum, line, leaf).map_err(|fault| format!("line {read}: {fault}")));
            read += 1;
        }
    }
    found.lines += read;
    match Checkpoint::open(&note, &key) {
        Ok(head) if (head.size, head.root) == (read, growth.root()) && head.size == size => {}
        Ok(head) => {
            let of = head.size;
            found.tell(open.origin(), &format!("its {read} lines are not those of its signed head, of {of} lines"));
        }
        Err(fault) => found.tell(open.origin(), &format!("its head of {size} lines is not signed by its key: {fault}")),
    }
    match (sum, writing::state::<S>(&mut tx, open.id).await) {
        (Err(fault), _) => found.tell(open.origin(), &fault),
        (_, Err(Error::Broken(fault))) => found.tell(open.origin(), &format!("what its lines add up to: {fault}")),
        (_, Err(fault)) => return Err(fault),
        (Ok(sum), Ok(state)) if sum.as_ref() == Some(&state) => {}
        _ => found.tell(open.origin(), &"its lines add up to something else than is stored"),
    }
    Ok(())
}

/// What a log's lines add up to after one more.
fn after<S: Fold<Event: DeserializeOwned>>(sum: Option<S>, line: &[u8], leaf: &Hash) -> Result<Option<S>, Error> {
    let line = Line::<S::Event>::parse(line).map_err(Error::broken)?;
    S::after(sum, &line.event, leaf).map(Some)
}
