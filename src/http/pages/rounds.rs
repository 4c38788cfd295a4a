//! Pages of rounds: the list, one round, its result.

use std::sync::Arc;

use audit::round::Round;
use axum::{extract::State, response::Response};

use super::{super::extract::Path, Http, Problem, render};
use crate::{
    app::{Published, results, turnout},
    error::Error,
    pages::{Frame, HomePage, Hour, ResultsPage, RoundPage, Turnout, View, territory::Card},
};

pub(super) async fn home(State(http): State<Http>, f: Frame) -> Result<Response, Problem> {
    let now = http.app.clock.now();
    let rounds = results::all(&http.app).await?;
    let rounds = rounds.into_iter().map(|(_, round)| View::new(f.t, &round, now)).collect();
    render(&HomePage::new(f, rounds))
}

pub(super) async fn round(State(http): State<Http>, f: Frame, Path(slug): Path<String>) -> Result<Response, Problem> {
    let (published, round) = results::state(&http.app, &slug).await?;
    let official = results::publisher(&http.app, &published).await?;
    let turnout = turnout(&http, &f, &published).await?;
    let cards = cards(&f, &round);
    render(&RoundPage::new(f, &round, http.app.clock.now(), &official, cards, turnout))
}

pub(super) async fn results(State(http): State<Http>, f: Frame, Path(slug): Path<String>) -> Result<Response, Problem> {
    let (published, round) = results::state(&http.app, &slug).await?;
    let tallied = tallied(&http, &round).await?;
    let turnout = turnout(&http, &f, &published).await?;
    render(&ResultsPage::new(f, &round, http.app.clock.now(), tallied.as_ref(), turnout))
}

/// The cards of a round's territories, in the order of the rules.
pub(super) fn cards(f: &Frame, round: &Round) -> Vec<Card> {
    round.rules.voting.territories.iter().map(|territory| Card::new(f.t, territory, &[])).collect()
}

async fn tallied(http: &Http, round: &Round) -> Result<Option<audit::round::event::Tallied>, Error> {
    match round.tally_line {
        Some(_) => Ok(Some(results::tallied(&http.app, &round.rules.slug).await?)),
        None => Ok(None),
    }
}

async fn turnout(http: &Http, f: &Frame, round: &Arc<Published>) -> Result<Turnout, Error> {
    let hours = turnout::hours(&http.app, round).await?;
    let hours: Vec<_> = hours
        .into_iter()
        .map(|hour| Hour { at: hour.hour, ballots: hour.ballots, credentials: hour.credentials })
        .collect();
    Ok(Turnout::new(f.t, &hours, &round.rules.time_zone))
}
