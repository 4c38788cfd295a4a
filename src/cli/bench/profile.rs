//! A recording of the server by `perf` while ballots are cast, for docs/profile.sh.

use std::{
    path::Path,
    process::{Child, Command},
};

use super::super::CliFault;

/// Samples a second: no multiple of anything that happens by itself.
const FREQUENCY: &str = "397";
/// Stacks are copied and unwound later: the assembly of cryptography and the C library keep no frame pointers.
const STACKS: &str = "dwarf,8192";

/// A recording that goes on.
pub(super) struct Recording(Child);

impl Recording {
    /// Starts to record a process into a file, if there is one to record into.
    pub(super) fn start(file: Option<&Path>, process: u32) -> Result<Option<Self>, CliFault> {
        let Some(file) = file else { return Ok(None) };
        let mut perf = Command::new("perf");
        perf.args(["record", "--quiet", "-F", FREQUENCY, "--call-graph", STACKS, "-p", &process.to_string(), "-o"]);
        let started = perf.arg(file).spawn();
        started.map(Self).map(Some).map_err(|fault| CliFault::Other(format!("perf cannot be run: {fault}")))
    }

    /// Ends it, so that the file is whole.
    pub(super) fn stop(mut self) -> Result<(), CliFault> {
        let mut kill = Command::new("kill");
        kill.args(["-INT", &self.0.id().to_string()]).status().map_err(CliFault::other)?;
        self.0.wait().map(drop).map_err(CliFault::other)
    }
}
