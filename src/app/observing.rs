//! What the operator may watch: the counts of this node, and how its logs, witnesses and connections stand.

use std::time::Duration;

use tokio::time::timeout;

use super::{
    App,
    logs::{LogName, OpenLog},
    readiness, witnessing,
};
use crate::{
    error::Error,
    metrics::{Pool, State, WitnessOf},
    store::{ballot_box, log, rounds},
};

/// Longest that a look waits for the database; without it there are the counts alone.
const PATIENCE: Duration = Duration::from_secs(1);

/// The metrics as text. What the caller knows of the state is given; the rest is looked up.
pub async fn text(app: &App, mut state: State) -> String {
    state.ready = readiness::ready(app).await.is_ok();
    state.jobs_alive = app.readiness.has_jobs();
    state.queues = vec![
        ("casting", app.casting.depth()),
        ("identifying", app.identifying.depth()),
        ("issuing", app.issuing.depth()),
    ];
    let [readers, writers] = app.db.connections();
    let used = readers.open.saturating_sub(readers.idle);
    state.pools = vec![
        Pool { name: "readers", most: readers.most, open_and_used: Some((readers.open, used)) },
        // A writer that is opened or used would tell that somebody casts or registers just now.
        Pool { name: "writers", most: writers.most, open_and_used: None },
    ];
    if let Ok(Ok(looked)) = timeout(PATIENCE, look(app)).await {
        state.database_up = true;
        (state.logs, state.urns, state.witnesses) = (looked.logs, looked.urns, looked.witnesses);
    }
    app.metrics.text(app.clock.now(), state)
}

/// What stands in the database: the logs, their witnesses, and once in a period the urns.
async fn look(app: &App) -> Result<State, Error> {
    let mut tx = app.db.read().await?;
    let sizes = log::sizes(&mut tx).await?;
    let rows = rounds::all(&mut tx).await?;
    let published = rows.iter().filter(|row| row.log_id.is_some());
    let mut looked = State::default();
    if app.metrics.wants_urns(app.clock.now()) {
        let mut urns = Vec::new();
        for row in published.clone() {
            urns.push((row.slug.clone(), ballot_box::waiting(&mut tx, row.id).await?));
        }
        looked.urns = Some(urns);
    }
    drop(tx);
    for name in published.map(|row| LogName::Round(&row.slug)).chain([LogName::Office]) {
        let log = app.log(name).await?;
        let size = sizes.iter().find(|(id, _)| *id == log.id).map_or(0, |(_, size)| *size);
        looked.logs.push((log.origin().to_owned(), size));
        looked.witnesses.extend(witnesses(app, &log).await?);
    }
    Ok(looked)
}

async fn witnesses(app: &App, log: &OpenLog) -> Result<Vec<WitnessOf>, Error> {
    let states = witnessing::states(app, log).await?;
    let of = |state: witnessing::WitnessState| WitnessOf {
        log: log.origin().to_owned(),
        witness: state.key.split('+').next().unwrap_or_default().to_owned(),
        cosigned: state.cosigned.map_or(0, |(size, _)| size),
        fault: state.fault.map(|(fault, _)| fault.slug()),
    };
    Ok(states.into_iter().map(of).collect())
}
