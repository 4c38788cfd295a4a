//! What happens by itself: rounds open and close on time, ballots move into the log, the register is reported, counts are made, witnesses are asked.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{Instant, Interval, MissedTickBehavior},
};

use crate::{
    app::{
        App, heads, indexing, registering, sequencing, steps, tallying,
        witnessing::{self, Witness},
    },
    error::Error,
};

/// No witness gets more than one request in this time.
const ONE_REQUEST: Duration = Duration::from_secs(1);

/// Time between two notes of what this node has seen of every log.
const REMEMBER_EVERY: Duration = Duration::from_secs(60);
/// The same after one that failed: the database may be another one by then.
const REMEMBER_AGAIN: Duration = Duration::from_secs(10);
/// The same while everybody who writes waits for the look.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Wait after the list of ballots' lines could not be tidied: nobody waits for it.
const TIDY_AGAIN: Duration = Duration::from_secs(60);

/// Wait after a disk was full: what is tried there is written to the database's own log before it fails, and uses up the room of that.
const ROOM_AGAIN: Duration = Duration::from_secs(5);

/// Time between two looks whether the database's write-ahead log can be emptied, and the same under full load, when a page that was
/// written several times meanwhile is moved once: the rate counts then, and below it that nobody waits long for a disk that is given much.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(500);
const CHECKPOINT_UNDER_LOAD: Duration = Duration::from_secs(1);
/// Pages written a second from which on that is full load.
const FULL_LOAD: u128 = 8_000;

/// Starts the loops that do it all; they end when the task is aborted. The channel turns true when what was due at the start is
/// done. Counts and the index of ballots have loops of their own: some take minutes, and no other round waits for them.
pub fn start(app: Arc<App>, every: Duration) -> (JoinHandle<()>, watch::Receiver<bool>) {
    let alive = app.readiness.jobs_live(&app);
    let (looked, first_look) = watch::channel(false);
    let looking = tokio::spawn(async move {
        let _alive = alive;
        // Each is a task of its own, for a count computes long between two waits. They are aborted with this one.
        let (mut loops, app) = (JoinSet::new(), || Arc::clone(&app));
        loops.spawn(look(app(), every, looked));
        loops.spawn(go_on(app(), every, Job::Count));
        loops.spawn(go_on(app(), every, Job::Index));
        loops.spawn(checkpoint(app()));
        // None ends but by a fault of this program.
        let ended = loops.join_next().await;
        tracing::error!(?ended, "a loop of jobs ended");
    });
    (looking, first_look)
}

async fn look(app: Arc<App>, every: Duration, looked: watch::Sender<bool>) {
    let (mut tick, mut is_named) = (ticks(every), false);
    loop {
        tick.tick().await;
        let mut is_full = false;
        tokio::select! {
            () = async {
                // Each fault is in the log by then.
                is_named = is_named || each(&app, Job::NameClient).await.is_ok();
                if let Err(fault) = each(&app, Job::Due).await {
                    app.metrics.job_failed();
                    is_full = fault.is_full_disk();
                }
                app.metrics.jobs_ran(app.clock.now());
            } => {}
            // What waits on the old server's connections is given up; nothing of it was committed there.
            () = app.meets_another_server(app.server_met()) => {}
        }
        if is_full {
            tick.reset_after(ROOM_AGAIN.max(every));
        }
        looked.send_replace(true);
    }
}

async fn go_on(app: Arc<App>, every: Duration, job: Job) {
    let mut tick = ticks(every);
    loop {
        tick.tick().await;
        tokio::select! {
            done = each(&app, job) => if done.is_err() {
                app.metrics.job_failed();
                if matches!(job, Job::Index) {
                    tick.reset_after(TIDY_AGAIN);
                }
            },
            () = app.meets_another_server(app.server_met()) => {}
        }
    }
}

async fn checkpoint(app: Arc<App>) {
    let (mut tick, mut fails) = (ticks(CHECKPOINT_EVERY), false);
    let (mut before, mut looked) = (0, Instant::now());
    loop {
        tick.tick().await;
        let done = app.checkpoint().await;
        if let Ok(pages) = done {
            // A log that has fewer than before began anew.
            let fresh = u128::from(pages.checked_sub(before).unwrap_or(pages));
            if fresh * 1000 >= FULL_LOAD * looked.elapsed().as_millis() {
                tick.reset_after(CHECKPOINT_UNDER_LOAD);
            }
            (before, looked) = (pages, Instant::now());
        }
        // A full disk stays full for a while: it is said once.
        if let (Err(fault), false) = (&done, fails) {
            tracing::warn!(%fault, "the write-ahead log cannot be emptied; it is tried again");
        }
        fails = done.is_err();
    }
}

fn ticks(every: Duration) -> Interval {
    let mut tick = tokio::time::interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

/// Starts a loop for each witness, so that one that is slow or dead keeps nobody waiting; they end when the tasks are aborted.
pub fn ask_witnesses(app: &Arc<App>) -> Vec<JoinHandle<()>> {
    let ask = |witness: &Arc<Witness>| {
        let (app, witness) = (Arc::clone(app), Arc::clone(witness));
        tokio::spawn(async move {
            let mut pace = tokio::time::interval(ONE_REQUEST);
            pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                let asked = witnessing::ask(&app, &witness, &mut pace).await;
                let _ = asked.inspect_err(|fault| tracing::error!(%fault, "a witness cannot be asked"));
            }
        })
    };
    app.witnesses().iter().map(ask).collect()
}

/// Starts the loop that holds every log against what this node has seen of it, and notes that on its disk: each minute, and whenever
/// another server has the database. It ends when the task is aborted.
pub fn remember_heads(app: Arc<App>) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let met = app.server_met();
            let noted = tokio::select! {
                noted = heads::remember(&app) => noted,
                // What waits on the old server's connections is given up.
                () = app.meets_another_server(met) => continue,
            };
            let wait = match noted {
                _ if !app.may_write() => LOOK_AGAIN,
                Ok(()) => REMEMBER_EVERY,
                Err(_) => REMEMBER_AGAIN,
            };
            if let Err(fault) = noted {
                let words = if app.may_write() {
                    "what was seen of the logs cannot be noted"
                } else {
                    "what this server has cannot be compared with what was seen of the logs, and nothing is written until then"
                };
                tracing::warn!(%fault, "{words}");
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = app.meets_another_server(met) => {}
            }
        }
    })
}

/// What is done for a round.
#[derive(Debug, Clone, Copy)]
enum Job {
    /// A service that starts says in the log of an open round which files it gives to browsers, if they are other ones.
    NameClient,
    /// What is due by the clock, or because enough of it waits.
    Due,
    /// The count, once the opening key is there.
    Count,
    /// The list of ballots' lines is tidied.
    Index,
}

/// Does what is due now, for every round that is not over, then makes the counts, and tidies.
///
/// # Errors
/// The first fault; what else could be done was done.
pub async fn run_once(app: &App) -> Result<(), Error> {
    each(app, Job::Due).await.and(each(app, Job::Count).await).and(each(app, Job::Index).await)
}

/// Does a job for every round that is not over. A fault in one round does not keep the others waiting.
async fn each(app: &App, job: Job) -> Result<(), Error> {
    let names = steps::at_work(app).await.inspect_err(|fault| tracing::error!(%fault, "the rounds cannot be read"))?;
    let mut first = Ok(());
    for slug in names {
        let done = run_for(app, &slug, job).await;
        if let Err(fault) = &done {
            tracing::error!(%fault, round = %slug, ?job, "a job failed; it is tried again");
        }
        first = first.and(done);
    }
    first
}

async fn run_for(app: &App, slug: &str, job: Job) -> Result<(), Error> {
    let round = app.published(slug).await?;
    match job {
        Job::NameClient => steps::name_client(app, &round).await,
        Job::Due => {
            while steps::on_schedule(app, &round).await? {}
            sequencing::integrate(app, &round).await?;
            registering::report(app, &round).await.map(drop)
        }
        Job::Count => tallying::tally(app, &round).await.map(drop),
        Job::Index => indexing::merge(app, &round).await.map(drop),
    }
}
