//! Pictures of territories over HTTP: who adds and removes them and when, what the log says, and what anybody is served.

use std::process::Command;

use audit::{
    log::{hash::Hash, line::Line},
    round::{
        Act, Bytes, Event, Phase, Round,
        pictures::{PictureKind, Pictured},
    },
};
use reqwest::{Method as Verb, StatusCode};
use serde_json::{Value, json};
use veche::{
    client::ClientFault,
    http::{PictureRequest, PictureResponse},
};

use super::{
    bundle,
    camera::*,
    town::{HOUR, SLUG, Town, answer, approval},
};

fn request(image: Vec<u8>) -> PictureRequest {
    let alt = [("ru".to_owned(), "Аллея".to_owned()), ("en".to_owned(), "An avenue".to_owned())];
    PictureRequest { alt: alt.into(), image: Bytes(image), kind: PictureKind::Photo }
}

fn refused<T: std::fmt::Debug>(answer: Result<T, ClientFault>, slug: &str) -> String {
    let fault = answer.unwrap_err();
    assert_eq!(fault.slug(), Some(slug), "{fault}");
    fault.to_string()
}

/// The town's pictures, as anybody sees them.
async fn listed(town: &Town) -> Vec<PictureResponse> {
    town.get("/pictures").await
}

/// The round as its log tells it.
async fn logged(town: &Town) -> (Round, Vec<Event>) {
    let text = town.api.bytes(&format!("/api/v1/rounds/{SLUG}/log/lines?first=0&limit=1000")).await.unwrap();
    let text = String::from_utf8(text).unwrap();
    let lines: Vec<Line<Event>> = text.lines().map(|line| Line::parse(line.as_bytes()).unwrap()).collect();
    let events: Vec<Event> = lines.into_iter().map(|line| line.event).collect();
    let first = Round::begin(&events[0]).unwrap();
    let round = events[1..].iter().try_fold(first, |round, event| round.apply(event, &Hash::ZERO)).unwrap();
    (round, events)
}

async fn fetched(town: &Town, address: &str) -> (StatusCode, Vec<(String, String)>, Vec<u8>) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client.get(format!("{}{address}", town.server.url())).send().await.unwrap();
    let header = |name: &str| {
        let value = response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        (name.to_owned(), value.unwrap_or_default())
    };
    let headers = ["content-type", "cache-control", "x-content-type-options"].map(header).to_vec();
    (response.status(), headers, response.bytes().await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_served_upright_and_without_a_trace_of_its_camera() {
    let town = Town::new().await;
    town.publishes().await;
    let upload = camera_jpeg(1600, 1200, 6);
    let added = town.official.add_picture(SLUG, 3, &request(upload)).await.unwrap();
    assert_eq!((added.territory, added.files.len()), (3, 4));
    for file in &added.files {
        let (status, headers, bytes) = fetched(&town, &file.address).await;
        assert_eq!(status, StatusCode::OK);
        let wanted = [file.media_type.as_str(), "public, max-age=31536000, immutable", "nosniff"];
        assert_eq!(headers.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(), wanted);
        assert!(is_bare(&bytes), "{}", file.address);
        let hash = audit::verify::bundle::file_hash(&bytes);
        let ending = if file.media_type == "image/webp" { "webp" } else { "jpg" };
        assert_eq!(file.address, format!("/pictures/{hash}.{ending}"));
        let (colours, size) = seen(&bytes);
        assert!(alike(colours, [BLUE, RED, WHITE, GREEN]), "{colours:?}");
        assert_eq!(
            (size, size),
            ((file.width, file.height), if file.size == "large" { (960, 1280) } else { (360, 480) })
        );
    }
    let hash = added.files[0].address.trim_start_matches("/pictures/").trim_end_matches(".jpg");
    assert_eq!(added.picture.to_string(), hash);
    for other in [format!("/pictures/{hash}.webp"), format!("/pictures/{hash}"), "/pictures/x.jpg".into()] {
        assert_eq!(town.asks(Verb::GET, &other, None, None).await.problem(), "unknown-picture", "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_and_the_table_agree_and_repeating_changes_nothing() {
    let town = Town::new().await;
    town.publishes().await;
    let first = town.official.add_picture(SLUG, 2, &request(jpeg(300, 200))).await.unwrap();
    let plan = PictureRequest { kind: PictureKind::Plan, ..request(png(200, 300)) };
    let second = town.official.add_picture(SLUG, 1, &plan).await.unwrap();
    let third = town.official.add_picture(SLUG, 2, &request(jpeg(301, 200))).await.unwrap();
    let (round, events) = logged(&town).await;
    let again = town.official.add_picture(SLUG, 2, &request(jpeg(300, 200))).await.unwrap();
    assert_eq!(again.picture, first.picture);
    assert_eq!(logged(&town).await.1, events, "the same upload again writes nothing");
    let mut other_words = request(jpeg(300, 200));
    other_words.alt.insert("ru".into(), "Другие слова".into());
    refused(town.official.add_picture(SLUG, 2, &other_words).await, "not-now");
    refused(town.official.add_picture(SLUG, 3, &request(jpeg(300, 200))).await, "not-now");
    let listed = listed(&town).await;
    let order: Vec<_> = listed.iter().map(|one| (one.territory, one.picture)).collect();
    assert_eq!(order, [(1, second.picture), (2, first.picture), (2, third.picture)]);
    assert_eq!(round.pictures, order.iter().map(|(territory, picture)| (*picture, *territory)).collect());
    let told: Vec<&Pictured> =
        events.iter().filter_map(|event| if let Event::Pictured(told) = event { Some(told) } else { None }).collect();
    assert_eq!(told.len(), 3);
    for told in told {
        let one = listed.iter().find(|one| one.picture == told.picture()).unwrap();
        assert_eq!((&one.alt, one.kind, one.territory), (&told.alt, told.kind, told.territory));
        let files = [told.files.large_jpeg, told.files.large_webp, told.files.small_jpeg, told.files.small_webp];
        let endings = ["jpg", "webp", "jpg", "webp"];
        let addresses = files.iter().zip(endings).map(|(hash, ending)| format!("/pictures/{hash}.{ending}"));
        let mut addresses: Vec<String> = addresses.collect();
        let mut served: Vec<String> = one.files.iter().map(|file| file.address.clone()).collect();
        addresses.sort();
        served.sort();
        assert_eq!(addresses, served);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_official_adds_pictures_before_the_voting_and_nobody_after() {
    let town = Town::new().await;
    let path = format!("/api/v1/rounds/{SLUG}/territories/1/pictures");
    let body = || Some(serde_json::to_value(request(jpeg(60, 40))).unwrap());
    let [official, member, _] = town.tokens.each_ref().map(String::as_str);
    let draft = town.asks(Verb::POST, &path, Some(official), body()).await;
    assert_eq!((draft.status, draft.problem().as_str()), (StatusCode::NOT_FOUND, "unknown-round"));
    town.publishes().await;
    for (token, status) in [(None, StatusCode::UNAUTHORIZED), (Some(member), StatusCode::FORBIDDEN)] {
        assert_eq!(town.asks(Verb::POST, &path, token, body()).await.status, status);
    }
    assert!(listed(&town).await.is_empty());
    let first = town.official.add_picture(SLUG, 1, &request(jpeg(60, 40))).await.unwrap();
    town.opens().await;
    let late = town.official.add_picture(SLUG, 1, &request(jpeg(61, 40))).await;
    assert!(refused(late, "not-now").contains("open"));
    // Asking again for what is there is no change, so a lost answer can be asked for after the opening.
    let again = town.official.add_picture(SLUG, 1, &request(jpeg(60, 40))).await.unwrap();
    assert_eq!(again.picture, first.picture);
    assert_eq!(listed(&town).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_with_a_reason_while_the_voting_is_open() {
    let town = Town::new().await;
    town.publishes().await;
    let added = town.official.add_picture(SLUG, 1, &request(jpeg(600, 400))).await.unwrap();
    let kept = town.official.add_picture(SLUG, 1, &request(jpeg(601, 400))).await.unwrap();
    town.opens().await;
    refused(town.official.remove_picture(SLUG, &added.picture, " ").await, "not-now");
    refused(town.members[0].0.remove_picture(SLUG, &added.picture, "a face").await, "not-allowed");
    refused(town.official.remove_picture(SLUG, &Hash::ZERO, "a face").await, "unknown-picture");
    assert_eq!(listed(&town).await.len(), 2);
    town.official.remove_picture(SLUG, &added.picture, "a person can be recognised").await.unwrap();
    for file in &added.files {
        let gone = town.asks(Verb::GET, &file.address, None, None).await;
        assert_eq!((gone.status, gone.problem().as_str()), (StatusCode::NOT_FOUND, "unknown-picture"));
        assert_eq!(gone.headers["cache-control"], "no-store", "that it is gone must not be kept for ever");
    }
    refused(town.official.remove_picture(SLUG, &added.picture, "again").await, "unknown-picture");
    let (round, events) = logged(&town).await;
    assert_eq!(round.pictures.keys().collect::<Vec<_>>(), [&kept.picture]);
    let Some(Event::PictureRemoved(removed)) = events.last() else { panic!("{events:?}") };
    assert_eq!((removed.picture, removed.territory), (added.picture, 1));
    assert_eq!((removed.reason.as_str(), removed.by.as_str()), ("a person can be recognised", "official-1"));
    town.acts(Act::Close).await;
    refused(town.official.remove_picture(SLUG, &kept.picture, "too late").await, "not-now");
    assert_eq!(listed(&town).await[0].picture, kept.picture);
}

/// Two rounds may show the same picture: removing it in one leaves it to the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_removal_takes_nothing_from_another_round() {
    let town = Town::new().await;
    town.publishes().await;
    let other = veche::domain::Draft { slug: "other".into(), ..town.draft(approval()) };
    town.publishes_draft(&other).await;
    let here = town.official.add_picture(SLUG, 1, &request(jpeg(60, 40))).await.unwrap();
    let there = town.official.add_picture("other", 5, &request(jpeg(60, 40))).await.unwrap();
    assert_eq!(here.picture, there.picture);
    town.official.remove_picture(SLUG, &here.picture, "the wrong square").await.unwrap();
    assert!(listed(&town).await.is_empty());
    for file in &there.files {
        assert_eq!(fetched(&town, &file.address).await.0, StatusCode::OK, "the other round still shows it");
    }
    town.official.remove_picture("other", &there.picture, "here too").await.unwrap();
    assert_eq!(fetched(&town, &there.files[0].address).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn junk_bombs_and_what_has_no_words_are_refused() {
    let town = Town::new().await;
    town.publishes().await;
    let add = async |image: Vec<u8>| town.official.add_picture(SLUG, 1, &request(image)).await;
    for image in
        [vec![], b"<svg onload='alert(1)'/>".to_vec(), boasting_png(60_000, 60_000, 8, 2), png(64, 64)[..80].into()]
    {
        refused(add(image).await, "picture");
    }
    refused(add(vec![0; veche::pictures::MOST_BYTES + 1]).await, "picture");
    refused(add(vec![0; veche::pictures::MOST_BYTES + 1024 * 1024]).await, "too-large");
    let mut wordless = request(jpeg(60, 40));
    wordless.alt.clear();
    assert!(refused(town.official.add_picture(SLUG, 1, &wordless).await, "rules").contains("alt"));
    wordless.alt.insert("RU".into(), "Аллея".into());
    refused(town.official.add_picture(SLUG, 1, &wordless).await, "rules");
    refused(town.official.add_picture(SLUG, 99, &request(jpeg(60, 40))).await, "rules");
    refused(town.official.add_picture("nothing", 1, &request(jpeg(60, 40))).await, "unknown-round");
    let path = format!("/api/v1/rounds/{SLUG}/territories/1/pictures");
    for body in [
        json!({}),
        json!({ "alt": { "ru": "a" }, "image": "%%", "kind": "photo" }),
        json!({ "alt": { "ru": "a" }, "image": "", "kind": "film" }),
    ] {
        let answer = town.asks(Verb::POST, &path, Some(&town.tokens[0]), Some(body)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::BAD_REQUEST, "malformed"));
    }
    assert!(listed(&town).await.is_empty());
    for seed in 0..8 {
        add(jpeg(60 + seed, 40)).await.unwrap();
    }
    assert!(refused(add(jpeg(80, 40)).await, "not-now").contains("8 pictures"));
}

/// Words are data: they come back as they were sent, as JSON that no browser takes for a page.
#[tokio::test(flavor = "multi_thread")]
async fn words_with_markup_come_back_as_they_are() {
    let town = Town::new().await;
    let words = "\"><script>alert('x')</script> & <img src=x onerror=alert(1)> {{7*7}} \u{202e}";
    let mut voting = approval();
    let texts = &mut voting.territories[0];
    (texts.address, texts.proposed_by) = (Some(words.into()), Some(words.into()));
    texts.description = Some(format!("{words}\n\n{words}"));
    town.publishes_over(voting.clone()).await;
    let mut marked = request(jpeg(60, 40));
    marked.alt.insert("ru".into(), words.into());
    town.official.add_picture(SLUG, 1, &marked).await.unwrap();
    assert_eq!(listed(&town).await[0].alt["ru"], words);
    let raw = town.asks(Verb::GET, &format!("/api/v1/rounds/{SLUG}/pictures"), None, None).await;
    assert_eq!(raw.headers["content-type"], "application/json");
    assert_eq!(raw.json()[0]["alt"]["ru"], words);
    let (round, _) = logged(&town).await;
    assert_eq!(round.rules.voting, voting, "the texts are frozen as they were written");
}

/// Texts of many territories are long: a draft takes them, and the fingerprint covers them.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_holds_long_texts_and_the_fingerprint_covers_them() {
    let town = Town::new().await;
    let mut voting = approval();
    for territory in &mut voting.territories {
        territory.description = Some("я".repeat(4000));
    }
    let mut draft = town.draft(voting);
    town.publishes_draft(&draft).await;
    let print = logged(&town).await.0.fingerprint;
    draft.slug = "other".into();
    draft.voting.territories[7].description = Some("я".repeat(4001));
    town.official.draft(&draft).await.unwrap();
    assert!(refused(town.official.publish("other").await, "rules").contains("description of number 8"));
    let mut rules = (*logged(&town).await.0.rules).clone();
    rules.voting.territories[7].description = Some("я".repeat(3999));
    assert_ne!(rules.fingerprint(), print);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_with_pictures_is_audited_like_any_other() {
    let town = Town::new().await;
    town.publishes().await;
    let added = town.official.add_picture(SLUG, 1, &request(camera_jpeg(300, 200, 3))).await.unwrap();
    town.official.add_picture(SLUG, 8, &request(png(300, 200))).await.unwrap();
    let codes = town.enrols(3).await;
    town.opens().await;
    let mut credential = town.registers(&codes[0]).await;
    town.casts(&mut credential, &["t1", "t8"]).await.unwrap();
    town.official.remove_picture(SLUG, &added.picture, "a person can be recognised").await.unwrap();
    town.clock.advance(HOUR);
    town.casts(&mut credential, &["t8"]).await.unwrap();
    assert_eq!(town.certifies().await.phase, Phase::Certified);
    let report = audit::verify::verify(&bundle::fetch(&town).await, None, &|_| {});
    assert!(report.passed(), "{report}");
    // The pictures are there after a restart, and the round's stored state still knows them.
    let data = town.folder.path().join("data");
    let town = town.sleeps().await.restarted(super::town::config(data)).await;
    assert_eq!(listed(&town).await.len(), 1);
}

/// Many uploads at once wait for their turn, and each is answered.
#[tokio::test(flavor = "multi_thread")]
async fn uploads_take_turns() {
    let town = Town::new().await;
    town.publishes().await;
    let mut working = tokio::task::JoinSet::new();
    for at in 0..6 {
        let official = town.official.clone();
        working.spawn(async move { official.add_picture(SLUG, 1 + at, &request(jpeg(500 + at % 3, 400))).await });
    }
    let mut taken = 0;
    while let Some(answer) = working.join_next().await {
        match answer.unwrap() {
            Ok(_) => taken += 1,
            Err(fault) => assert_eq!(fault.slug(), Some("not-now"), "{fault}"),
        }
    }
    assert_eq!((taken, listed(&town).await.len()), (3, 3), "three different pictures, each asked for twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_from_the_command_line() {
    let town = Town::new().await;
    town.publishes().await;
    std::fs::write(town.folder.path().join("square.jpg"), camera_jpeg(300, 200, 6)).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
        command.args([&["admin", "picture"], arguments].concat()).current_dir(town.folder.path());
        command.env("VECHE_SERVER", town.server.url()).env("VECHE_TOKEN", &town.tokens[0]).output().unwrap()
    };
    let add = ["add", SLUG, "4", "square.jpg", "--alt-ru", "Сквер", "--alt-en", "A square", "--plan"];
    let added = run(&add);
    let name = String::from_utf8(added.stdout).unwrap().trim().to_owned();
    assert_eq!((added.status.code(), name.len()), (Some(0), 64), "{}", String::from_utf8_lossy(&added.stderr));
    let told: Value = serde_json::from_slice(&run(&[&add[..], &["--json"]].concat()).stdout).unwrap();
    assert_eq!((&told["picture"], &told["kind"], &told["territory"]), (&json!(name), &json!("plan"), &json!(4)));
    assert_eq!(listed(&town).await[0].alt["en"], "A square");
    let wordless = run(&["add", SLUG, "4", "square.jpg"]);
    assert_eq!(wordless.status.code(), Some(1), "a picture needs words");
    assert_eq!(run(&["remove", SLUG, "nonsense", "--reason", "x"]).status.code(), Some(2));
    let removed = run(&["remove", SLUG, &name, "--reason", "the wrong square", "--json"]);
    assert_eq!(removed.status.code(), Some(0), "{}", String::from_utf8_lossy(&removed.stderr));
    assert!(listed(&town).await.is_empty());
    assert_eq!(run(&["remove", SLUG, &name, "--reason", "again"]).status.code(), Some(1));
}

/// The body of an upload is bounded and the one of a removal is not an upload's.
#[tokio::test(flavor = "multi_thread")]
async fn other_addresses_take_no_long_bodies() {
    let town = Town::new().await;
    town.publishes().await;
    let path = format!("/api/v1/rounds/{SLUG}/pictures/{}/removal", Hash::ZERO);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let long = client.post(format!("{}{path}", town.server.url())).bearer_auth(&town.tokens[0]);
    let long = answer(long.json(&json!({ "reason": "x".repeat(100_000) }))).await;
    assert_eq!((long.status, long.problem().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
}
