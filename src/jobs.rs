//! What happens by itself: rounds open and close on time, ballots move into the log, the register is reported, counts are made.

use std::{sync::Arc, time::Duration};

use tokio::{task::JoinHandle, time::MissedTickBehavior};

use crate::{
    app::{App, registering, results, sequencing, steps, tallying},
    error::Error,
};

/// Starts the one loop that does it all; it ends when the task is aborted.
pub fn start(app: Arc<App>, every: Duration) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(every);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if let Err(fault) = run_once(&app).await {
                tracing::error!(%fault, "a job failed; it is tried again");
            }
        }
    })
}

/// Does what is due now, for every round.
///
/// # Errors
/// The first fault; what was done before it stays done.
pub async fn run_once(app: &App) -> Result<(), Error> {
    for (round, _) in results::all(app).await? {
        while steps::on_schedule(app, &round).await? {}
        sequencing::integrate(app, &round).await?;
        registering::report(app, &round).await?;
        tallying::tally(app, &round).await?;
    }
    Ok(())
}
