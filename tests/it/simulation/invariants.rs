//! What must hold at any moment: the lines add up to what the service shows and to what its tables say, and to nothing of a person.

use std::collections::{BTreeMap, BTreeSet};

use audit::{
    log::{chain::Chain, hash::leaf, line, line::Line},
    round::{Event, Phase, Round},
};
use rand::RngExt as _;
use sqlx::{AssertSqlSafe, Connection as _, FromRow, SqliteConnection, postgres::PgRow, sqlite::SqliteRow};

use super::{model::people::hash, run::Run, world::At};
use crate::both;

/// Lines asked for at once.
const BLOCK: u64 = 100;

/// A round's log as it was read.
pub struct Read {
    pub round: Round,
    pub events: Vec<Event>,
    pub bytes: Vec<u8>,
}

impl Run {
    /// Everything is looked at, after the jobs of some node.
    pub async fn looks(&mut self) {
        let at = self.anywhere();
        self.begins(at.now, "everything is looked at");
        let published: Vec<_> = self.model.rounds.keys().cloned().collect();
        for slug in published {
            self.looks_at(&at, &slug).await;
        }
    }

    pub async fn looks_at(&mut self, at: &At, slug: &str) {
        let read = self.read_log(at, slug).await;
        self.model_agrees(slug, &read);
        self.nothing_of_a_person(slug, &read.bytes);
        self.tables_agree(slug, &read).await;
    }

    /// The fold over the lines, as anybody can do it.
    async fn read_log(&self, at: &At, slug: &str) -> Read {
        let (mut chain, mut round, mut events, mut all) = (Chain::default(), None::<Round>, Vec::new(), Vec::new());
        loop {
            let path = format!("/api/v1/rounds/{slug}/log/lines?first={}&limit={BLOCK}", chain.size());
            let block = at.api.bytes(&path).await.unwrap();
            for bytes in block.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                let line: Line<Event> = Line::parse(bytes).unwrap();
                chain.follow(line.index, &line.previous, bytes).unwrap();
                round = Some(match round {
                    None => Round::begin(&line.event).unwrap(),
                    Some(round) => round.apply(&line.event, &leaf(&line::leaf(bytes))).unwrap(),
                });
                events.push(line.event);
            }
            all.extend(&block);
            if block.is_empty() {
                return Read { round: round.unwrap(), events, bytes: all };
            }
        }
    }

    fn model_agrees(&self, slug: &str, Read { round, events, .. }: &Read) {
        let model = &self.model.rounds[slug];
        assert_eq!(events.len() as u64, model.size, "lines in the log");
        assert_eq!((round.phase, round.closes_at, round.ended_at), (model.phase, model.closes_at, model.ended_at));
        assert_eq!((round.last_at, round.last_hour), (model.last_at, model.last_hour), "last second and hour");
        assert_eq!((round.register.count, round.register.hour), model.register);
        let logged: BTreeSet<_> = events.iter().filter_map(ballot).collect();
        let known: BTreeSet<_> =
            model.ballots.iter().filter(|(_, known)| known.logged).map(|(hash, _)| *hash).collect();
        assert_eq!(logged, known, "ballots in the log");
        let pictures: BTreeMap<_, _> = model
            .pictures
            .iter()
            .map(|(image, picture)| (self.grounds[slug].pictures[image], picture.territory))
            .collect();
        assert_eq!(round.pictures, pictures);
    }

    /// Neither a person's number nor a pseudonym nor a letter stands in the log.
    pub fn nothing_of_a_person(&self, slug: &str, log: &[u8]) {
        use base64::Engine as _;
        let absent = |what: &str, text: &str| {
            assert!(memchr::memmem::find(log, text.as_bytes()).is_none(), "{what} of somebody stands in the log");
        };
        for person in &self.people {
            let pseudonym = self.roll_key.pseudonym(&person.number);
            absent("the number", &person.number);
            absent("the pseudonym", &hex::encode(pseudonym));
            absent("the pseudonym", &base64::prelude::BASE64_STANDARD.encode(pseudonym));
        }
        for resident in self.grounds[slug].residents.values() {
            for letter in &resident.letters {
                absent("the letter", letter.identifying.letters());
                absent("the letter", &letter.identifying.to_string());
                absent("the letter", letter.secret.letters());
            }
        }
    }

    /// What the tables say beside the log is what its lines add up to.
    async fn tables_agree(&self, slug: &str, Read { round, events, .. }: &Read) {
        let model = &self.model.rounds[slug];
        let of = format!("WHERE round_id = (SELECT id FROM rounds WHERE slug = '{slug}')");
        let shown: Vec<(String, i64)> =
            self.rows(format!("SELECT phase, closes_at FROM rounds WHERE slug = '{slug}'")).await;
        assert_eq!(shown, [(round.phase.to_string(), round.closes_at)], "the round's row");

        let listed = format!("run IN (SELECT run FROM line_runs {of} AND level >= 0)");
        let chunks: Vec<(Vec<u8>,)> = self.rows(format!("SELECT entries FROM line_chunks {of} AND {listed}")).await;
        let line = |entry: &[u8; 48]| {
            let line = entry[32..40].try_into().expect("eight bytes");
            (u64::from_be_bytes(line) as usize, entry[..32].to_vec())
        };
        let lines: BTreeSet<_> = chunks.iter().flat_map(|(chunk,)| chunk.as_chunks::<48>().0).map(line).collect();
        let in_log = events.iter().enumerate().filter_map(|(index, event)| Some((index, ballot(event)?.to_vec())));
        assert_eq!(lines, in_log.collect(), "the list of lines");

        let waiting: Vec<(Vec<u8>,)> = self.rows(format!("SELECT hash FROM waiting_ballots {of}")).await;
        let waiting: BTreeSet<_> = waiting.into_iter().map(|(hash,)| hash).collect();
        let known = model.ballots.iter().filter(|(_, ballot)| !ballot.logged).map(|(hash, _)| hash.to_vec());
        assert_eq!(waiting, known.collect(), "the urn");

        let columns = "credential, version, hash, in_log_by";
        let promises: Vec<(Vec<u8>, i64, Vec<u8>, i64)> =
            self.rows(format!("SELECT {columns} FROM accepted_ballots {of}")).await;
        let promises: BTreeSet<_> = promises.into_iter().collect();
        let known = model.ballots.iter().map(|(hash, ballot)| {
            (ballot.credential.to_vec(), i64::from(ballot.version), hash.to_vec(), ballot.in_log_by)
        });
        assert_eq!(promises, known.collect(), "promises");

        let hours: Vec<(i64, i64, i64)> =
            self.rows(format!("SELECT hour, ballots, credentials FROM turnout {of}")).await;
        let hours: BTreeMap<_, _> =
            hours.into_iter().map(|(hour, ballots, people)| (hour, (ballots, people))).collect();
        assert_eq!(hours, turnout(events), "turnout");

        let issued: Vec<(Vec<u8>, i64)> = self.rows(format!("SELECT pseudonym, step FROM issuances {of}")).await;
        let reported = issued.iter().filter(|(_, step)| *step > 0).count() as u64;
        let people: BTreeSet<_> = issued.into_iter().map(|(pseudonym, _)| pseudonym).collect();
        let known = model.issued.keys().map(|person| self.roll_key.pseudonym(&self.people[*person].number).to_vec());
        assert_eq!((people, reported), (known.collect(), round.register.count), "issuances");
    }

    async fn rows<T>(&self, sql: String) -> Vec<T>
    where
        T: for<'row> FromRow<'row, SqliteRow> + for<'row> FromRow<'row, PgRow> + Send + Unpin,
    {
        let data = self.world.data(0);
        if both::on_postgres() {
            let mut db = both::administrator(&data).await;
            return sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut db).await.unwrap();
        }
        let file = format!("sqlite://{}?mode=ro", data.join("veche.db").display());
        let mut db = SqliteConnection::connect(&file).await.unwrap();
        sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut db).await.unwrap()
    }

    /// Somebody looks again at every ballot that was accepted, or at some.
    pub async fn all_receipts(&mut self, slug: &str, share: f64) {
        let sent: Vec<_> = self.grounds[slug]
            .residents
            .iter()
            .flat_map(|(person, resident)| resident.sent.iter().map(|sent| (*person, sent.clone())))
            .collect();
        for (person, sent) in sent {
            if self.rng.random_bool(share) {
                let at = self.anywhere();
                self.checks_receipt(&at, slug, person, &sent).await;
            }
        }
    }
}

fn ballot(event: &Event) -> Option<[u8; 32]> {
    match event {
        Event::Ballot(line) => Some(hash(&line.envelope.0)),
        _ => None,
    }
}

/// Ballots and credentials by the hour, as batches and register steps tell.
fn turnout(events: &[Event]) -> BTreeMap<i64, (i64, i64)> {
    let (mut hours, mut reported) = (BTreeMap::<i64, (i64, i64)>::new(), 0);
    for event in events {
        match event {
            Event::Batch(batch) => hours.entry(batch.hour).or_default().0 += i64::from(batch.ballots),
            Event::Register(step) if step.count > reported => {
                hours.entry(step.hour).or_default().1 += (step.count - reported) as i64;
                reported = step.count;
            }
            _ => {}
        }
    }
    hours
}

/// Phases in which nothing more is cast.
pub const OVER: [Phase; 2] = [Phase::Certified, Phase::Annulled];
