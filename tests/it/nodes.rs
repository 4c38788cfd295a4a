//! Several nodes on one PostgreSQL: any node serves any request, nobody is counted twice, jobs are done once, and a restart loses nothing.

use std::path::Path;

use audit::round::{Act, rules::BatchRules};
use reqwest::StatusCode;
use veche::{
    client::{
        Api,
        receipt::{self, Receipt},
        resident::PollingPlace,
        staff::StaffMember,
    },
    clock::Clock,
    config::{Config, Database},
    http::StepRequest,
    jobs,
    server::Server,
};

use super::{
    both, bundle,
    town::{Answer, SLUG, Town, answer, approval, config},
    witnesses::until,
};

/// Another node of the same town: its own folder, the same database and master key.
pub struct Node {
    pub server: Server,
    pub api: Api,
    _folder: tempfile::TempDir,
}

impl Node {
    /// With the town's clock.
    pub async fn of(town: &Town) -> Self {
        Self::with(town, town.clock.clone()).await
    }

    /// With a clock of its own.
    pub async fn with(town: &Town, clock: Clock) -> Self {
        Self::changed(town, clock, |_| {}).await
    }

    /// With other settings, too.
    pub async fn changed(town: &Town, clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(town, folder.path());
        change(&mut settings);
        let server = Server::start(settings, clock).await.unwrap();
        Self { api: Api::new(&server.url()).unwrap(), server, _folder: folder }
    }

    /// What it says of its readiness.
    pub async fn is_ready(&self) -> StatusCode {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(format!("{}/readyz", self.server.url())).send().await.unwrap().status()
    }

    pub async fn posts(&self, path: &str, token: Option<&str>, body: &serde_json::Value) -> Answer {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("{}/api/v1/rounds/{SLUG}{path}", self.server.url())).json(body);
        answer(match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
        .await
    }
}

fn settings(town: &Town, folder: &Path) -> Config {
    let first = town.folder.path().join("data");
    let data = folder.join("data");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::copy(first.join("master.key"), data.join("master.key")).unwrap();
    Config { database: Database(both::database(&first)), ..config(data) }
}

/// SQLite belongs to one process; these tests have their turn in the run on PostgreSQL.
macro_rules! several {
    () => {
        if !both::on_postgres() {
            return;
        }
    };
}
pub(crate) use several;

#[tokio::test(flavor = "multi_thread")]
async fn any_node_serves_any_request() {
    several!();
    let town = Town::new().await;
    let second = Node::of(&town).await;
    let codes = town.votes(22).await;
    let place = town.place().await;
    let ballot = town.ballot(&[("t2", None)]).await;
    for code in &codes {
        let session = place.identify(&town.api, &code.identifying).await.unwrap().session;
        let mut credential = place.credential(&second.api, &session).await.unwrap();
        let cast = place.vote(&town.api, &mut credential, &ballot).await.unwrap();
        let again = place.cast(&second.api, cast.ballot.clone()).await.unwrap();
        assert_eq!(again.acceptance, cast.acceptance, "the same bytes get the same promise everywhere");
    }
    jobs::run_once(&second.server.app).await.unwrap();
    let round: veche::http::RoundResponse = second.api.get(&format!("/api/v1/rounds/{SLUG}"), None).await.unwrap();
    assert_eq!(round.ballots, 22);
    // An official may act here, a commission member there.
    let official = StaffMember::new(second.api.clone(), town.tokens[0].clone());
    official.propose(SLUG, Act::Close, "through the other node").await.unwrap();
    town.members[0].0.confirm(SLUG).await.unwrap();
    assert_eq!(town.certifies_closed().await.outcome.ballots, 22);
    second.server.stop().await.unwrap();
}

/// Jobs of three nodes at once: every line is written once, and the log of it all verifies.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_done_once() {
    several!();
    let town = Town::new().await;
    let nodes = [Node::of(&town).await, Node::of(&town).await];
    let codes = town.votes(60).await;
    for code in &codes {
        let mut credential = town.registers(code).await;
        town.casts(&mut credential, &["t1"]).await.unwrap();
    }
    let apps = || [&town.server.app, &nodes[0].server.app, &nodes[1].server.app];
    let all = async || {
        let [one, two, three] = apps();
        let (one, two, three) = tokio::join!(jobs::run_once(one), jobs::run_once(two), jobs::run_once(three));
        one.and(two).and(three).unwrap();
    };
    all().await;
    town.acts(Act::Close).await;
    town.members[0].0.reveal(SLUG, town.opening.secret()).await.unwrap();
    all().await;
    for (member, key) in &town.members {
        member.sign(SLUG, key).await.unwrap();
    }
    let files = bundle::fetch(&town).await;
    let report = audit::verify::verify(&files, None, &|_| {});
    assert!(report.passed(), "{report}");
    let log = String::from_utf8(files["log.jsonl"].clone()).unwrap();
    let count = |event: &str| log.lines().filter(|line| line.contains(&format!("\"{event}\":"))).count();
    assert_eq!((count("tallied"), count("voting-closed"), count("ballot")), (1, 1, 60));
    for node in nodes {
        node.server.stop().await.unwrap();
    }
}

/// Whoever moves a batch into the log has another lock than whoever puts ballots into the urn.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_under_way_keeps_no_ballot_waiting() {
    several!();
    let town = Town::new().await;
    let codes = town.votes(2).await;
    let mut credentials = [town.registers(&codes[0]).await, town.registers(&codes[1]).await];
    let mut other = both::administrator(&town.folder.path().join("data")).await;
    sqlx::raw_sql("BEGIN; SELECT id FROM logs FOR UPDATE").execute(&mut other).await.unwrap();
    town.casts(&mut credentials[0], &["t1"]).await.expect("the log's row is held, and the urn's is not");
    sqlx::raw_sql("ROLLBACK; BEGIN; SELECT round_id FROM urns FOR UPDATE").execute(&mut other).await.unwrap();
    // Who holds the urn's row keeps out ballots, and those who would interrupt the voting.
    let (pause, resume) =
        (StepRequest::Pause { reason: "drill".into() }, StepRequest::Resume { reason: "over".into() });
    let mut casting = std::pin::pin!(town.casts(&mut credentials[1], &["t1"]));
    let mut pausing = std::pin::pin!(town.official.step(SLUG, &pause));
    let half = std::time::Duration::from_millis(500);
    assert!(tokio::time::timeout(half, &mut casting).await.is_err(), "the ballot was not kept out");
    assert!(tokio::time::timeout(half, &mut pausing).await.is_err(), "the official was not kept out");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    let (cast, paused) = tokio::join!(casting, pausing);
    paused.expect("the official waited, and went on");
    let cast = u64::from(cast.is_ok());
    town.official.step(SLUG, &resume).await.unwrap();
    assert_eq!(town.certifies().await.outcome.ballots, 1 + cast, "what was accepted counts, and nothing else does");
}

/// Whatever the administrator set for the service's role: a transaction sees what was committed while it waited.
#[tokio::test(flavor = "multi_thread")]
async fn a_default_isolation_of_the_role_opens_no_gap_behind_the_close() {
    several!();
    let town = Town::new().await;
    let data = town.folder.path().join("data");
    let mut other = both::administrator(&data).await;
    let name: String = sqlx::query_scalar("SELECT current_database()").fetch_one(&mut other).await.unwrap();
    let stricter = format!("ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'");
    sqlx::query(sqlx::AssertSqlSafe(stricter)).execute(&mut other).await.unwrap();
    let node = Node::of(&town).await;
    let codes = town.votes(2).await;
    let mut credentials = [town.registers(&codes[0]).await, town.registers(&codes[1]).await];
    let (place, ballot) = (town.place().await, town.ballot(&[("t1", None)]).await);
    place.vote(&node.api, &mut credentials[0], &ballot).await.expect("the round is open");
    // Another node closes the voting: it holds the row, and says so with its commit, while a ballot waits.
    sqlx::raw_sql("BEGIN; SELECT round_id FROM urns FOR UPDATE").execute(&mut other).await.unwrap();
    let mut casting = std::pin::pin!(place.vote(&node.api, &mut credentials[1], &ballot));
    assert!(tokio::time::timeout(std::time::Duration::from_millis(500), &mut casting).await.is_err());
    sqlx::raw_sql("UPDATE rounds SET phase = 'closed'; COMMIT").execute(&mut other).await.unwrap();
    let refused = casting.await.expect_err("the round was closed while the ballot waited");
    assert_eq!(refused.slug(), Some("closed"));
    node.server.stop().await.unwrap();
}

/// A node of a program before schema 9 publishes a round without an urn's row.
#[tokio::test(flavor = "multi_thread")]
async fn a_round_without_the_row_of_its_urn_gets_it() {
    several!();
    let town = Town::new().await;
    let codes = town.votes(1).await;
    let mut other = both::administrator(&town.folder.path().join("data")).await;
    sqlx::query("DELETE FROM urns").execute(&mut other).await.unwrap();
    let mut credential = town.registers(&codes[0]).await;
    town.casts(&mut credential, &["t1"]).await.expect("the row is made");
    assert_eq!(town.certifies().await.outcome.ballots, 1);
}

/// The round is closed through one node while people cast through both: what was accepted is in the log, and nothing stays in the urn.
#[tokio::test(flavor = "multi_thread")]
async fn no_ballot_is_accepted_behind_the_close() {
    several!();
    let town = Town::new().await;
    let mut draft = town.draft(approval());
    // So small that ballots are moved while others come.
    draft.batch = BatchRules { at_least: 3, within: 7200 };
    town.publishes_draft(&draft).await;
    let codes = town.enrols(20).await;
    town.opens().await;
    let second = Node::of(&town).await;
    let place = town.place().await;
    let ballot = town.ballot(&[("t3", None)]).await;
    let mut casting = tokio::task::JoinSet::new();
    for (at, code) in codes.iter().enumerate() {
        let mut credential = town.registers(code).await;
        let api = if at % 2 == 0 { town.api.clone() } else { second.api.clone() };
        let (place, ballot) = (place.clone(), ballot.clone());
        casting.spawn(async move {
            let mut casts = Vec::new();
            loop {
                match place.vote(&api, &mut credential, &ballot).await {
                    Ok(cast) => casts.push(cast),
                    Err(fault) => break (casts, fault.slug().map(str::to_owned)),
                }
            }
        });
    }
    let in_log = || async { town.get::<veche::http::RoundResponse>("").await.ballots };
    until("ballots move into the log while others come", || async { in_log().await > 300 }).await;
    town.official.propose(SLUG, Act::Close, "in the midst of it").await.unwrap();
    town.members[0].0.confirm(SLUG).await.unwrap();
    let mut accepted = 0;
    for (casts, refusal) in casting.join_all().await {
        assert_eq!(refusal.as_deref(), Some("closed"));
        for cast in &casts {
            let found = receipt::fetch(&second.api, &place, cast).await.unwrap();
            assert!(matches!(found, Receipt::Logged { .. }), "accepted and not in the log");
        }
        accepted += casts.len();
    }
    assert_eq!(accepted as u64, in_log().await);
    let mut admin = both::administrator(&town.folder.path().join("data")).await;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM waiting_ballots").fetch_one(&mut admin).await.unwrap();
    assert_eq!(left, 0);
    town.certifies_closed().await;
    second.server.stop().await.unwrap();
}

/// Both nodes are restarted one after the other while people cast through whichever answers: nobody's ballot is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_refuses_nobody() {
    several!();
    let town = Town::new().await;
    let codes = town.votes(20).await;
    let place = town.place().await;
    let ballot = town.ballot(&[("t3", None)]).await;
    let mut credentials = Vec::new();
    for code in &codes {
        credentials.push(town.registers(code).await);
    }
    let mut nodes = vec![Node::of(&town).await, Node::of(&town).await];
    let (apis, seen) = tokio::sync::watch::channel(nodes.iter().map(|node| node.api.clone()).collect::<Vec<_>>());
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let mut casting = tokio::task::JoinSet::new();
    for mut credential in credentials {
        let (seen, stopping, place, ballot) = (seen.clone(), stopping.clone(), place.clone(), ballot.clone());
        casting.spawn(async move {
            let mut casts = Vec::new();
            while !*stopping.borrow() {
                let bytes = place.fill(&mut credential, &ballot).unwrap();
                casts.push(through_any(&seen, &place, bytes).await);
            }
            casts
        });
    }
    for at in 0..4 {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let fresh = Node::of(&town).await;
        let old = std::mem::replace(&mut nodes[at % 2], fresh);
        // The proxy learns of the new node, and stops sending to the old one, before that one stops.
        apis.send_modify(|apis| apis[at % 2] = nodes[at % 2].api.clone());
        old.server.stop().await.unwrap();
    }
    stop.send(true).unwrap();
    let casts: Vec<_> = casting.join_all().await.into_iter().flatten().collect();
    assert!(casts.len() > 100, "only {} ballots: nothing was restarted under load", casts.len());
    town.certifies().await;
    for cast in &casts {
        let found = receipt::fetch(&nodes[0].api, &place, cast).await.unwrap();
        assert!(matches!(found, Receipt::Logged { .. }));
    }
    for node in nodes {
        node.server.stop().await.unwrap();
    }
}

/// As a proxy does: where no connection is taken, the next node is asked; a refusal is final.
async fn through_any(
    apis: &tokio::sync::watch::Receiver<Vec<Api>>,
    place: &PollingPlace,
    ballot: Vec<u8>,
) -> veche::client::resident::Cast {
    for _ in 0..50 {
        let nodes = apis.borrow().clone();
        for api in &nodes {
            match place.cast(api, ballot.clone()).await {
                Ok(cast) => return cast,
                Err(fault) => assert_eq!(fault.slug(), None, "a ballot was refused: {fault}"),
            }
        }
    }
    panic!("no node takes the ballot");
}
