//! A witness: it cosigns heads of logs that only grow, remembers what it cosigned, and keeps evidence against those that do not.

mod files;
mod followed;
mod listening;
mod view;

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use audit::log::{
    checkpoint::Checkpoint,
    cosignature::Cosigner,
    witness::{
        AddCheckpoint,
        decision::{Decision, FollowedLog, decide},
        print_cosignatures, print_size,
    },
};

use self::followed::Followed;
pub use self::listening::Listening;
use crate::clock::Clock;

/// Why a witness cannot start, or cannot go on with a log.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// A file cannot be read or written.
    #[error("{}: {fault}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        fault: std::io::Error,
    },
    /// Another process works on the folder. Two that do not know of each other would cosign two heads.
    #[error("{}: another witness works on this folder", .0.display())]
    Locked(PathBuf),
    /// The files of a log contradict each other: one of them is from another day.
    #[error("{}: {reason}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// Two logs of one origin.
    #[error("the log {0} is named twice")]
    Twice(String),
    /// The address is taken, or may not be used.
    #[error("cannot listen on {0}: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
}

impl StartFault {
    fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |fault| Self::File { path, fault }
    }
}

/// A witness of some logs, at work on its folder.
#[derive(Debug)]
pub struct Witness {
    cosigner: Cosigner,
    clock: Clock,
    // By origin. What is decided about one log waits for what was decided before about the same log, and for nothing else.
    logs: BTreeMap<String, Mutex<Followed>>,
    // Released by the system when the process ends, however it ends.
    _lock: File,
}

/// What is answered to add-checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddCheckpointAnswer {
    /// 200, with the lines of cosignatures.
    Cosigned(String),
    /// 409, with the size that the witness knows.
    Size(String),
    /// Another status, with words for whoever looks into it.
    Refused(u16, &'static str),
}

impl Witness {
    /// Opens the folder, made if it is missing, and takes up each log where it was left.
    ///
    /// # Errors
    /// [`StartFault`].
    pub fn open(folder: &Path, logs: Vec<FollowedLog>, cosigner: Cosigner, clock: Clock) -> Result<Self, StartFault> {
        fs::create_dir_all(folder).map_err(StartFault::file(folder))?;
        let lock = lock(folder)?;
        let mut followed = BTreeMap::new();
        for log in logs {
            let origin = log.origin.clone();
            let state = Followed::open(folder, log)?;
            if followed.insert(origin.clone(), Mutex::new(state)).is_some() {
                return Err(StartFault::Twice(origin));
            }
        }
        Ok(Self { cosigner, clock, logs: followed, _lock: lock })
    }

    /// Decides about a request, stores what follows, and answers. It waits for the disk.
    #[must_use]
    pub fn add(&self, body: &str) -> AddCheckpointAnswer {
        let Ok(request) = body.parse::<AddCheckpoint>() else {
            return AddCheckpointAnswer::Refused(400, "the body is not a request of c2sp.org/tlog-witness\n");
        };
        let origin = Checkpoint::extended(&request.checkpoint.text).map(|(head, _)| head.origin).unwrap_or_default();
        let Some(log) = self.logs.get(&origin) else {
            return AddCheckpointAnswer::Refused(404, "this witness does not follow a log of that origin\n");
        };
        let mut log = held(log);
        self.decided(&mut log, &request).unwrap_or_else(|fault| {
            // Whether the head reached the disk is not known now; the files tell, at the next request.
            tracing::error!(%origin, %fault, "the state of this log cannot be stored, so it is not cosigned");
            log.doubt();
            AddCheckpointAnswer::Refused(503, "the state of this log cannot be stored\n")
        })
    }

    fn decided(&self, log: &mut Followed, request: &AddCheckpoint) -> Result<AddCheckpointAnswer, StartFault> {
        log.reload()?;
        let now = self.clock.now();
        log.recall(&request.checkpoint, &self.cosigner.public(), now)?;
        let verdict = decide(log.heads(), log.log(), request);
        if let Some((suspicion, head)) = verdict.suspicion {
            log.suspect(suspicion, &head, &request.checkpoint, now);
        }
        Ok(match verdict.decision {
            Decision::Cosign(head) => {
                let cosignature = self.cosigner.cosign(&request.checkpoint.text, now.max(0).cast_unsigned());
                log.store(&head, &request.checkpoint, &cosignature, now)?;
                AddCheckpointAnswer::Cosigned(print_cosignatures(&[cosignature]))
            }
            Decision::Conflict(size) => AddCheckpointAnswer::Size(print_size(size)),
            refused => AddCheckpointAnswer::Refused(refused.status(), words(&refused)),
        })
    }
}

const fn words(decision: &Decision) -> &'static str {
    match decision {
        Decision::Malformed => "the old size is above the checkpoint's\n",
        Decision::Unsigned => "the checkpoint is not signed by the key that this witness knows\n",
        Decision::UnknownLog => "this witness does not follow a log of that origin\n",
        _ => "the proof does not lead from the head that was cosigned to this one\n",
    }
}

/// A log's state, also after a panic elsewhere: it is changed only after the disk has it.
fn held(log: &Mutex<Followed>) -> MutexGuard<'_, Followed> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lock(folder: &Path) -> Result<File, StartFault> {
    let path = folder.join("lock");
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).open(&path).map_err(StartFault::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartFault::Locked(folder.to_owned())),
        Err(TryLockError::Error(fault)) => Err(StartFault::File { path, fault }),
    }
}
