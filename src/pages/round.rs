//! One round: what is decided, by when and by whom, how winners are chosen, what to do now, and what to check.

use askama::Template;
use audit::{log::short::HeadCode, round::Round};

use super::{Frame, Turnout, View, map::Map, scheme::Scheme, territory::Card, view, witnesses::Witnesses};

/// The page of a round.
#[derive(Debug, Template)]
#[template(path = "round.html")]
pub struct RoundPage {
    /// What stands around.
    pub f: Frame,
    /// The round.
    pub view: View,
    /// Its territories.
    pub cards: Vec<Card>,
    /// The map, if the operator chose one.
    pub map: Option<Map>,
    /// Where they lie, if the rules say so.
    pub scheme: Option<Scheme>,
    /// How many took part so far.
    pub turnout: Turnout,
    /// Sentences on marking.
    pub marking: Vec<String>,
    /// Sentences on winning.
    pub winning: Vec<String>,
    /// Sentences on who votes.
    pub voters: Vec<String>,
    /// Sentences on who is responsible.
    pub responsible: Vec<String>,
    /// Hours until an accepted ballot is in the log.
    pub within: u32,
    /// SHA-256 of the rules.
    pub fingerprint: String,
    /// Verifier key of the log.
    pub log_key: String,
    /// Files of the browser's side, with their SHA-256, from the log.
    pub client: Vec<(String, String)>,
    /// Who cosigns the log.
    pub witnesses: Witnesses,
    /// The log's newest head, for paper.
    pub head: HeadCode,
}

/// What a round's page is made from, beside the round.
#[derive(Debug)]
pub struct About {
    /// Handle of the official who published it.
    pub official: String,
    /// Its territories.
    pub cards: Vec<Card>,
    /// The map, if the operator chose one.
    pub map: Option<Map>,
    /// How participation grew.
    pub turnout: Turnout,
    /// Who cosigns the log.
    pub witnesses: Witnesses,
    /// The log's newest head, for paper.
    pub head: HeadCode,
}

impl RoundPage {
    /// The page of this round at this Unix second.
    #[must_use]
    pub fn new(f: Frame, round: &Round, now: i64, about: About) -> Self {
        let (t, rules) = (f.t, &round.rules);
        let About { official, cards, map, turnout, witnesses, head } = about;
        let day = t.written_day(&rules.reference_date.to_string());
        let age = t.round_age(u64::from(rules.minimum_age), day);
        let district = rules.district.as_ref().map(|district| t.round_district(district.as_str()));
        let handles: Vec<_> = rules.commission.iter().map(|member| member.handle.as_str()).collect();
        Self {
            view: View::new(t, round, now),
            scheme: Scheme::of(t.round_scheme(), &rules.voting.territories),
            map,
            marking: view::how_to_mark(t, &rules.voting.kind),
            winning: view::how_to_win(t, &rules.voting),
            voters: [age].into_iter().chain(district).collect(),
            responsible: vec![
                t.round_organised(official.as_str()),
                t.round_commission(handles.join(", "), handles.len()),
                t.round_quorum(rules.quorum),
            ],
            within: rules.batch.within.div_ceil(3600),
            fingerprint: round.fingerprint.to_string(),
            log_key: rules.log_key.clone(),
            client: round.client.iter().map(|(name, hash)| (name.clone(), hash.to_string())).collect(),
            cards,
            turnout,
            witnesses,
            head,
            f,
        }
    }
}
