//! What happens by itself: rounds open and close on time, ballots move into the log, the register is reported, counts are made, witnesses are asked.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinHandle, time::MissedTickBehavior};

use crate::{
    app::{
        App, Published, heads, registering, sequencing, steps, tallying,
        witnessing::{self, Witness},
    },
    error::Error,
};

/// No witness gets more than one request in this time.
const ONE_REQUEST: Duration = Duration::from_secs(1);

/// Time between two notes of what this node has seen of every log.
const REMEMBER_EVERY: Duration = Duration::from_secs(60);

/// Starts the one loop that does it all; it ends when the task is aborted. The channel turns true when what was due at the start
/// is done.
pub fn start(app: Arc<App>, every: Duration) -> (JoinHandle<()>, watch::Receiver<bool>) {
    let alive = app.readiness.jobs_live(&app);
    let (looked, first_look) = watch::channel(false);
    let looking = tokio::spawn(async move {
        let _alive = alive;
        let mut tick = tokio::time::interval(every);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tick.tick().await;
        // Each fault is in the log by then.
        let _ = name_client(&app).await;
        loop {
            tokio::select! {
                done = run_once(&app) => app.metrics.jobs_ran(app.clock.now(), done.is_err()),
                // What waits on the old host's connections is given up; nothing of it was committed there.
                () = app.database_moved() => {}
            }
            looked.send_replace(true);
            tick.tick().await;
        }
    });
    (looking, first_look)
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

/// Starts the loop that notes on this node's disk what it has seen of every log; it ends when the task is aborted.
pub fn remember_heads(app: Arc<App>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(REMEMBER_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let noted = heads::remember(&app).await;
            let _ = noted.inspect_err(|fault| tracing::warn!(%fault, "what was seen of the logs cannot be noted"));
        }
    })
}

/// A service that starts says in the log of every open round which files it gives to browsers, if they are other ones.
async fn name_client(app: &App) -> Result<(), Error> {
    for round in steps::at_work(app).await? {
        steps::name_client(app, &round)
            .await
            .inspect_err(|fault| tracing::error!(%fault, "the browser's files are not in the log"))?;
    }
    Ok(())
}

/// Does what is due now, for every round that is not over. A fault in one round does not keep the others waiting.
///
/// # Errors
/// The first fault; what else could be done was done.
pub async fn run_once(app: &App) -> Result<(), Error> {
    let rounds = steps::at_work(app).await.inspect_err(|fault| tracing::error!(%fault, "the rounds cannot be read"))?;
    let mut first = Ok(());
    for round in rounds {
        let done = run_for(app, &round).await;
        if let Err(fault) = &done {
            tracing::error!(%fault, round = %round.rules.slug, "a job failed; it is tried again");
        }
        first = first.and(done);
    }
    first
}

async fn run_for(app: &App, round: &Arc<Published>) -> Result<(), Error> {
    while steps::on_schedule(app, round).await? {}
    sequencing::integrate(app, round).await?;
    registering::report(app, round).await?;
    tallying::tally(app, round).await.map(drop)
}
