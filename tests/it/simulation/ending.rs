//! The end of a run: every round is brought to its end, and everything that was promised is held against the published bundle.

use std::collections::{BTreeMap, BTreeSet};

use audit::{
    round::{Act, Phase},
    verify::verify,
};
use ballots::Outcome;
use rand::RngExt as _;
use veche::client::receipt;

use super::{
    invariants::OVER,
    kinds,
    model::{Choice, Round},
    run::Run,
};

/// Tries until a round is at its end; most steps are drawn among people who may and who may not.
const TRIES: usize = 150;

impl Run {
    /// Ends every round, and audits it.
    pub async fn ends(&mut self) {
        for node in 0..self.world.len() {
            if !self.world.running().contains(&node) {
                self.world.starts(node).await;
                self.model.runs_jobs(self.world.now(node));
            }
        }
        let published: Vec<_> = self.model.rounds.keys().cloned().collect();
        for slug in &published {
            for _ in 0..TRIES {
                if !OVER.contains(&self.model.rounds[slug].phase) {
                    self.goes_on(slug).await;
                }
            }
            assert!(OVER.contains(&self.model.rounds[slug].phase), "{slug} comes to no end");
        }
        for slug in &published {
            self.is_audited(slug).await;
        }
        let at = self.anywhere();
        self.follows_office(&at).await;
        for node in self.world.running() {
            self.world.stops(node).await;
        }
    }

    /// One step towards the end.
    async fn goes_on(&mut self, slug: &str) {
        let round = &self.model.rounds[slug];
        let (due, proposal) = match round.phase {
            Phase::Published => (round.terms.opens_at, round.proposal.clone()),
            _ => (round.closes_at, round.proposal.clone()),
        };
        let annulled = proposal.as_ref().is_some_and(|(act, _)| *act == Act::Annul);
        match round.phase {
            _ if annulled && self.rng.random_bool(0.4) => self.confirms_this(slug).await,
            Phase::Tallied if self.rng.random_bool(0.1) => self.proposes_this(slug, Act::Annul).await,
            Phase::Open | Phase::Paused if self.rng.random_bool(0.3) => match proposal {
                Some((Act::Close, _)) => self.confirms_this(slug).await,
                _ => self.proposes_this(slug, Act::Close).await,
            },
            Phase::Published | Phase::Open | Phase::Paused => {
                let ahead = due - self.world.second + 3;
                self.begins(self.world.second, format!("the clock moves by {} s, to the edge", ahead.max(0)));
                self.world.moves(ahead.max(0));
                self.jobs().await;
            }
            Phase::Closed => self.reveals_this(slug).await,
            Phase::Opened => self.jobs().await,
            _ => self.signs_this(slug).await,
        }
    }

    async fn is_audited(&mut self, slug: &str) {
        let at = self.anywhere();
        self.begins(at.now, format!("{slug}: the audit"));
        self.looks_at(&at, slug).await;
        let files = self.fetches(&at, slug).await.unwrap();
        let report = verify(&files, None, &|_| {});
        assert!(report.passed(), "{report}");
        self.nothing_of_a_person(slug, &files["log.jsonl"]);
        let lines = files["log.jsonl"].iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(lines as u64, self.model.rounds[slug].size);
        self.register_agrees(slug, std::str::from_utf8(&files["register.txt"]).unwrap());
        if self.model.rounds[slug].counted {
            let outcome: Outcome = serde_json::from_slice(&files["result.json"]).unwrap();
            let result: veche::http::ResultResponse =
                at.api.get(&format!("/api/v1/rounds/{slug}/result"), None).await.unwrap();
            assert_eq!(outcome, result.outcome);
            self.is_counted(slug, &outcome, result.replaced);
            self.journal.counts(kinds::COUNTED);
            if self.model.rounds[slug].phase == Phase::Annulled {
                self.journal.counts(kinds::ANNULLED_AFTER_COUNT);
            }
        }
        self.all_receipts(slug, 1.0).await;
        let place = self.grounds[slug].place.clone().unwrap();
        for head in self.grounds[slug].heads.clone() {
            receipt::only_grew(&at.api, &place, &head).await.unwrap();
        }
        self.follows(&at, slug).await;
    }

    /// In the register stands everybody who was issued a credential, once; of a round that was annulled, who was reported by then.
    fn register_agrees(&self, slug: &str, register: &str) {
        let round = &self.model.rounds[slug];
        let listed: Vec<_> = register.lines().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
        let people: BTreeSet<_> = listed.iter().cloned().collect();
        assert_eq!(
            (listed.len(), listed.len() as u64),
            (people.len(), round.register.0),
            "somebody stands there twice"
        );
        let issued =
            round.issued.keys().map(|person| hex::encode(self.roll_key.pseudonym(&self.people[*person].number)));
        let issued: BTreeSet<_> = issued.collect();
        assert!(people.is_subset(&issued) && (round.unreported > 0 || people == issued), "the register names others");
    }

    /// The count is that of the last choices that the model knows of.
    pub fn is_counted(&self, slug: &str, outcome: &Outcome, replaced: u64) {
        let round = &self.model.rounds[slug];
        let last = last_choices(round);
        let (mut votes, mut invalid, mut blank) = ([0_u64; 8], BTreeMap::<String, u64>::new(), 0);
        for choice in last.values() {
            match choice {
                Choice::Marks(marks) if marks.is_empty() => blank += 1,
                Choice::Marks(marks) => marks.iter().for_each(|mark| votes[usize::from(*mark)] += 1),
                Choice::Invalid(reason) => *invalid.entry((*reason).to_owned()).or_default() += 1,
            }
        }
        assert_eq!((outcome.ballots, outcome.blank), (last.len() as u64, blank), "ballots and blank ones");
        assert_eq!(outcome.invalid, invalid);
        assert_eq!(replaced, round.ballots.len() as u64 - last.len() as u64, "replaced");
        let mut order: Vec<usize> = (0..8).collect();
        // Equal votes: the earlier application, which here is the lower number.
        order.sort_by_key(|territory| (std::cmp::Reverse(votes[*territory]), *territory));
        let wanted: Vec<_> = order.iter().map(|at| (format!("t{}", at + 1), votes[*at])).collect();
        let found: Vec<_> = outcome.standings.iter().map(|one| (one.id.clone(), one.votes)).collect();
        assert_eq!(found, wanted, "standings");
        let winners: Vec<_> = wanted.into_iter().take(round.terms.seats).map(|(id, _)| id).collect();
        assert_eq!(outcome.winners, winners);
    }
}

/// What each credential chose last.
fn last_choices(round: &Round) -> BTreeMap<[u8; 32], Choice> {
    let mut last: BTreeMap<[u8; 32], (u32, Choice)> = BTreeMap::new();
    for ballot in round.ballots.values() {
        let entry = last.entry(ballot.credential).or_insert((ballot.version, ballot.choice.clone()));
        if ballot.version >= entry.0 {
            *entry = (ballot.version, ballot.choice.clone());
        }
    }
    last.into_iter().map(|(credential, (_, choice))| (credential, choice)).collect()
}
