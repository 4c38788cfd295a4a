//! Pages on which the browser itself works: ballot, receipts, checking, whether a credential was issued.

use axum::{
    extract::{Form, State, rejection::FormRejection},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    super::{extract::Path, rounds::RoundResponse},
    Http, Problem, render_unkept,
    rounds::cards,
};
use crate::{
    app::{
        looking,
        receipts::{self, Receipt},
        results,
    },
    domain::Refusal,
    error::Error,
    pages::{BallotPage, CheckPage, Found, Frame, IssuedPage, ReceiptPage, View},
};

/// Longest name of a ballot that a form takes, in bytes: its hash, with room for spaces.
const LONGEST_TRACKER: usize = 160;

/// What a reader without scripts asks.
#[derive(Debug, Deserialize)]
pub(super) struct Question {
    tracker: String,
}

pub(super) async fn ballot(State(http): State<Http>, f: Frame, Path(slug): Path<String>) -> Result<Response, Problem> {
    let (round, pictures) = looking::territories(&http.app, &slug).await?;
    let cards = cards(&f, &round, &pictures);
    let answer = serde_json::to_value(RoundResponse::from(round.clone())).map_err(Error::broken)?;
    let preload = preload(&f);
    let page = render_unkept(&BallotPage::new(f, &round, http.app.clock.now(), cards, answer))?;
    Ok(([(header::LINK, preload)], page).into_response())
}

pub(super) async fn receipt(State(http): State<Http>, f: Frame, Path(slug): Path<String>) -> Result<Response, Problem> {
    render_unkept(&ReceiptPage { view: view(&http, &f, &slug).await?, f })
}

pub(super) async fn issued(State(http): State<Http>, f: Frame, Path(slug): Path<String>) -> Result<Response, Problem> {
    render_unkept(&IssuedPage { view: view(&http, &f, &slug).await?, f })
}

pub(super) async fn check(State(http): State<Http>, f: Frame, Path(slug): Path<String>) -> Result<Response, Problem> {
    render_unkept(&CheckPage { view: view(&http, &f, &slug).await?, f, found: None })
}

/// The server's own answer. The tracker comes in the body, so that it stands in no address.
pub(super) async fn check_by_form(
    State(http): State<Http>,
    f: Frame,
    Path(slug): Path<String>,
    question: Result<Form<Question>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(question) = question.map_err(|fault| Refusal::Malformed(fault.body_text()))?;
    if question.tracker.len() > LONGEST_TRACKER {
        return Err(Refusal::Malformed(format!("tracker: at most {LONGEST_TRACKER} characters")).into());
    }
    let found = find(&http, &f, &slug, question.tracker).await?;
    render_unkept(&CheckPage { view: view(&http, &f, &slug).await?, f, found: Some(found) })
}

/// A `Link` header by which a browser asks for the ballot's files while the page still comes in: a tenth of a second on a slow
/// network. The integrity is the one that the page names.
fn preload(f: &Frame) -> String {
    let link = |name: &str, relation: &str| {
        let (address, integrity) = f.file(name);
        format!("<{address}>; rel={relation}; integrity=\"{integrity}\"")
    };
    let modules = ["ballot.js", "site.js"].map(|name| link(name, "modulepreload"));
    [link("site.css", "preload; as=style")].into_iter().chain(modules).collect::<Vec<_>>().join(", ")
}

async fn view(http: &Http, f: &Frame, slug: &str) -> Result<View, Error> {
    let (_, round) = results::state(&http.app, slug).await?;
    Ok(View::new(f.t, &round, http.app.clock.now()))
}

async fn find(http: &Http, f: &Frame, slug: &str, tracker: String) -> Result<Found, Error> {
    let (round, _) = results::state(&http.app, slug).await?;
    let place = match receipts::named(&http.app, slug, tracker.trim()).await {
        Ok(ballot) => receipts::receipt(&http.app, slug, ballot.as_bytes()).await,
        Err(fault) => Err(fault),
    };
    let nowhere = Found { tracker, line: None, in_log_by: None, unknown: false };
    Ok(match place {
        Ok(Receipt::Waiting { in_log_by }) => {
            Found { in_log_by: Some(f.t.moment(in_log_by, &round.rules.time_zone)), ..nowhere }
        }
        Ok(Receipt::Logged { index, .. }) => Found { line: Some(f.t.number(index)), ..nowhere },
        Err(Error::Refused(Refusal::UnknownBallot)) => Found { unknown: true, ..nowhere },
        Err(fault) => return Err(fault),
    })
}
