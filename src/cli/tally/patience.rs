//! Work that takes longer than a second shows that it is under way.

use std::{
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use indicatif::ProgressBar;

use super::super::show;

/// A count that takes longer shows that it is under way.
const PATIENCE: Duration = Duration::from_secs(1);
/// So often a bar moves.
const STEP: Duration = Duration::from_millis(200);

/// Does work of which nobody knows how long it takes.
pub(super) fn patiently<T: Send>(what: &'static str, hidden: bool, work: impl FnOnce() -> T + Send) -> T {
    watched(work, || show::spinner(what, hidden), |_| {})
}

/// Does work on so many bytes, and shows how many are done.
pub(super) fn measured<T: Send>(
    what: &'static str,
    hidden: bool,
    bytes: u64,
    done: &AtomicU64,
    work: impl FnOnce() -> T + Send,
) -> T {
    watched(work, || show::bar(what, bytes, hidden), |bar| bar.set_position(done.load(Ordering::Relaxed)))
}

fn watched<T: Send>(
    work: impl FnOnce() -> T + Send,
    bar: impl FnOnce() -> ProgressBar,
    step: impl Fn(&ProgressBar),
) -> T {
    thread::scope(|scope| {
        let (done, waiting) = mpsc::channel::<()>();
        let worker = scope.spawn(move || {
            let result = work();
            drop(done);
            result
        });
        // The channel closes when the work is done; until then there is nothing to receive.
        if waiting.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let bar = bar();
            while waiting.recv_timeout(STEP) == Err(RecvTimeoutError::Timeout) {
                step(&bar);
            }
            bar.finish_and_clear();
        }
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
