//! A monitor: `veche monitor` itself, which reads every line of a log through its tiles, over HTTP, and keeps what it saw.

use audit::{
    follow::Follower,
    log::{checkpoint::Checkpoint, short::HeadCode},
};
use tokio::task::block_in_place;
use veche::client::{Api, log::LogAddress};

use crate::{
    monitor::{Said, Watcher},
    town::SLUG,
};

/// Who follows one server's log.
pub struct Monitor {
    watcher: Watcher,
    /// Reads the same log, for the codes that paper is compared with.
    follower: Follower,
    log: LogAddress,
}

/// A watcher that waits for nothing: what a server withholds is a cheat at the first look.
fn watcher(log_key: &str) -> Watcher {
    Watcher::new().with("--patience", "0s").with("--log-key", log_key)
}

impl Monitor {
    /// Knows the log's key from before the voting.
    pub fn new(api: &Api, log_key: &str) -> Self {
        let log = LogAddress::new(&format!("{}/rounds/{SLUG}", api.base())).unwrap();
        Self { watcher: watcher(log_key), follower: Follower::new(log_key.parse().unwrap()), log }
    }

    /// Looks once. The round is in the past: what is overdue by the program's clock is overdue here only when the voting should have
    /// ended, and a monitor that comes then for the first time says so.
    pub async fn look(&mut self, now: i64) -> Result<(), String> {
        let said = self.watcher.looks(&[self.log.base()]).await;
        match said.code {
            Some(0) => {}
            _ => return Err(last(&said)),
        }
        let note = self.log.checkpoint().await.map_err(|missing| missing.to_string())?;
        let mut source = self.log.blocking();
        block_in_place(|| self.follower.step(&note, &mut source, &mut |_, _| {})).unwrap();
        match self.follower.content().round() {
            Some(round) if now > round.closes_at => {
                let said = watcher(&self.follower.key().to_string()).looks(&[self.log.base()]).await;
                let overdue = said.events.iter().find(|notice| notice["event"] == "overdue");
                overdue.map_or(Ok(()), |notice| Err(notice["words"].to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Holds the code of a head, as it stands on somebody's paper, against the log that it follows.
    pub fn compare(&self, theirs: &Checkpoint) -> Result<(), String> {
        if self.follower.head().is_none_or(|head| head.size < theirs.size) {
            return Ok(());
        }
        let mut source = self.log.blocking();
        let root = block_in_place(|| self.follower.root_at(theirs.size, &mut source)).unwrap();
        let Ok(root) = root else { return Ok(()) };
        let ours = HeadCode::of(&Checkpoint::new(self.follower.origin(), theirs.size, root));
        let theirs = HeadCode::of(theirs);
        if ours == theirs { Ok(()) } else { Err(format!("on paper: {theirs}, in the log that is followed: {ours}")) }
    }
}

fn last(said: &Said) -> String {
    said.words().lines().find(|line| line.contains("ATTENTION")).unwrap_or("it could not be checked").to_owned()
}
