//! One log: what its newest head covers, and then the head.

use audit::log::{checkpoint::Checkpoint, entries, line, note::Note, path::TilePath};

use super::{
    Progress, Publisher, Report,
    addresses::{self, Address, Kept},
};
use crate::error::Error;

impl Publisher {
    /// Pushes a log: hashes, events, leaves, its key, and when all of that is there its head.
    pub(super) async fn push_log(&mut self, log: &str, report: &mut Report, progress: &Progress) -> Result<(), Error> {
        let address = format!("{log}/checkpoint");
        let Some(answer) = self.http.ask(&address).await? else { return Ok(()) };
        let (headers, note) = (super::headers(&answer), answer.bytes().await?);
        let head = parse(&note)?;
        let at = |path: &TilePath| Address::for_good(format!("{log}/{path}"));
        self.push(addresses::tiles(head.size).iter().map(at).collect(), report, progress).await?;
        for path in addresses::entries(head.size) {
            self.push_events(log, &path, report, progress).await?;
        }
        self.push(addresses::entries(head.size).iter().map(at).collect(), report, progress).await?;
        let key = Address { address: format!("{log}/vkey"), index: None, kept: Kept::Compared };
        self.push(vec![key], report, progress).await?;
        let name = self.mirror.name(&address, None).map_err(Error::broken)?;
        if let Some(there) = self.mirror.get(&name).await.map_err(Error::broken)? {
            if there == note {
                report.kept += 1;
                report.heads.insert(head.origin, head.size);
                return Ok(());
            }
            if let Some(ahead) = self.newer(&address, &parse(&there)?, &head).await? {
                report.heads.insert(head.origin, ahead);
                return Ok(());
            }
        }
        report.heads.insert(head.origin, head.size);
        if !self.dry {
            report.bytes += note.len() as u64;
            self.mirror.put(&name, &headers, note).await.map_err(Error::broken)?;
        }
        report.pushed.push(name);
        Ok(())
    }

    /// Pushes the events of long lines before the leaves that name them, so that whoever finds the leaves finds the events.
    async fn push_events(
        &mut self,
        log: &str,
        path: &TilePath,
        report: &mut Report,
        progress: &Progress,
    ) -> Result<(), Error> {
        let address = format!("{log}/{path}");
        let name = self.mirror.name(&address, None).map_err(Error::broken)?;
        if self.there.as_ref().is_some_and(|there| there.contains_key(&name)) {
            return Ok(());
        }
        let Some(answer) = self.http.ask(&address).await? else { return Ok(()) };
        let bytes = answer.bytes().await?;
        let leaves = entries::parse(&bytes).map_err(Error::broken)?;
        let events = leaves.into_iter().filter_map(line::shortened);
        self.push(events.map(|hash| Address::for_good(format!("{log}/event/{hash}"))).collect(), report, progress).await
    }

    /// The size that another publisher brought there while this one worked; nothing when ours is the newer.
    ///
    /// # Errors
    /// [`Error::Broken`] when what lies there is no beginning of this log.
    async fn newer(&self, address: &str, there: &Checkpoint, ours: &Checkpoint) -> Result<Option<u64>, Error> {
        let refused = |why: &str| {
            Err(Error::broken(format!(
                "{address}: readers find the log {} with {} lines there, and this database has {} with {}: {why}; nothing was \
                 overwritten",
                there.origin, there.size, ours.origin, ours.size
            )))
        };
        if there.origin != ours.origin {
            return refused("another log was published to this place");
        }
        if there.size == ours.size && there.root != ours.root {
            return refused("one of both is not the log that was signed first");
        }
        if there.size <= ours.size {
            return Ok(None);
        }
        let again = self.http.ask(address).await?;
        let now = match again {
            Some(answer) => parse(&answer.bytes().await?)?.size,
            None => 0,
        };
        if now < there.size {
            return refused("the database is older than what was published, as after a backup was put back");
        }
        Ok(Some(there.size))
    }
}

fn parse(note: &[u8]) -> Result<Checkpoint, Error> {
    let note: Note = std::str::from_utf8(note).map_err(Error::broken)?.parse().map_err(Error::broken)?;
    note.text.parse().map_err(Error::broken)
}
