//! Every public address says who may keep its answer and how long, and answers 304 to who has it.

use std::collections::BTreeSet;

use audit::round::{Act, Bytes, pictures::PictureKind};
use reqwest::StatusCode;
use sha2::{Digest as _, Sha256};
use veche::http::PictureRequest;

use super::{
    camera::camera_jpeg,
    publishing::wordy,
    town::{SLUG, Town},
};

const FOR_GOOD: &str = "public, max-age=31536000, immutable";
const DAY: &str = "public, max-age=86400";
const MOMENT: &str = "public, max-age=5, stale-while-revalidate=30";
const SHORT: &str = "public, max-age=30, stale-while-revalidate=300";
const ASK: &str = "no-cache";
const NEVER: &str = "no-store";

/// A route, an address that it answers (`{}`: found on the way), how long that is kept, and whether it has an ETag.
type Row = (&'static str, &'static str, &'static str, bool);

const ROUTES: &[Row] = &[
    ("/", "/", ASK, true),
    ("/accessibility", "/accessibility", ASK, false),
    ("/api/v1/openapi.json", "/api/v1/openapi.json", ASK, false),
    ("/api/v1/rounds", "/api/v1/rounds", ASK, false),
    ("/api/v1/rounds/{slug}", "/api/v1/rounds/square-2027", ASK, false),
    ("/api/v1/rounds/{slug}/certificate", "/api/v1/rounds/square-2027/certificate", ASK, false),
    ("/api/v1/rounds/{slug}/export/{format}", "/api/v1/rounds/square-2027/export/csv", DAY, true),
    ("/api/v1/rounds/{slug}/export/{format}", "/api/v1/rounds/square-2027/export/json", DAY, true),
    ("/api/v1/rounds/{slug}/export/{format}", "/api/v1/rounds/square-2027/export/pb", DAY, true),
    ("/api/v1/rounds/{slug}/export/{format}", "/api/v1/rounds/square-2027/export/bundle", SHORT, true),
    ("/api/v1/rounds/{slug}/log/checkpoint", "/api/v1/rounds/square-2027/log/checkpoint", MOMENT, true),
    ("/api/v1/rounds/{slug}/log/consistency", "/api/v1/rounds/square-2027/log/consistency?from=1&to=2", ASK, false),
    ("/api/v1/rounds/{slug}/log/lines", "/api/v1/rounds/square-2027/log/lines?first=0&limit=2", ASK, false),
    ("/api/v1/rounds/{slug}/pictures", "/api/v1/rounds/square-2027/pictures", ASK, false),
    ("/api/v1/rounds/{slug}/receipts/{ballot}", "/api/v1/rounds/square-2027/receipts/{ballot}", NEVER, false),
    ("/api/v1/rounds/{slug}/result", "/api/v1/rounds/square-2027/result", DAY, true),
    ("/assets/{file}", "{asset}", FOR_GOOD, true),
    ("/healthz", "/healthz", ASK, false),
    ("/how", "/how", ASK, false),
    ("/pictures/{file}", "{picture}", FOR_GOOD, true),
    ("/problems", "/problems", ASK, false),
    ("/problems/{slug}", "/problems/unknown-round", ASK, false),
    ("/readyz", "/readyz", ASK, false),
    ("/rounds/{slug}", "/rounds/square-2027", ASK, true),
    ("/rounds/{slug}/ballot", "/rounds/square-2027/ballot", NEVER, false),
    ("/rounds/{slug}/check", "/rounds/square-2027/check", NEVER, false),
    ("/rounds/{slug}/issued", "/rounds/square-2027/issued", NEVER, false),
    ("/rounds/{slug}/receipt", "/rounds/square-2027/receipt", NEVER, false),
    ("/rounds/{slug}/results", "/rounds/square-2027/results", SHORT, true),
    ("/rounds/{slug}/results", "/en/rounds/square-2027/results", SHORT, true),
    ("/rounds/{slug}/territories/{number}", "/rounds/square-2027/territories/1", ASK, false),
    ("{address}/checkpoint", "/rounds/square-2027/log/checkpoint", MOMENT, true),
    ("{address}/event/{{rest}}", "{event}", FOR_GOOD, true),
    ("{address}/tile/{{*rest}}", "/rounds/square-2027/log/tile/0/000.p/2", FOR_GOOD, true),
    ("{address}/tile/{{*rest}}", "/office/log/tile/entries/000.p/2", FOR_GOOD, true),
    ("{address}/vkey", "/office/log/vkey", DAY, true),
    ("{address}/witnesses", "/office/log/witnesses", ASK, false),
];
/// Routes that need a token, so no cache may keep what they answer.
const GUARDED: &[&str] = &["/api/v1/rounds/{slug}/credential", "/api/v1/rounds/{slug}/credential/backup"];
/// Addresses of pages in one other language, made from a prefix.
const MADE: &str = "{prefix}/";

/// Every route of GET, as the source has it.
fn routes() -> BTreeSet<String> {
    let source = [include_str!("../../src/http.rs"), include_str!("../../src/http/pages.rs")].concat();
    let parts = source.split(".route(").skip(1).filter(|part| part.split(".route(").next().unwrap().contains("get("));
    parts.map(|part| part.split('"').nth(1).unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_public_route_says_how_long_it_is_kept() {
    let named: BTreeSet<_> =
        ROUTES.iter().map(|row| row.0).chain(GUARDED.iter().copied()).chain([MADE]).map(str::to_owned).collect();
    assert_eq!(routes(), named, "a route without a row, or a row without a route");
    let town = Town::new().await;
    town.publishes_over(wordy()).await;
    let alt = [("ru".to_owned(), "Площадь".to_owned())].into();
    let photo = PictureRequest { alt, image: Bytes(camera_jpeg(640, 480, 1)), kind: PictureKind::Photo };
    let picture = town.official.add_picture(SLUG, 1, &photo).await.unwrap().files[0].address.clone();
    let codes = town.enrols(1).await;
    town.opens().await;
    let cast = town.casts(&mut town.registers(&codes[0]).await, &["t1"]).await.unwrap();
    town.acts(Act::Close).await;
    town.counts().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for file in ["export/csv", "export/json", "export/pb", "export/bundle", "result"] {
        let counted = client.get(format!("{}/api/v1/rounds/{SLUG}/{file}", town.server.url())).send().await.unwrap();
        assert_eq!(counted.headers()["cache-control"], SHORT, "{file} changes when members sign");
    }
    for (member, key) in &town.members {
        member.sign(SLUG, key).await.unwrap();
    }
    let line = town.api.bytes(&format!("/api/v1/rounds/{SLUG}/log/lines?first=0&limit=1")).await.unwrap();
    let event = audit::log::line::event_hash(audit::log::line::event(line.trim_ascii_end()).unwrap());
    let asset = veche::web::client().into_keys().find_map(|name| veche::web::file(&name)).unwrap();
    for (route, address, caching, has_tag) in ROUTES {
        let address = address.replace("{picture}", &picture).replace("{asset}", &asset.address);
        let address = address.replace("{event}", &format!("/rounds/{SLUG}/log/event/{event}"));
        let address = address.replace("{ballot}", &hex::encode(Sha256::digest(&cast.ballot)));
        let url = format!("{}{address}", town.server.url());
        let first = client.get(&url).send().await.unwrap();
        assert!(first.status().is_success(), "{route}: {address}: {}", first.status());
        assert_eq!(
            first.headers().get("cache-control").map(|value| value.to_str().unwrap()),
            Some(*caching),
            "{route}: {address}"
        );
        let tag = first.headers().get("etag").cloned();
        assert_eq!(tag.is_some(), *has_tag, "{route}: {address}");
        // RFC 9110 §9.3.2: the same headers, and nothing behind them.
        let head = client.head(&url).send().await.unwrap();
        assert_eq!((head.status(), head.headers().get("etag")), (first.status(), tag.as_ref()), "HEAD {address}");
        assert_eq!(head.headers()["cache-control"], *caching, "HEAD {address}");
        assert!(head.bytes().await.unwrap().is_empty(), "HEAD {address}");
        let Some(tag) = tag else { continue };
        let again = client.get(&url).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(
            (again.status(), again.headers().get("etag")),
            (StatusCode::NOT_MODIFIED, Some(&tag)),
            "{route}: {address}"
        );
        assert_eq!(again.headers()["cache-control"], *caching, "{route}: {address}");
        assert!(again.bytes().await.unwrap().is_empty(), "{route}: {address}");
        let other = client.get(&url).header("if-none-match", "\"another\"").send().await.unwrap();
        assert_eq!(other.status(), StatusCode::OK, "{route}: {address}");
    }
    for route in GUARDED {
        let url = format!("{}{}", town.server.url(), route.replace("{slug}", SLUG));
        assert_eq!(client.get(&url).send().await.unwrap().headers()["cache-control"], NEVER, "{route}");
    }
    town.server.stop().await.unwrap();
}
