//! Pages of rounds: the list, one round, its result.

use std::{collections::BTreeMap, sync::Arc};

use audit::{
    log::{checkpoint::Checkpoint, note::Note, short::HeadCode},
    round::Round,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use ballots::rules::Territory;

use super::{
    super::{extract::Path, problem::not_found},
    Http, Problem, render, render_kept,
};
use crate::{
    app::{
        Published, pictures, results, turnout,
        witnessing::{self, WitnessState},
    },
    error::Error,
    pages::{
        Frame, HomePage, Hour, Picture, ResultsPage, RoundPage, TerritoryPage, Turnout, View,
        map::Map,
        round::About,
        territory::Card,
        witnesses::{Seen, Witnesses},
    },
};

pub(super) async fn home(State(http): State<Http>, f: Frame) -> Result<Response, Problem> {
    let now = http.app.clock.now();
    let rounds = results::all(&http.app).await?;
    let rounds = rounds.into_iter().map(|(_, round)| View::new(f.t, &round, now)).collect();
    render(&HomePage::new(f, rounds))
}

pub(super) async fn round(State(http): State<Http>, f: Frame, Path(slug): Path<String>) -> Result<Response, Problem> {
    let (published, round) = results::state(&http.app, &slug).await?;
    let about = About {
        official: results::publisher(&http.app, &published).await?,
        cards: cards(&http, &f, &published, &round).await?,
        map: Map::of(&f, &http.app.config.map, &slug, &round.rules.voting.territories),
        turnout: turnout(&http, &f, &published).await?,
        witnesses: witnesses(&http, &f, &published).await?,
        head: head(&http, &published).await?,
    };
    render(&RoundPage::new(f, &round, http.app.clock.now(), about))
}

pub(super) async fn territory(
    State(http): State<Http>,
    f: Frame,
    Path((slug, number)): Path<(String, u32)>,
) -> Result<Response, Problem> {
    let (published, round) = results::state(&http.app, &slug).await?;
    let found = round.rules.voting.territories.iter().find(|territory| territory.number == number);
    let Some(territory) = found else { return Err(not_found().await) };
    let pictures = pictures(&http, &f, &published).await?.remove(&number).unwrap_or_default();
    let map = Map::of(&f, &http.app.config.map, &slug, std::slice::from_ref(territory));
    render(&TerritoryPage::new(f, &round, http.app.clock.now(), territory, pictures, map))
}

pub(super) async fn results(
    State(http): State<Http>,
    f: Frame,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (published, round) = results::state(&http.app, &slug).await?;
    let tallied = tallied(&http, &round).await?;
    let turnout = turnout(&http, &f, &published).await?;
    let counted = tallied.is_some();
    let page = ResultsPage::new(f, &round, http.app.clock.now(), tallied.as_ref(), turnout);
    if counted { render_kept(&page, &headers) } else { render(&page) }
}

/// The cards of a round's territories, in the order of the rules.
pub(super) async fn cards(http: &Http, f: &Frame, published: &Published, round: &Round) -> Result<Vec<Card>, Error> {
    let pictures = pictures(http, f, published).await?;
    let of = |number| pictures.get(&number).map_or(&[][..], Vec::as_slice);
    let card = |territory: &Territory| Card::new(f.t, territory, of(territory.number));
    Ok(round.rules.voting.territories.iter().map(card).collect())
}

/// The pictures of each territory, by its number.
async fn pictures(http: &Http, f: &Frame, published: &Published) -> Result<BTreeMap<u32, Vec<Picture>>, Error> {
    let all = pictures::by_territory(&http.app, published).await?;
    let shown = |picture: &_| Picture::new(picture, f.t.language.code(), f.town_language());
    Ok(all.into_iter().map(|(number, pictures)| (number, pictures.iter().filter_map(shown).collect())).collect())
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

async fn witnesses(http: &Http, f: &Frame, round: &Published) -> Result<Witnesses, Error> {
    let seen = |state: WitnessState| Seen {
        key: state.key,
        in_rules: state.in_rules,
        cosigned: state.cosigned,
        fault: state.fault.map(|(fault, _)| fault),
    };
    let seen: Vec<_> = witnessing::states(&http.app, &round.log).await?.into_iter().map(seen).collect();
    Ok(Witnesses::new(f.t, &round.rules.time_zone, round.log.quorum, &seen))
}

/// The newest head, for paper.
async fn head(http: &Http, round: &Published) -> Result<HeadCode, Error> {
    let note: Note = witnessing::head(&http.app, &round.log).await?.parse().map_err(Error::broken)?;
    let head: Checkpoint = note.text.parse().map_err(Error::broken)?;
    Ok(HeadCode::of(&head))
}
