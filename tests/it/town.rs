//! A town for tests: a server of its own, officials, a commission, residents, and a clock that tests move.

use std::path::PathBuf;

use audit::{
    office::Role,
    round::{
        Act, Bytes, Phase,
        rules::{BatchRules, Member, RegisterRules},
    },
};
use ballots::{
    Ballot, Procedure, Rules,
    rules::{Kind, Territory, TieRule, Winners},
};
use ed25519_dalek::SigningKey;
use reqwest::{Method as Verb, StatusCode, header::HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use veche::{
    app::staff,
    client::{
        Api, ClientFault,
        letters::{self, ListedPerson},
        resident::{Cast, Credential, PollingPlace},
        staff::StaffMember,
    },
    clock::Clock,
    config::{Config, Database, Limits, Overload},
    crypto::{codes::LetterCode, opening::OpeningKeyPair, pseudonym::RollKey},
    domain::Draft,
    http::{ResultResponse, RoundResponse},
    jobs,
    server::Server,
};

/// Name of the round that most tests hold.
pub const SLUG: &str = "square-2027";
/// Seconds of an hour.
pub const HOUR: i64 = 3600;

/// Everybody and everything that a round needs.
pub struct Town {
    pub server: Server,
    pub clock: Clock,
    pub api: Api,
    pub official: StaffMember,
    pub members: [(StaffMember, SigningKey); 2],
    /// Of the official and of both members.
    pub tokens: [String; 3],
    pub opening: OpeningKeyPair,
    pub roll_key: RollKey,
    pub folder: TempDir,
}

/// A town whose server has stopped.
pub struct Asleep {
    pub folder: TempDir,
    clock: Clock,
    members: [(StaffMember, SigningKey); 2],
    official: StaffMember,
    tokens: [String; 3],
    opening: OpeningKeyPair,
    roll_key: RollKey,
}

impl Asleep {
    /// Its staff turn to a server at this address.
    pub fn at(&mut self, url: &str) {
        let api = Api::new(url).unwrap();
        self.official = self.official.at(api.clone());
        self.members = self.members.clone().map(|(member, key)| (member.at(api.clone()), key));
    }

    /// Closes, opens the ballots, waits for the count of the server, and signs with both members.
    pub async fn closes_and_certifies(&self) {
        self.official.propose(SLUG, Act::Close, "for the test").await.unwrap();
        self.members[0].0.confirm(SLUG).await.unwrap();
        self.members[0].0.reveal(SLUG, self.opening.secret()).await.unwrap();
        for (member, key) in &self.members {
            while let Err(fault) = member.sign(SLUG, key).await {
                assert_eq!(fault.slug(), Some("no-result-yet"), "{fault}");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
    }

    /// Starts the server again over the same folder.
    pub async fn restarted(self, config: Config) -> Town {
        let server = Server::start(config, self.clock.clone()).await.unwrap();
        let api = Api::new(&server.url()).unwrap();
        let Self { folder, clock, members, official, tokens, opening, roll_key } = self;
        let members = members.map(|(member, key)| (member.at(api.clone()), key));
        Town { official: official.at(api.clone()), members, server, clock, api, tokens, opening, roll_key, folder }
    }
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON, null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The problem's stable name.
    pub fn problem(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        kind.trim_start_matches("/problems/").to_owned()
    }
}

/// The settings of tests: no limits, nobody turned away, and jobs run when the test says so.
pub fn config(data: PathBuf) -> Config {
    Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        database: Database(super::both::database(&data)),
        data,
        integrate_every_ms: 24 * 3600 * 1000,
        limits: Limits { enabled: false, ..Limits::default() },
        // Many tests run at once, and nobody is to be turned away because of another.
        overload: Overload { delay_ms: 0, ..Overload::default() },
        segment: SEGMENT,
        ..Config::default()
    }
}

/// Promises that lie together here: so few that each test has several segments.
pub const SEGMENT: u32 = 4;

pub fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// Eight territories, approval of up to three, two winners.
pub fn approval() -> Rules {
    rules(Kind::Approval { max: 3 }, Procedure::Approval)
}

pub fn rules(kind: Kind, method: Procedure) -> Rules {
    let territory = |number: u32| Territory {
        applied: Some(format!("2026-0{number}-01").parse().unwrap()),
        id: format!("t{number}"),
        number,
        title: format!("Territory {number}"),
        ..Territory::default()
    };
    Rules {
        kind,
        limits: Vec::new(),
        method,
        territories: (1..=8).map(territory).collect(),
        ties: vec![TieRule::Application, TieRule::Registration],
        turnout: None,
        winners: Winners::Top { minimum: None, seats: 2 },
    }
}

/// A person of the town's list, old enough to vote.
pub fn person(number: usize) -> ListedPerson {
    ListedPerson { number: format!("person-{number}"), born: "1980-05-17".into(), district: None }
}

impl Town {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A town whose server has other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().unwrap();
        let mut config = config(folder.path().join("data"));
        change(&mut config);
        super::both::make_database(&config.data).await;
        let clock = Clock::system();
        let server = Server::start(config, clock.clone()).await.unwrap();
        let api = Api::new(&server.url()).unwrap();
        let keys = [signing_key(1), signing_key(2)];
        let official = staff::add(&server.app, "official-1", Role::Official, None).await.unwrap();
        let mut tokens = vec![official.clone()];
        let mut members = Vec::new();
        for (key, handle) in keys.into_iter().zip(["member-1", "member-2"]) {
            let public = Some(key.verifying_key().to_bytes());
            let token = staff::add(&server.app, handle, Role::Commission, public).await.unwrap();
            members.push((StaffMember::new(api.clone(), token.clone()), key));
            tokens.push(token);
        }
        Self {
            official: StaffMember::new(api.clone(), official),
            members: members.try_into().ok().unwrap(),
            tokens: tokens.try_into().unwrap(),
            opening: OpeningKeyPair::generate(&mut rand::rng()),
            roll_key: RollKey::generate(&mut rand::rng()),
            server,
            clock,
            api,
            folder,
        }
    }

    /// Stops the server and keeps everything else.
    pub async fn sleeps(self) -> Asleep {
        let Self { server, folder, clock, members, official, tokens, opening, roll_key, .. } = self;
        server.stop().await.unwrap();
        Asleep { folder, clock, members, official, tokens, opening, roll_key }
    }

    /// A draft that opens tomorrow and closes the day after.
    pub fn draft(&self, voting: Rules) -> Draft {
        let now = self.clock.now();
        let member = |(at, handle): (usize, &str)| Member {
            handle: handle.into(),
            key: Bytes::from(self.members[at].1.verifying_key().to_bytes()),
        };
        Draft {
            batch: BatchRules { at_least: 20, within: 7200 },
            closes_at: now + 48 * HOUR,
            commission: ["member-1", "member-2"].into_iter().enumerate().map(member).collect(),
            district: None,
            minimum_age: 14,
            opens_at: now + 24 * HOUR,
            quorum: 2,
            reference_date: "2027-06-01".parse().unwrap(),
            register: RegisterRules { at_least: 50 },
            sealing_key: Bytes(self.opening.public().to_vec()),
            slug: SLUG.into(),
            time_zone: "Asia/Yekaterinburg".into(),
            title: "Which square".into(),
            voting,
            witnesses: None,
        }
    }

    /// Publishes an approval round.
    pub async fn publishes(&self) {
        self.publishes_over(approval()).await;
    }

    pub async fn publishes_over(&self, voting: Rules) {
        self.publishes_draft(&self.draft(voting)).await;
    }

    pub async fn publishes_draft(&self, draft: &Draft) {
        self.official.draft(draft).await.unwrap();
        self.official.publish(&draft.slug).await.unwrap();
    }

    /// Puts so many grown-ups on the roll; their letter codes.
    pub async fn enrols(&self, count: usize) -> Vec<LetterCode> {
        self.enrols_people(&(0..count).map(person).collect::<Vec<_>>()).await
    }

    pub async fn enrols_people(&self, people: &[ListedPerson]) -> Vec<LetterCode> {
        let (codes, entries) = letters::write(&self.roll_key, people).into_iter().unzip();
        self.official.import(SLUG, entries, |_| {}).await.unwrap();
        codes
    }

    /// The official proposes, the first member confirms.
    pub async fn acts(&self, act: Act) -> RoundResponse {
        self.official.propose(SLUG, act, "for the test").await.unwrap();
        self.members[0].0.confirm(SLUG).await.unwrap()
    }

    pub async fn opens(&self) {
        assert_eq!(self.acts(Act::Open).await.phase, Phase::Open);
    }

    /// Publishes an approval round, enrols so many people, and opens.
    pub async fn votes(&self, people: usize) -> Vec<LetterCode> {
        self.publishes().await;
        let codes = self.enrols(people).await;
        self.opens().await;
        codes
    }

    /// Does once what the server does by itself.
    pub async fn jobs(&self) {
        jobs::run_once(&self.server.app).await.unwrap();
    }

    /// Closes, opens the ballots, counts, and signs with both members.
    pub async fn certifies(&self) -> ResultResponse {
        self.acts(Act::Close).await;
        self.certifies_closed().await
    }

    /// Opens the ballots of a round that is closed, and counts.
    pub async fn counts(&self) {
        self.members[0].0.reveal(SLUG, self.opening.secret()).await.unwrap();
        self.jobs().await;
    }

    /// The same, and signs with both members.
    pub async fn certifies_closed(&self) -> ResultResponse {
        self.counts().await;
        for (member, key) in &self.members {
            member.sign(SLUG, key).await.unwrap();
        }
        self.get("/result").await
    }

    pub async fn place(&self) -> PollingPlace {
        PollingPlace::enter(&self.api, SLUG).await.unwrap()
    }

    /// A ballot that marks the territories at these positions.
    pub async fn ballot(&self, marks: &[(&str, Option<u32>)]) -> Ballot {
        Ballot::parse(&self.place().await.rules.voting, marks.iter().copied()).unwrap()
    }

    /// Gets a credential.
    pub async fn registers(&self, code: &LetterCode) -> Credential {
        self.place().await.register(&self.api, code).await.unwrap()
    }

    /// Casts these approvals with a credential.
    pub async fn casts(&self, credential: &mut Credential, marks: &[&str]) -> Result<Cast, ClientFault> {
        let place = self.place().await;
        let ballot = Ballot::parse(&place.rules.voting, marks.iter().map(|id| (*id, None))).unwrap();
        place.vote(&self.api, credential, &ballot).await
    }

    /// Asks an address under the round.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        self.api.get(&format!("/api/v1/rounds/{SLUG}{path}"), None).await.unwrap()
    }

    /// Sends anything anywhere.
    pub async fn asks(&self, verb: Verb, path: &str, token: Option<&str>, body: Option<Value>) -> Answer {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.request(verb, format!("{}{path}", self.server.url()));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request).await
    }

    /// Posts to an address under the round.
    pub async fn posts(&self, path: &str, token: Option<&str>, body: Value) -> Answer {
        self.asks(Verb::POST, &format!("/api/v1/rounds/{SLUG}{path}"), token, Some(body)).await
    }

    /// Posts the bytes of a ballot.
    pub async fn posts_ballot(&self, ballot: &[u8]) -> Answer {
        self.posts("/ballots", None, json!({ "ballot": Bytes(ballot.to_vec()) })).await
    }

    /// Posts an identifying code; the session, if it is granted.
    pub async fn identifies(&self, code: &str) -> Answer {
        self.posts("/identification", None, json!({ "code": code })).await
    }

    /// A session for the owner of a code.
    pub async fn session(&self, code: &LetterCode) -> String {
        let answer = self.identifies(&code.identifying.to_string()).await;
        answer.json()["session"].as_str().unwrap().to_owned()
    }
}

/// Sends a request, whatever it is.
pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}
