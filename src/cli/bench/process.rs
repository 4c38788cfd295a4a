//! A server in a process of its own, as an operator would run it, but without rate limits: all load comes from one address.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    super::CliFault,
    load::{Connection, Heard},
};
use crate::config::Database;

/// Longest that a server may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(60);
/// Time between two looks whether it is.
const LOOK: Duration = Duration::from_millis(5);

/// Who is turned away when there is too much to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Away {
    /// Nobody: every connection may have a request under way.
    Nobody,
    /// Whom the settings turn away by default, or with so many places for those who wait.
    ByDefault { queue: Option<usize> },
}

/// A running server; it ends with this value.
pub(super) struct ServerProcess {
    child: Child,
    pub(super) url: String,
}

impl ServerProcess {
    /// `veche serve` over a data folder.
    pub(super) fn start(database: &Database, data: &Path, away: Away) -> Result<Self, CliFault> {
        let config = data.join("veche.toml");
        let [before, after] = match away {
            Away::Nobody => [String::new(), "[overload]\ndelay_ms = 0\nreading = 4096\n".to_owned()],
            Away::ByDefault { queue } => {
                [queue.map(|queue| format!("queue = {queue}\n")).unwrap_or_default(), String::new()]
            }
        };
        let text = format!("{before}integrate_every_ms = 500\n[limits]\nenabled = false\n{after}");
        std::fs::write(&config, text).map_err(CliFault::file(&config))?;
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--data"].map(OsStr::new);
        let settings = [data.as_os_str(), "--config".as_ref(), config.as_os_str()];
        Self::run(database, arguments.into_iter().chain(settings))
    }

    /// A server that does nothing but answer, always the same.
    pub(super) fn bare() -> Result<Self, CliFault> {
        Self::run(&Database::default(), ["bench", "ceiling"])
    }

    fn run(database: &Database, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Self, CliFault> {
        let program = std::env::current_exe().map_err(CliFault::other)?;
        let mut command = Command::new(program);
        command.env("VECHE_DATABASE", &database.0);
        let mut child =
            command.arg("--json").args(arguments).stdout(Stdio::piped()).spawn().map_err(CliFault::other)?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line).map_err(CliFault::other)?;
        }
        let ready: Value = serde_json::from_str(&line).map_err(CliFault::other)?;
        let url = ready["url"].as_str().unwrap_or_default().to_owned();
        Ok(Self { child, url })
    }

    pub(super) fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Waits until it says that it is ready.
    pub(super) async fn until_ready(&self) -> Result<(), CliFault> {
        let (mut connection, began) = (Connection::open(self.host()).await?, Instant::now());
        while let Heard::Away(_) = connection.gets("/readyz").await? {
            if began.elapsed() > PATIENCE {
                return Err(CliFault::Other("the server does not get ready".into()));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Number of the process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Processor time that it has taken so far, in seconds: user and system, in ticks of which every Linux has 100 a second.
    pub(super) fn processor_time(&self) -> Result<f64, CliFault> {
        let path = format!("/proc/{}/stat", self.child.id());
        let stat = std::fs::read_to_string(&path).map_err(CliFault::file(&path))?;
        // The name in parentheses may hold spaces; user and system time are the 12th and 13th field after it.
        let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
        let ticks =
            after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>();
        Ok(ticks / 100.0)
    }

    /// Peak resident set in megabytes, as the system counts it.
    pub(super) fn peak_memory(&self) -> Result<f64, CliFault> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&path).map_err(CliFault::file(&path))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kibibytes.map(|size| size * 1024.0 / 1e6).ok_or_else(|| CliFault::Other("VmHWM is not in the status".into()))
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
