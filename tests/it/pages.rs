//! Pages for people: every one in every language, refusals in the reader's words, files that caches may keep, and what the log says of them.

use std::io::Read as _;

use audit::round::{Act, Event};
use reqwest::{Method as Verb, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::town::{Answer, HOUR, SLUG, Town};

/// Pages of a round, and those of the site.
const PAGES: [&str; 13] = [
    "/",
    "/how",
    "/accessibility",
    "/problems",
    "/problems/closed",
    "/rounds/square-2027",
    "/rounds/square-2027/territories/1",
    "/rounds/square-2027/ballot",
    "/rounds/square-2027/receipt",
    "/rounds/square-2027/check",
    "/rounds/square-2027/issued",
    "/rounds/square-2027/results",
    "/problems/picture",
];

/// Asks as a browser does.
async fn page(town: &Town, path: &str) -> Answer {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(format!("{}{path}", town.server.url()));
    super::town::answer(request.header("accept", "text/html,*/*;q=0.8")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_there_in_every_language() {
    let town = Town::new().await;
    town.votes(1).await;
    for (prefix, language) in [("", "ru"), ("/en", "en")] {
        for path in PAGES {
            let answer = page(&town, &format!("{prefix}{path}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{prefix}{path}");
            assert!(answer.text.contains(&format!("<html lang=\"{language}\"")), "{prefix}{path}");
            assert_eq!(answer.text.matches("<h1").count(), 1, "{prefix}{path}: one heading of the first level");
            assert!(answer.headers.get("set-cookie").is_none());
            let unkept = ["/ballot", "/receipt", "/check", "/issued"].iter().any(|end| path.ends_with(end));
            let caching = if unkept { "no-store" } else { "no-cache" };
            assert_eq!(answer.headers["cache-control"], caching, "{path}");
        }
    }
    assert!(page(&town, "/en").await.text.contains("<html lang=\"en\""));
}

/// Bytes of an answer as they cross the wire to a browser.
async fn weight(town: &Town, path: &str) -> usize {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(format!("{}{path}", town.server.url())).header("accept-encoding", "gzip");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip", "{path}");
    answer.bytes().await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ballot_page_is_light() {
    let town = Town::new().await;
    town.votes(1).await;
    let path = format!("/rounds/{SLUG}/ballot");
    let html = page(&town, &path).await.text;
    let mut whole = weight(&town, &path).await;
    for address in html.split('"').filter(|part| part.starts_with("/assets/") && !part.ends_with(".svg")) {
        let weight = weight(&town, address).await;
        assert!(!address.ends_with(".js") || weight <= 90 * 1024, "{address}: {weight} bytes");
        whole += weight;
    }
    assert!((50_000..=150 * 1024).contains(&whole), "{whole} bytes in all");
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_asks_the_browser_to_give_up_its_files() {
    let town = Town::new().await;
    let answer = town.asks(Verb::POST, "/erased", None, None).await;
    assert_eq!(
        (answer.status, answer.headers["clear-site-data"].to_str().unwrap()),
        (StatusCode::NO_CONTENT, "\"storage\"")
    );
    let long = format!("tracker={}", "a".repeat(5000));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(format!("{}/rounds/{SLUG}/check", town.server.url())).body(long);
    let answer = super::town::answer(request.header("content-type", "application/x-www-form-urlencoded")).await;
    assert!(answer.status.is_client_error() && answer.text.len() < 1000, "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_get_refusals_as_pages_and_programs_as_json() {
    let town = Town::new().await;
    town.publishes().await;
    for (path, words) in [
        ("/rounds/nowhere", "Такого голосования нет"),
        ("/en/rounds/nowhere/ballot", "There is no such vote"),
        ("/nowhere", "Такой страницы нет"),
        ("/en/nowhere", "There is no such page"),
        ("/rounds/square-2027/territories/99", "Такой страницы нет"),
        ("/assets/ballot-0000000000000000.js", "Такой страницы нет"),
    ] {
        let answer = page(&town, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
        assert!(answer.text.contains(words), "{path}: {}", answer.text);
    }
    for path in ["/api/v1/rounds/nowhere", "/rounds/nowhere"] {
        let answer = town.asks(Verb::GET, path, None, None).await;
        assert_eq!((answer.problem().as_str(), answer.status), ("unknown-round", StatusCode::NOT_FOUND));
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_the_files_that_pages_load() {
    let town = Town::new().await;
    town.votes(1).await;
    let lines = town.asks(Verb::GET, &format!("/api/v1/rounds/{SLUG}/log/lines"), None, None).await.text;
    let opening = lines.lines().find_map(|line| {
        let line: audit::log::line::Line<Event> = audit::log::line::Line::parse(line.as_bytes()).unwrap();
        if let Event::VotingOpened(opening) = line.event { Some(opening) } else { None }
    });
    let client = opening.unwrap().client;
    let html = page(&town, &format!("/rounds/{SLUG}/ballot")).await.text;
    let addresses: Vec<_> = html.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert!(addresses.len() >= 3, "{addresses:?}");
    for address in addresses {
        let file = page(&town, address).await;
        assert_eq!(file.headers["cache-control"], "public, max-age=31536000, immutable");
        let hash = hex::encode(Sha256::digest(file.text.as_bytes()));
        assert!(client.values().any(|named| named.to_string() == hash), "{address} is not in the log");
        assert!(address.contains(&hash[..16]), "{address} does not name its content");
    }
    // The service starts again with the same files: nothing new to say.
    let before = lines.lines().count();
    let config = super::town::config(town.folder.path().join("data"));
    let town = town.sleeps().await.restarted(config).await;
    town.jobs().await;
    let lines = town.asks(Verb::GET, &format!("/api/v1/rounds/{SLUG}/log/lines"), None, None).await.text;
    assert_eq!(lines.lines().count(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ballot_is_found_by_its_tracker_without_naming_it_in_an_address() {
    let town = Town::new().await;
    let codes = town.votes(20).await;
    let mut trackers = Vec::new();
    for code in &codes {
        let mut credential = town.registers(code).await;
        let cast = town.casts(&mut credential, &["t1"]).await.unwrap();
        trackers.push((hex::encode(cast.acceptance.ballot), cast));
    }
    let (hash, _) = &trackers[0];
    let tracker = format!("{}-{}-{}-{}", &hash[..4], &hash[4..8], &hash[8..12], &hash[12..16]);
    let waiting = town.posts("/receipts", None, json!({ "ballot": tracker })).await.json();
    assert_eq!(
        (waiting["ballot"].as_str(), waiting["tracker"].as_str()),
        (Some(hash.as_str()), Some(tracker.as_str()))
    );
    assert!(waiting["in_log_by"].is_i64() && waiting.get("line").is_none());
    town.jobs().await;
    for name in [tracker.clone(), tracker.replace('-', "").to_uppercase(), hash.clone()] {
        let found = town.posts("/receipts", None, json!({ "ballot": name })).await.json();
        assert_eq!(found["ballot"].as_str(), Some(hash.as_str()), "{name}");
        assert!(found["proof"].as_str().unwrap().starts_with("c2sp.org/tlog-proof@v1\n"));
    }
    for name in ["0000-0000-0000-0000", "", "zzzz", &hash[..15], &hash[..17], &"0".repeat(64)] {
        let refused = town.posts("/receipts", None, json!({ "ballot": name })).await;
        assert_eq!(refused.problem(), "unknown-ballot", "{name}");
    }
    // Without scripts the page asks in a form, and the server answers in the page.
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let form = |tracker: &str| {
        let body = format!("tracker={tracker}");
        let address = format!("{}/rounds/{SLUG}/check", town.server.url());
        client.post(address).header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    let answer = super::town::answer(form(&tracker)).await;
    assert!(answer.status.is_success() && answer.text.contains(&tracker), "{}", answer.text);
    let answer = super::town::answer(form("0000-0000-0000-0000")).await;
    assert!(answer.text.contains("by-form-found"), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn participation_over_time_is_what_the_log_says() {
    let town = Town::new().await;
    let codes = town.votes(130).await;
    let mut voted = 0;
    for part in codes.chunks(65) {
        for code in part {
            let mut credential = town.registers(code).await;
            town.casts(&mut credential, &["t1"]).await.unwrap();
            voted += 1;
        }
        town.clock.advance(2 * HOUR);
        town.jobs().await;
        let round: serde_json::Value = town.get("").await;
        assert_eq!(round["ballots"], voted, "all in the log");
    }
    town.acts(Act::Close).await;
    let round: serde_json::Value = town.get("").await;
    let html = page(&town, &format!("/en/rounds/{SLUG}/results")).await.text;
    assert!(html.contains("Ballots in the log, added up: 130"), "{html}");
    let cells: Vec<u64> =
        html.split("<td class=\"n\">").skip(1).filter_map(|cell| cell.split('<').next()?.trim().parse().ok()).collect();
    // Each row has the day's ballots, the ballots so far, and the day's credentials.
    let (ballots, credentials) = cells.chunks(3).fold((0, 0), |(b, c), row| (b + row[0], c + row[2]));
    assert_eq!((ballots, Some(credentials)), (130, round["issued"].as_u64()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_written_otherwise_leads_to_the_same_page() {
    let town = Town::new().await;
    town.publishes().await;
    for (prefix, rest) in [("", ""), ("/en", ""), ("", "/results"), ("/en", "/results")] {
        let known = async || page(&town, &format!("{prefix}/rounds/{SLUG}{rest}")).await.headers["etag"].clone();
        for slug in ["%73quare-2027", "square%2D2027", "s%71u%61re-2027"] {
            let before = known().await;
            let other = page(&town, &format!("{prefix}/rounds/{slug}{rest}")).await;
            assert_eq!(other.status, StatusCode::OK, "{slug}");
            // What a page says of the time may change between two looks.
            assert!([before, known().await].contains(&other.headers["etag"]), "{slug}");
            assert!(!other.text.contains(slug), "the page names no address but its own");
        }
    }
    for slug in ["%2573quare-2027", "square-2027%2F"] {
        assert_eq!(page(&town, &format!("/rounds/{slug}")).await.status, StatusCode::NOT_FOUND, "{slug}");
    }
    assert_eq!(page(&town, "/rounds/%ff").await.status, StatusCode::BAD_REQUEST);
}

/// The phase that a page shows, and how the page was packed.
async fn phase_on(town: &Town, path: &str, accepts: &str) -> (String, Option<String>) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer =
        client.get(format!("{}{path}", town.server.url())).header("accept-encoding", accepts).send().await.unwrap();
    assert_eq!((answer.status(), answer.headers()["vary"].as_bytes()), (StatusCode::OK, &b"accept-encoding"[..]));
    let packed = answer.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned());
    let bytes = answer.bytes().await.unwrap();
    let mut html = String::new();
    match packed {
        Some(_) => flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut html).unwrap(),
        None => (&bytes[..]).read_to_string(&mut html).unwrap(),
    };
    let phase =
        html.split("data-phase=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("{html}"));
    (phase.to_owned(), packed)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_of_staff_shows_at_once_on_pages_that_are_kept() {
    let town = Town::new().await;
    town.publishes().await;
    for (act, phase) in [(None, "published"), (Some(Act::Open), "open"), (Some(Act::Close), "closed")] {
        if let Some(act) = act {
            town.acts(act).await;
        }
        for path in ["", "/rounds/square-2027", "/rounds/square-2027/results"] {
            for prefix in ["", "/en"] {
                let path = if path.is_empty() { format!("{prefix}/") } else { format!("{prefix}{path}") };
                let shown = |accepts| phase_on(&town, &path, accepts);
                assert_eq!(shown("identity").await, (phase.to_owned(), None), "{path}");
                assert_eq!(shown("gzip, br").await, (phase.to_owned(), Some("gzip".to_owned())), "{path}");
                assert_eq!(shown("identity").await, (phase.to_owned(), None), "{path}, again");
            }
        }
    }
    // Who has the page is told so, without a body and so without its packing.
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = || client.get(format!("{}/rounds/{SLUG}", town.server.url())).header("accept-encoding", "gzip");
    let tag = ask().send().await.unwrap().headers()["etag"].clone();
    let again = ask().header("if-none-match", tag).send().await.unwrap();
    assert_eq!((again.status(), again.headers().get("content-encoding")), (StatusCode::NOT_MODIFIED, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_map_is_there_only_if_the_operator_chose_one() {
    let place = |rules: &mut ballots::Rules| {
        for (at, territory) in (0..).zip(&mut rules.territories) {
            territory.place =
                Some(ballots::rules::Place { latitude: 55_750_000 + 1000 * at, longitude: 60_700_000 + 700 * at });
        }
    };
    for (tiles, has_map) in [("", false), ("https://tile.example/{z}/{x}/{y}.png", true)] {
        let town = Town::with(|config| config.map.tiles = tiles.to_owned()).await;
        let mut rules = super::town::approval();
        place(&mut rules);
        town.publishes_over(rules).await;
        let answer = page(&town, &format!("/rounds/{SLUG}")).await;
        assert_eq!(answer.text.contains("id=\"map\""), has_map);
        assert_eq!(answer.text.contains("class=\"chart places\""), !has_map, "the scheme stands in for it");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert_eq!(policy.contains("https://tile.example"), has_map, "{policy}");
    }
}
