//! A monitor: the follower that reads every line of a log through its tiles, over HTTP.

use std::process::Command;

use audit::{
    follow::{Follower, Step},
    log::{checkpoint::Checkpoint, short::HeadCode},
};
use tempfile::TempDir;
use tokio::task::block_in_place;
use veche::client::{Api, log::LogAddress};

use crate::town::SLUG;

/// Who follows one server's log.
pub struct Monitor {
    follower: Follower,
    log: LogAddress,
}

impl Monitor {
    /// Knows the log's key from before the voting.
    pub fn new(api: &Api, log_key: &str) -> Self {
        let log = LogAddress::new(&format!("{}/rounds/{SLUG}", api.base())).unwrap();
        Self { follower: Follower::new(log_key.parse().unwrap()), log }
    }

    /// Goes to the newest head; when the voting should have ended, `veche monitor` itself looks too, for it has a clock.
    pub async fn look(&mut self, now: i64) -> Result<(), String> {
        let note = self.log.checkpoint().await.map_err(|missing| missing.to_string())?;
        let mut source = self.log.blocking();
        let step = block_in_place(|| self.follower.step(&note, &mut source, &mut |_, _| {}));
        match step.unwrap() {
            Step::Same | Step::Grew { .. } => {}
            Step::Cheat(evidence) => return Err(evidence.cheat.to_string()),
        }
        match self.follower.content().round() {
            Some(round) if now > round.closes_at => block_in_place(|| self.overdue()),
            _ => Ok(()),
        }
    }

    /// What the program says of the timetable, by the machine's clock.
    fn overdue(&self) -> Result<(), String> {
        let state = TempDir::new().unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_veche"));
        program.args(["monitor", "--json", "--once", "--state"]).arg(state.path()).arg(self.log.base());
        let said = String::from_utf8(program.env_remove("VECHE_CONFIG").output().unwrap().stdout).unwrap();
        let notices = said.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let overdue = notices.into_iter().find(|notice| notice["event"] == "overdue");
        overdue.map_or(Ok(()), |notice| Err(notice["words"].to_string()))
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
