//! Pages of rounds: the list, one round, its result.

use audit::{
    log::{checkpoint::Checkpoint, note::Note, short::HeadCode},
    round::Round,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use ballots::rules::Territory;

use super::{
    super::{
        caching::{ASK, SHORT},
        extract::Path,
        problem::not_found,
    },
    Http, Problem, kept, render,
};
use crate::{
    app::{
        looking::{self, Look, Pictures, WitnessState},
        results,
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

/// The frame of a page with its one address, whichever way the asker wrote it (`%73` is `s`); and that address with its language.
fn at(f: Frame, path: String) -> (Frame, String) {
    let f = Frame { path, ..f };
    let address = f.to(&f.path);
    (f, address)
}

pub(super) async fn home(State(http): State<Http>, f: Frame, headers: HeaderMap) -> Result<Response, Problem> {
    let (f, address) = at(f, "/".to_owned());
    let page = async {
        let now = http.app.clock.now();
        let rounds = results::all(&http.app).await?;
        let rounds = rounds.into_iter().map(|(_, round)| View::new(f.t, &round, now)).collect();
        Ok((HomePage::new(f, rounds), ASK))
    };
    kept::respond(&http, &address, &headers, page).await
}

pub(super) async fn round(
    State(http): State<Http>,
    f: Frame,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // Who asks for a round that is not there waits for nobody.
    http.app.published(&slug).await?;
    let (f, address) = at(f, format!("/rounds/{slug}"));
    let page = async { Ok((round_page(&http, f, &slug).await?, ASK)) };
    kept::respond(&http, &address, &headers, page).await
}

async fn round_page(http: &Http, f: Frame, slug: &str) -> Result<RoundPage, Problem> {
    let Look { published, official, round, pictures, hours, witnesses, head } =
        looking::everything(&http.app, slug).await?;
    let zone = &round.rules.time_zone;
    let about = About {
        official,
        cards: cards(&f, &round, &pictures),
        map: Map::of(&f, &http.app.config.map, slug, &round.rules.voting.territories),
        turnout: turnout(&f, &hours, zone),
        witnesses: Witnesses::new(
            f.t,
            zone,
            published.log.quorum,
            &witnesses.into_iter().map(seen).collect::<Vec<_>>(),
        ),
        head: head_code(&head)?,
    };
    Ok(RoundPage::new(f, &round, http.app.clock.now(), about))
}

pub(super) async fn territory(
    State(http): State<Http>,
    f: Frame,
    Path((slug, number)): Path<(String, u32)>,
) -> Result<Response, Problem> {
    let (round, pictures) = looking::territories(&http.app, &slug).await?;
    let found = round.rules.voting.territories.iter().find(|territory| territory.number == number);
    let Some(territory) = found else { return Err(not_found().await) };
    let pictures = shown(&f, &pictures, number);
    let map = Map::of(&f, &http.app.config.map, &slug, std::slice::from_ref(territory));
    render(&TerritoryPage::new(f, &round, http.app.clock.now(), territory, pictures, map))
}

pub(super) async fn results(
    State(http): State<Http>,
    f: Frame,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    http.app.published(&slug).await?;
    let (f, address) = at(f, format!("/rounds/{slug}/results"));
    let page = async {
        let (round, hours, tallied) = looking::result(&http.app, &slug).await?;
        let turnout = turnout(&f, &hours, &round.rules.time_zone);
        let page = ResultsPage::new(f, &round, http.app.clock.now(), tallied.as_ref(), turnout);
        Ok((page, if tallied.is_some() { SHORT } else { ASK }))
    };
    kept::respond(&http, &address, &headers, page).await
}

/// The cards of a round's territories, in the order of the rules.
pub(super) fn cards(f: &Frame, round: &Round, pictures: &Pictures) -> Vec<Card> {
    let card = |territory: &Territory| Card::new(f.t, territory, &shown(f, pictures, territory.number));
    round.rules.voting.territories.iter().map(card).collect()
}

/// The pictures of the territory with this number.
fn shown(f: &Frame, pictures: &Pictures, number: u32) -> Vec<Picture> {
    let shown = |picture: &_| Picture::new(picture, f.t.language.code(), f.town_language());
    pictures.get(&number).into_iter().flatten().filter_map(shown).collect()
}

fn turnout(f: &Frame, hours: &[looking::Hour], zone: &str) -> Turnout {
    let hour = |hour: &looking::Hour| Hour { at: hour.hour, ballots: hour.ballots, credentials: hour.credentials };
    Turnout::new(f.t, &hours.iter().map(hour).collect::<Vec<_>>(), zone)
}

fn seen(state: WitnessState) -> Seen {
    Seen {
        key: state.key,
        in_rules: state.in_rules,
        cosigned: state.cosigned,
        fault: state.fault.map(|(fault, _)| fault),
    }
}

/// The code of a head, for paper.
fn head_code(note: &str) -> Result<HeadCode, Error> {
    let note: Note = note.parse().map_err(Error::broken)?;
    let head: Checkpoint = note.text.parse().map_err(Error::broken)?;
    Ok(HeadCode::of(&head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_address_however_it_is_written() {
        for (asked, address) in [
            ("/rounds/spring", "/rounds/spring"),
            ("/rounds/%73pring", "/rounds/spring"),
            ("/en/rounds/s%70ring", "/en/rounds/spring"),
        ] {
            let (f, found) = at(Frame::of(asked, &crate::config::Site::default()), "/rounds/spring".to_owned());
            assert_eq!((found.as_str(), f.path.as_str()), (address, "/rounds/spring"), "{asked}");
        }
    }
}
