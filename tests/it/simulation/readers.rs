//! Readers: pages, tiles that a follower checks line by line, results and bundles, at any moment of a round.

use audit::{
    follow::{Follower, Step},
    log::{checkpoint::Checkpoint, note::VerifierKey},
    round::Phase,
    verify::{CheckName, verify},
};
use rand::RngExt as _;
use veche::{
    client::{ClientFault, log::LogAddress},
    http::{ResultResponse, RoundResponse},
};

use super::{run::Run, world::At};
use crate::bundle;

/// Pages of a round, and whether they are there before it is published.
const PAGES: &[(&str, bool)] = &[
    ("/", true),
    ("/en/", true),
    ("/how", true),
    ("/healthz", true),
    ("/readyz", true),
    ("/api/v1/rounds", true),
    ("/rounds/{slug}", false),
    ("/en/rounds/{slug}/results", false),
    ("/rounds/{slug}/territories/3", false),
    ("/rounds/{slug}/ballot", false),
    ("/rounds/{slug}/check", false),
    ("/rounds/{slug}/issued", false),
    ("/api/v1/rounds/{slug}/pictures", false),
    ("/rounds/{slug}/log/vkey", false),
    ("/rounds/{slug}/log/witnesses", false),
];

impl Run {
    pub async fn reads(&mut self) {
        let slug = self.some_slug();
        let at = self.anywhere();
        match self.rng.random_range(0..10) {
            0..3 => self.opens_page(&at, &slug).await,
            3..5 => self.sees_round(&at, &slug).await,
            5..8 => self.follows(&at, &slug).await,
            8 => self.sees_result(&at, &slug).await,
            _ => self.follows_office(&at).await,
        }
    }

    async fn opens_page(&mut self, at: &At, slug: &str) {
        let (page, always) = self.one(PAGES);
        let path = page.replace("{slug}", slug);
        self.begins(at.now, format!("somebody opens {path}"));
        let there = always || self.model.rounds.contains_key(slug);
        let wanted = if there { Ok(()) } else { Err("unknown-round") };
        let answer = at.api.bytes(&path).await.map(|bytes| bytes.len());
        let empty = self.agree(answer, &wanted).is_some_and(|length| length == 0);
        assert!(!empty || path.ends_with('z'), "an empty page");
    }

    pub async fn sees_round(&mut self, at: &At, slug: &str) {
        self.begins(at.now, format!("{slug}: somebody looks"));
        let answer: Result<RoundResponse, _> = at.api.get(&format!("/api/v1/rounds/{slug}"), None).await;
        let wanted = self.model.round(slug).map(drop);
        self.hears_of_round(slug, answer, &wanted);
    }

    /// Reads the log from the last head to the newest: every line may stand where it stands, and what was there is there.
    pub async fn follows(&mut self, at: &At, slug: &str) {
        self.begins(at.now, format!("{slug}: somebody follows the log"));
        let path = format!("/rounds/{slug}/log/checkpoint");
        let note = at.api.bytes(&path).await;
        let wanted = self.model.round(slug).map(|round| round.size);
        let Some(note) = self.agree(note, &wanted) else { return };
        let note = String::from_utf8(note).unwrap();
        let ground = self.grounds.get_mut(slug).unwrap();
        let key: VerifierKey = ground.place.as_ref().unwrap().rules.log_key.parse().unwrap();
        let head = Checkpoint::open(&note, &key).unwrap();
        assert_eq!(Ok(head.size), wanted, "lines in the log");
        let follower = ground.follower.get_or_insert_with(|| Follower::new(key));
        step(follower, at.api.base(), &format!("rounds/{slug}"), &note);
        if ground.heads.len() < 4 {
            ground.heads.push(head);
        }
    }

    pub async fn follows_office(&mut self, at: &At) {
        self.begins(at.now, "somebody follows the office's log");
        let note = String::from_utf8(at.api.bytes("/office/log/checkpoint").await.unwrap()).unwrap();
        let key: VerifierKey =
            String::from_utf8(at.api.bytes("/office/log/vkey").await.unwrap()).unwrap().trim().parse().unwrap();
        let follower = self.office.get_or_insert_with(|| Follower::new(key));
        step(follower, at.api.base(), "office", &note);
        assert_eq!(follower.head().unwrap().size, self.model.office_size, "lines in the office's log");
    }

    /// The result and the bundle are there when they may be, and hold.
    async fn sees_result(&mut self, at: &At, slug: &str) {
        self.begins(at.now, format!("{slug}: somebody asks for the result"));
        let answer: Result<ResultResponse, _> = at.api.get(&format!("/api/v1/rounds/{slug}/result"), None).await;
        let wanted = self.model.round(slug).and_then(|round| if round.counted { Ok(()) } else { Err("no-result-yet") });
        if let Some(result) = self.agree(answer, &wanted) {
            self.is_counted(slug, &result.outcome, result.replaced);
        }
        let phase = self.model.rounds.get(slug).map(|round| round.phase);
        let bundle = self.fetches(at, slug).await;
        let Some(files) = bundle else { return };
        let report = verify(&files, None, &|_| {});
        // Members look before they sign.
        let missing = phase == Some(Phase::Tallied);
        let faults: Vec<_> = report.failures().map(|(check, _)| check.name).collect();
        assert_eq!(faults, if missing { vec![CheckName::Certificate] } else { vec![] }, "{report}");
    }

    /// The bundle, if it is there.
    pub async fn fetches(&mut self, at: &At, slug: &str) -> Option<bundle::Files> {
        let answer: Result<_, ClientFault> = at.api.bytes(&format!("/api/v1/rounds/{slug}/export/bundle")).await;
        let wanted = self.model.round(slug).and_then(|round| match round.phase {
            Phase::Tallied | Phase::Certified | Phase::Annulled => Ok(()),
            _ => Err("no-result-yet"),
        });
        let answer = answer.map(|archive| bundle::unpack(&archive));
        self.agree(answer, &wanted)
    }
}

/// Follows to this head.
fn step(follower: &mut Follower, base: &str, log: &str, note: &str) {
    let mut source = LogAddress::new(&format!("{base}/{log}")).unwrap().blocking();
    let step = tokio::task::block_in_place(|| follower.step(note, &mut source, &mut |_, _| {})).unwrap();
    assert!(!matches!(step, Step::Cheat(_)), "{step:?}");
}
