//! What the program says of itself: a whole round with everything told, as JSON, and no secret, no person and no ballot in it.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use audit::round::Bytes;
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use veche::client::{Api, resident::PollingPlace};

use super::{
    both,
    town::{Answer, SLUG, Town, answer},
};

/// As a proxy says it of a resident.
const ADDRESS: &str = "203.0.113.77";

/// `veche serve` as a process of its own that tells everything.
struct Process {
    child: Child,
    url: String,
    metrics: String,
    said: PathBuf,
}

impl Process {
    fn start(data: &Path) -> Self {
        let (settings, said) = (data.join("veche.toml"), data.join("said"));
        let text = "integrate_every_ms = 100\ntrusted_proxies = [\"127.0.0.0/8\"]\nmetrics_listen = \"127.0.0.1:0\"\n";
        std::fs::write(&settings, format!("{text}[limits]\nenabled = false\n[overload]\ndelay_ms = 0\n")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_veche"))
            .args(["--json", "serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--config")
            .arg(&settings)
            .env("VECHE_DATABASE", both::database(data))
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(File::create(&said).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let metrics = format!("http://{}/metrics", ready["metrics"].as_str().unwrap());
        Self { child, url: ready["url"].as_str().unwrap().to_owned(), metrics, said }
    }

    /// Asks as a resident behind the proxy does.
    async fn posts(&self, path: &str, token: Option<&str>, body: String) -> Answer {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("{}/api/v1/rounds/{SLUG}{path}", self.url));
        let request = request.header("x-forwarded-for", ADDRESS).header("content-type", "application/json").body(body);
        answer(match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
        .await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What must not be told, each with what it is.
#[derive(Default)]
struct Secrets(Vec<(String, String)>);

impl Secrets {
    fn text(&mut self, what: &str, secret: &str) {
        assert!(secret.len() >= 8, "{what} is too short to mean anything");
        self.0.push((what.to_owned(), secret.to_owned()));
    }

    /// Bytes in every form in which a program prints them.
    fn bytes(&mut self, what: &str, secret: &[u8]) {
        let start = &secret[..secret.len().min(24)];
        assert!(start.len() >= 16, "{what} is too short to mean anything");
        let decimal = format!("{start:?}").trim_matches(['[', ']']).to_owned();
        let mut forms = vec![hex::encode(start), hex::encode_upper(start), decimal.clone(), decimal.replace(' ', "")];
        // In base64 it looks otherwise at each of three places in a longer text.
        for at in 0..3 {
            let part = &start[at..at + (start.len() - at) / 3 * 3];
            forms.extend([BASE64_STANDARD_NO_PAD.encode(part), BASE64_URL_SAFE_NO_PAD.encode(part)]);
        }
        forms.iter().for_each(|form| self.text(what, form));
    }

    /// What of it a text tells.
    fn told_by(&self, text: &str) -> Vec<&str> {
        self.0.iter().filter(|(_, secret)| text.contains(secret)).map(|(what, _)| what.as_str()).collect()
    }

    fn must_not_be_in(&self, place: &str, text: &str) {
        let told = self.told_by(text);
        assert!(told.is_empty(), "{place} tells {told:?}");
    }
}

/// The check itself: bytes are found however a program prints them, also in the midst of others.
#[test]
fn a_secret_is_found_in_every_form() {
    let mut secrets = Secrets::default();
    let secret: Vec<u8> = (100..132).collect();
    secrets.bytes("the secret", &secret);
    let among = |before: usize| [vec![7; before], secret.clone(), vec![9; 5]].concat();
    for text in [format!("{secret:?}"), hex::encode(&secret), hex::encode_upper(&secret)] {
        assert!(!secrets.told_by(&text).is_empty(), "{text}");
    }
    for before in 0..4 {
        let (bytes, printed) = (among(before), format!("{:?}", among(before)));
        for text in
            [BASE64_STANDARD_NO_PAD.encode(&bytes), BASE64_URL_SAFE_NO_PAD.encode(&bytes), hex::encode(&bytes), printed]
        {
            assert!(!secrets.told_by(&text).is_empty(), "{before}: {text}");
        }
    }
    assert!(secrets.told_by("an innocent line").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_with_everything_told_tells_no_secret() {
    let town = Town::new().await;
    let codes = town.votes(21).await;
    let (tokens, opening) = (town.tokens.clone(), town.opening.secret().to_vec());
    let mut town = town.sleeps().await;
    let data = town.folder.path().join("data");
    let process = Process::start(&data);
    town.at(&process.url);
    let api = Api::new(&process.url).unwrap();
    let place = PollingPlace::enter(&api, SLUG).await.unwrap();

    let mut secrets = Secrets::default();
    secrets.text("the resident's address", ADDRESS);
    tokens.iter().for_each(|token| secrets.text("a token of staff", token));
    secrets.bytes("the opening key", &opening);
    let master = std::fs::read_to_string(data.join("master.key")).unwrap();
    secrets.bytes("the master key", &hex::decode(master.trim()).unwrap());
    let mut last = String::new();
    for code in &codes {
        last = votes(&process, &api, &place, code, &mut secrets).await;
    }
    town.closes_and_certifies().await;
    breaks(&process, &data, &last, &mut secrets).await;

    let metrics = reqwest::Client::builder().no_proxy().build().unwrap().get(&process.metrics).send().await.unwrap();
    secrets.must_not_be_in("a look at the metrics", &metrics.text().await.unwrap());
    let told = std::fs::read_to_string(&process.said).unwrap();
    assert!(told.lines().count() > 1, "it was to tell everything: {told}");
    for line in told.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|fault| panic!("{fault}: {line}"));
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
    }
    assert!(told.contains("a request failed"), "faults are told: {told}");
    secrets.must_not_be_in("the program", &told);
}

/// One resident identifies, is issued a credential and casts, with the mistakes that people and strangers make; the session.
async fn votes(
    process: &Process,
    api: &Api,
    place: &PollingPlace,
    code: &veche::crypto::codes::LetterCode,
    secrets: &mut Secrets,
) -> String {
    for half in [code.identifying.to_string(), code.secret.to_string()] {
        secrets.text("a code", &half);
        secrets.text("a code", &half.replace('-', ""));
    }
    let mistyped = json!({ "code": format!("{}X", code.identifying) }).to_string();
    assert_eq!(process.posts("/identification", None, mistyped).await.problem(), "code-mistyped");
    let cut = format!("{{\"code\": \"{}", code.identifying);
    assert_eq!(process.posts("/identification", None, cut).await.problem(), "malformed");
    let spoilt = json!({ "code": code.identifying.to_string(), "blinded": "not base64!" }).to_string();
    assert_eq!(process.posts("/identification", None, spoilt).await.problem(), "malformed");
    let request = place.request().unwrap();
    secrets.bytes("a blinded message", &request.blinded);
    let both = json!({ "code": code.identifying.to_string(), "blinded": Bytes(request.blinded.clone()) }).to_string();
    let identified = process.posts("/identification", None, both).await;
    let session = identified.json()["session"].as_str().unwrap().to_owned();
    secrets.text("a session", session.split('.').next().unwrap());
    secrets.text("a session", session.split('.').nth(1).unwrap());
    let pseudonym = hex::decode(identified.json()["pseudonym"].as_str().unwrap()).unwrap();
    secrets.bytes("a pseudonym", &pseudonym);
    let body = json!({ "blinded": Bytes(request.blinded.clone()) }).to_string();
    let signature = process.posts("/credential", Some(&session), body).await.json()["signature"].clone();
    let signature: Bytes = serde_json::from_value(signature).unwrap();
    assert_eq!(identified.json()["signature"], json!(signature), "the same message, whichever way it comes");
    secrets.bytes("a blind signature", &signature.0);
    let mut credential = place.finish(request, &signature.0).unwrap();
    let again = json!({ "blinded": Bytes(place.request().unwrap().blinded) }).to_string();
    assert_eq!(process.posts("/credential", Some(&session), again).await.problem(), "already-issued");
    let ballot = ballots::Ballot::parse(&place.rules.voting, [("t1", None)]).unwrap();
    let cast = place.vote(api, &mut credential, &ballot).await.unwrap();
    secrets.bytes("a credential", &cast.ballot[33..65]);
    secrets.bytes("an envelope", &cast.ballot[69..]);
    secrets.bytes("a ballot's hash", &cast.acceptance.ballot);
    let mut forged = cast.ballot.clone();
    *forged.last_mut().unwrap() ^= 1;
    let forged = json!({ "ballot": Bytes(forged) }).to_string();
    assert_eq!(process.posts("/ballots", None, forged).await.problem(), "ballot-signature");
    session
}

/// The database loses tables under the service: a credential and a ballot fail, and the faults are told.
async fn breaks(process: &Process, data: &Path, session: &str, secrets: &mut Secrets) {
    let drop = "DROP TABLE issuances; DROP TABLE voters";
    if both::on_postgres() {
        sqlx::raw_sql(drop).execute(&mut both::administrator(data).await).await.unwrap();
    } else {
        use sqlx::Connection as _;
        let url = format!("sqlite://{}", data.join("veche.db").display());
        let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(drop).execute(&mut other).await.unwrap();
    }
    let code = veche::crypto::codes::LetterCode::generate(&mut rand::rng()).identifying.to_string();
    secrets.text("a code", &code);
    let answer = process.posts("/identification", None, json!({ "code": code }).to_string()).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let backup = client.get(format!("{}/api/v1/rounds/{SLUG}/credential/backup", process.url)).bearer_auth(session);
    assert_eq!(answer_of(backup).await, StatusCode::SERVICE_UNAVAILABLE);
}

async fn answer_of(request: reqwest::RequestBuilder) -> StatusCode {
    answer(request).await.status
}

/// Set for the run that panics.
const PANICS: &str = "VECHE_TEST_PANICS";
const SECRET: &str = "QWERT-YUIOP-SECRET-CODE";

/// A panic is told as JSON with its place, and without what was worked on.
#[test]
fn a_panic_tells_its_place_and_no_secret() {
    if std::env::var_os(PANICS).is_some() {
        veche::telemetry::start(true);
        let code = SECRET.parse::<u32>().map_err(|_| SECRET);
        let _ = std::thread::spawn(move || code.unwrap()).join();
        let _ = std::thread::spawn(|| panic!("what stands in the program may be told")).join();
        return;
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "redaction::a_panic_tells_its_place_and_no_secret", "--nocapture"]);
    let output = again.env(PANICS, "1").env("RUST_LOG", "trace").output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let panics: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(panics.len(), 2, "{told}");
    for panic in &panics {
        assert_eq!(panic["fields"]["message"], "panic");
        assert!(panic["fields"]["place"].as_str().unwrap().contains("tests/it/redaction.rs"), "{panic}");
    }
    assert!(!told.contains(SECRET), "{told}");
    assert_eq!(panics[1]["fields"]["said"], "what stands in the program may be told");
}
