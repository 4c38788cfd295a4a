//! The pages in a real browser over a real server: each test sets a stage in Rust and hands it to the scenario of its name.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail where it stands")]
#![expect(dead_code, reason = "the town is shared with tests that ask more of it")]

#[path = "../it/town.rs"]
mod town;

/// What a browser sees does not depend on the database, so these towns have SQLite.
mod both {
    use std::path::Path;

    pub fn database(_: &Path) -> String {
        String::new()
    }

    pub async fn make_database(_: &Path) {}
}

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use audit::round::{Act, Bytes, pictures::PictureKind, rules::BatchRules};
use ballots::{
    Procedure, Rules,
    methods::{positional::Scale, score::Measure},
    rules::Kind,
};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use town::{SLUG, Town, person, rules};
use veche::{
    client::letters::{ListedPerson, write},
    config::{Config, Limits, Rate},
    http::PictureRequest,
};

/// A picture to upload.
const DRAWING: &[u8] = include_bytes!("../../src/cli/town/avenue.webp");
/// What most stages decide.
const TITLE: &str = "Какую площадь благоустроить";
/// Residents of a stage who may vote.
const RESIDENTS: usize = 12;

/// One browser at a time: two would starve each other on a small machine.
static ONE: Mutex<()> = Mutex::const_new(());

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser")
}

fn chromium() -> String {
    std::env::var("VECHE_CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned())
}

/// What a browser test needs and is not there.
fn missing() -> Option<String> {
    let needed = [PathBuf::from(chromium()), folder().join("node_modules/playwright-core")];
    needed.into_iter().find(|path| !path.exists()).map(|path| path.display().to_string())
}

/// A town whose ballots go into the log at once, with an open round.
async fn stage(voting: Rules, change: impl FnOnce(&mut Config)) -> (Town, Value) {
    let (town, stage) = published(voting, [TITLE, "Центр"], change).await;
    town.acts(Act::Open).await;
    (town, stage)
}

/// A round of this title in this district.
async fn published(voting: Rules, [title, district]: [&str; 2], change: impl FnOnce(&mut Config)) -> (Town, Value) {
    let town = Town::with(|config| {
        (config.integrate_every_ms, config.least_together) = (200, 1);
        change(config);
    })
    .await;
    let mut draft = town.draft(voting);
    draft.title = title.into();
    draft.district = Some(district.into());
    draft.batch = BatchRules { at_least: 1, within: 7200 };
    town.publishes_draft(&draft).await;
    let adults = (0..RESIDENTS).map(|number| ListedPerson { district: Some(district.into()), ..person(number) });
    let mut people: Vec<_> = adults.collect();
    people.push(ListedPerson { born: "2014-06-03".into(), district: Some(district.into()), ..person(100) });
    people.push(ListedPerson { district: Some("Север".into()), ..person(101) });
    let (mut codes, entries): (Vec<_>, _) =
        write(&town.roll_key, &people).into_iter().map(|(code, entry)| (code.to_string(), entry)).unzip();
    town.official.import(SLUG, entries, |_| {}).await.unwrap();
    let (elsewhere, child) = (codes.pop(), codes.pop());
    let stage = json!({
        "url": town.server.url(),
        "slug": SLUG,
        "codes": codes,
        "child": child,
        "elsewhere": elsewhere,
        "tokens": town.tokens,
        "opening": hex::encode(town.opening.secret()),
    });
    (town, stage)
}

/// Runs a scenario over these stages; without a browser it says so aloud, and where a skip must not pass it fails.
async fn play(scenario: &str, stages: Vec<Value>) {
    let script = folder().join(format!("{scenario}.test.mjs"));
    let run = move || {
        let mut node = Command::new("node");
        node.arg("--test").arg("--test-reporter=spec").arg(script).current_dir(folder());
        node.env("VECHE_STAGES", json!(stages).to_string()).env("VECHE_CHROMIUM", chromium());
        node.output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{said}{complained}");
    assert!(output.status.success(), "{scenario}: the scenario failed in the browser");
    assert!(said.contains("pass ") && !said.contains("pass 0\n"), "{scenario}: nothing was tried");
}

/// Whether the browser's tests can run here.
fn can_run(scenario: &str) -> bool {
    let Some(missing) = missing() else { return true };
    let _ = writeln!(std::io::stderr(), "SKIPPED: {scenario} in the browser: {missing} is not here");
    let required = ["CI", "VECHE_BROWSER"].into_iter().any(|name| std::env::var_os(name).is_some());
    assert!(!required, "{missing} is not here, and in CI the browser's tests must run");
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_ballot() {
    if !can_run("kinds") {
        return;
    }
    let _one = ONE.lock().await;
    let kinds = [
        (Kind::Approval { max: 3 }, Procedure::Approval),
        (Kind::Score { max: 5 }, Procedure::Score(Measure::Sum)),
        (Kind::Ranked { max: 3 }, Procedure::Borda(Scale::OwnLength)),
        (Kind::Points { each: Some(4), total: 6 }, Procedure::Points),
    ];
    let (mut towns, mut stages) = (Vec::new(), Vec::new());
    for (kind, method) in kinds {
        let (town, stage) = stage(rules(kind, method), |_| {}).await;
        towns.push(town);
        stages.push(stage);
    }
    play("kinds", stages).await;
}

/// Rules whose every text is a program that wants to run.
fn hostile() -> Rules {
    let payload =
        |what: &str| format!("<img src=x onerror=hacked('{what}')>\"'</script><script>hacked('{what}')</script>");
    let mut rules = town::approval();
    for territory in &mut rules.territories {
        territory.title = payload("title");
        territory.description = Some(payload("description"));
        territory.address = Some(payload("address"));
        territory.proposed_by = Some(payload("proposed_by"));
    }
    rules
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_written_becomes_a_program() {
    if !can_run("hostile") {
        return;
    }
    let _one = ONE.lock().await;
    let title = "<img src=x onerror=hacked('round')></script><script>hacked('round')</script>";
    let (town, stage) = published(hostile(), [title, "<img src=x onerror=hacked('district')>"], |config| {
        config.map.tiles = "https://tile.example/{z}/{x}/{y}.png".to_owned();
        config.map.attribution = "<img src=x onerror=hacked('attribution')>".to_owned();
        config.site.contact = "<img src=x onerror=hacked('contact')>".to_owned();
        config.site.town = "</title><script>hacked('town')</script>".to_owned();
    })
    .await;
    let alt = "<img src=x onerror=hacked('alt')>\" onload=\"hacked('alt')";
    let picture = PictureRequest {
        alt: [("ru".to_owned(), alt.to_owned())].into(),
        image: Bytes(DRAWING.to_vec()),
        kind: PictureKind::Photo,
    };
    town.official.add_picture(SLUG, 1, &picture).await.unwrap();
    town.acts(Act::Open).await;
    play("hostile", vec![stage]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_opening_and_without_a_result() {
    if !can_run("early") {
        return;
    }
    let _one = ONE.lock().await;
    let (_town, stage) = published(town::approval(), [TITLE, "Центр"], |_| {}).await;
    play("early", vec![stage]).await;
}

/// Declares a test that plays the scenario of its name over one open approval round.
macro_rules! scenario {
    ($name:ident, $file:literal, $change:expr) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            if !can_run($file) {
                return;
            }
            let _one = ONE.lock().await;
            let (_town, stage) = stage(town::approval(), $change).await;
            play($file, vec![stage]).await;
        }
    };
}

scenario!(a_vote_from_the_letter_to_the_device_check, "voting", |_| {});
scenario!(what_goes_wrong_on_the_way, "faults", |_| {});
scenario!(several_people_and_devices, "devices", |_| {});
scenario!(every_page_is_accessible, "access", |_| {});
scenario!(too_many_tries, "limits", |config| {
    config.limits = Limits { enabled: true, ..Limits::default() };
    config.limits.identify_by_code = Rate { burst: 3, every_ms: 60_000 };
});
