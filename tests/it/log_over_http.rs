//! The log as strangers read it: C2SP tiles over HTTP make up the signed root, prove what stands in it, and hold nothing else.

use std::{collections::BTreeMap, io::Read as _};

use audit::log::{
    checkpoint::Checkpoint,
    entries,
    hash::{self, Hash},
    line,
    note::VerifierKey,
    path::TilePath,
    proof,
    tile::{Hashes as _, TileId, Tiles, WIDTH, needed_for_consistency, needed_for_inclusion},
    tree::Frontier,
};
use ballots::{Procedure, rules::Kind};
use reqwest::{Method as Verb, StatusCode, header::HeaderMap};
use veche::{app::measuring, config::Rate};

use super::town::{self, SLUG, Town};

/// Address of the round's log.
const LOG: &str = "/rounds/square-2027/log";
/// Address of the office's.
const OFFICE: &str = "/office/log";

/// An answer as bytes.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

async fn get(town: &Town, path: &str, asks: &[(&str, &str)]) -> Got {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.get(format!("{}{path}", town.server.url()));
    for (name, value) in asks {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Got { status, headers, bytes: response.bytes().await.unwrap().into() }
}

async fn bytes(town: &Town, path: &str) -> Vec<u8> {
    let got = get(town, path, &[]).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&got.bytes));
    got.bytes
}

async fn text(town: &Town, path: &str) -> String {
    String::from_utf8(bytes(town, path).await).unwrap()
}

async fn key(town: &Town, log: &str) -> VerifierKey {
    text(town, &format!("{log}/vkey")).await.strip_suffix('\n').unwrap().parse().unwrap()
}

async fn head(town: &Town, log: &str) -> Checkpoint {
    Checkpoint::open(&text(town, &format!("{log}/checkpoint")).await, &key(town, log).await).unwrap()
}

/// Paths of the tiles of one kind that a log of this size has.
fn paths(size: u64, path: impl Fn(u64, u64) -> TilePath) -> Vec<TilePath> {
    (0..size.div_ceil(WIDTH)).map(|index| path(index, WIDTH.min(size - index * WIDTH))).collect()
}

/// Every leaf of a log.
async fn leaves(town: &Town, log: &str, size: u64) -> Vec<Vec<u8>> {
    let mut leaves = Vec::new();
    for path in paths(size, TilePath::Entries) {
        let bundle = bytes(town, &format!("{log}/{path}")).await;
        leaves.extend(entries::parse(&bundle).unwrap().into_iter().map(<[u8]>::to_vec));
    }
    leaves
}

/// These tiles, each at the width that it has in a log of this size.
async fn tiles(town: &Town, log: &str, size: u64, needed: &[TileId]) -> Tiles {
    let mut tiles = Tiles::default();
    for id in needed {
        let width = WIDTH.min((size >> (8 * u32::from(id.level))) - id.index * WIDTH);
        let hashes = bytes(town, &format!("{log}/{}", id.path(width))).await;
        assert_eq!(hashes.len() as u64, width * 32);
        tiles.insert(*id, &hashes).unwrap();
    }
    tiles
}

async fn grown(lines: u64) -> Town {
    let town = Town::new().await;
    let have = measuring::size(&town.server.app).await.unwrap();
    measuring::append(&town.server.app, "official-1", lines - have).await.unwrap();
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn leaves_make_up_the_tiles_and_tiles_the_signed_root() {
    let town = grown(700).await;
    let head = head(&town, OFFICE).await;
    assert_eq!((head.size, head.origin.as_str()), (700, "localhost/office"));
    let leaves = leaves(&town, OFFICE, head.size).await;
    assert_eq!(leaves.len(), 700);
    let mut tree = Frontier::new();
    leaves.iter().for_each(|leaf| tree.push(hash::leaf(leaf)));
    assert_eq!(tree.root(), head.root);
    for path in paths(head.size, |index, width| TilePath::Hashes(TileId { level: 0, index }, width)) {
        let hashes = bytes(&town, &format!("{OFFICE}/{path}")).await;
        let first = usize::try_from(path.index() * WIDTH).unwrap();
        let expected: Vec<u8> =
            leaves[first..first + hashes.len() / 32].iter().flat_map(|leaf| *hash::leaf(leaf).as_bytes()).collect();
        assert_eq!(hashes, expected, "{path}");
    }
    let above = bytes(&town, &format!("{OFFICE}/tile/1/000.p/2")).await;
    let all: Vec<TileId> = (0..2).map(|index| TileId { level: 0, index }).collect();
    let below = tiles(&town, OFFICE, head.size, &all).await;
    let roots: Vec<u8> = (0..2)
        .flat_map(|index| {
            *hash::node(&below.hash(7, 2 * index).unwrap(), &below.hash(7, 2 * index + 1).unwrap()).as_bytes()
        })
        .collect();
    assert_eq!(above, roots);
}

#[tokio::test(flavor = "multi_thread")]
async fn proofs_are_made_from_tiles_alone() {
    let town = grown(300).await;
    let early = head(&town, OFFICE).await;
    measuring::append(&town.server.app, "official-1", 299).await.unwrap();
    let late = head(&town, OFFICE).await;
    let leaves = leaves(&town, OFFICE, late.size).await;
    for index in [0, 255, 256, 299, 300, 598] {
        let tiles = tiles(&town, OFFICE, late.size, &needed_for_inclusion(index, late.size)).await;
        let path = proof::inclusion(&tiles, index, late.size).unwrap();
        let leaf = hash::leaf(&leaves[usize::try_from(index).unwrap()]);
        proof::verify_inclusion(leaf, index, late.size, &path, late.root).unwrap();
    }
    let tiles = tiles(&town, OFFICE, late.size, &needed_for_consistency(early.size, late.size)).await;
    let path = proof::consistency(&tiles, early.size, late.size).unwrap();
    proof::verify_consistency(early.size, early.root, late.size, late.root, &path).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_tile_is_the_beginning_of_the_full_one_for_good() {
    let town = grown(200).await;
    let early = bytes(&town, &format!("{OFFICE}/tile/0/000.p/200")).await;
    let early_leaves = bytes(&town, &format!("{OFFICE}/tile/entries/000.p/200")).await;
    for beyond in
        ["tile/0/000", "tile/0/000.p/201", "tile/entries/000.p/201", "tile/entries/000", "tile/0/001", "tile/1/000.p/1"]
    {
        let got = get(&town, &format!("{OFFICE}/{beyond}"), &[]).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{beyond}");
        assert_eq!(got.headers["cache-control"], "no-store", "{beyond} may be there tomorrow");
        assert_eq!(got.headers["access-control-allow-origin"], "*", "{beyond}: others may read that too");
        assert!(String::from_utf8(got.bytes).unwrap().contains("/problems/not-in-log"), "{beyond}");
    }
    measuring::append(&town.server.app, "official-1", 100).await.unwrap();
    let full = bytes(&town, &format!("{OFFICE}/tile/0/000")).await;
    for _ in 0..2 {
        // From the database, and from memory.
        assert_eq!(bytes(&town, &format!("{OFFICE}/tile/0/000.p/200")).await, early);
        assert_eq!(bytes(&town, &format!("{OFFICE}/tile/entries/000.p/200")).await, early_leaves);
        assert_eq!(bytes(&town, &format!("{OFFICE}/tile/0/000")).await, full);
        assert_eq!(full[..200 * 32], early);
    }
    let leaves = bytes(&town, &format!("{OFFICE}/tile/entries/000")).await;
    assert!(leaves.starts_with(&early_leaves));
    assert_eq!(entries::parse(&leaves).unwrap().len(), 256);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_says_who_may_keep_it_and_how_long() {
    let town = grown(260).await;
    for (path, kind, caching) in [
        ("tile/0/000", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("tile/0/001.p/4", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("tile/entries/000", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("checkpoint", "text/plain; charset=utf-8", "public, max-age=5, stale-while-revalidate=30"),
        ("vkey", "text/plain; charset=utf-8", "public, max-age=86400"),
        ("witnesses", "application/json", "no-cache"),
    ] {
        let got = get(&town, &format!("{OFFICE}/{path}"), &[("accept", "text/html")]).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        assert_eq!(got.headers["content-type"], kind, "{path}");
        assert_eq!(got.headers["cache-control"], caching, "{path}");
        assert_eq!(got.headers["access-control-allow-origin"], "*", "{path}");
    }
    let first = get(&town, &format!("{OFFICE}/checkpoint"), &[]).await;
    let tag = first.headers["etag"].to_str().unwrap();
    let path = format!("{OFFICE}/checkpoint");
    let again = get(&town, &path, &[("if-none-match", tag)]).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    measuring::append(&town.server.app, "official-1", 1).await.unwrap();
    assert_eq!(get(&town, &path, &[("if-none-match", tag)]).await.status, StatusCode::OK, "the log grew");
}

#[tokio::test(flavor = "multi_thread")]
async fn leaves_are_packed_for_those_who_ask() {
    let town = grown(300).await;
    let gzip = [("accept-encoding", "gzip")];
    for path in ["tile/entries/000", "tile/entries/000", "tile/entries/001.p/44"] {
        let path = format!("{OFFICE}/{path}");
        let plain = get(&town, &path, &[]).await;
        assert!(plain.headers.get("content-encoding").is_none());
        let packed = get(&town, &path, &gzip).await;
        assert_eq!(
            (packed.headers["content-encoding"].as_bytes(), packed.headers["vary"].as_bytes()),
            (&b"gzip"[..], &b"accept-encoding"[..])
        );
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(packed.bytes.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain.bytes);
        assert!(packed.bytes.len() < plain.bytes.len() / 2);
    }
    let hashes = get(&town, &format!("{OFFICE}/tile/0/000"), &gzip).await;
    assert!(hashes.headers.get("content-encoding").is_none(), "hashes do not get shorter");
    assert_eq!(hashes.bytes.len(), 8192);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_has_one_spelling() {
    let town = grown(300).await;
    for path in [
        "tile/0/0",
        "tile/00/000",
        "tile/0/x000/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/64/000",
        "tile/data/000",
        "tile/entries/-01",
        "tile/0/x001",
        "event/00",
    ] {
        let answer = town.asks(Verb::GET, &format!("{OFFICE}/{path}"), None, None).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::BAD_REQUEST, "malformed"), "{path}");
    }
    let far = format!("tile/entries/x{}/999", ["999"; 5].join("/x"));
    for path in [far.as_str(), "tile/0/x999/999", "tile/63/000", &format!("event/{}", Hash::ZERO)] {
        let answer = town.asks(Verb::GET, &format!("{OFFICE}/{path}"), None, None).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::NOT_FOUND, "not-in-log"), "{path}");
    }
    let nowhere = town.asks(Verb::GET, "/rounds/nowhere/log/checkpoint", None, None).await;
    assert_eq!(nowhere.problem(), "unknown-round");
    let posted = town.asks(Verb::POST, &format!("{OFFICE}/checkpoint"), None, None).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_line_stands_by_its_events_hash() {
    let town = Town::new().await;
    let mut voting = town::rules(Kind::Approval { max: 3 }, Procedure::Approval);
    for territory in &mut voting.territories {
        territory.description = Some("щ".repeat(3_900));
    }
    let mut copies = voting.territories.clone();
    for (number, territory) in (9..).zip(&mut copies) {
        (territory.id, territory.number) = (format!("t{number}"), number);
    }
    voting.territories.extend(copies);
    town.publishes_over(voting).await;
    let head = head(&town, LOG).await;
    let leaves = leaves(&town, LOG, head.size).await;
    let lines = bytes(&town, &format!("/api/v1/rounds/{SLUG}/log/lines?first=0&limit=1")).await;
    let whole = lines.strip_suffix(b"\n").unwrap();
    assert!(whole.len() > line::MAX_LEAF && leaves[0].len() < 300);
    let event = line::shortened(&leaves[0]).unwrap();
    let got = get(&town, &format!("{LOG}/event/{event}"), &[]).await;
    assert_eq!(got.headers["content-type"], "application/json");
    assert_eq!(line::whole(&leaves[0], &got.bytes).unwrap(), whole);
    let mut tree = Frontier::new();
    leaves.iter().for_each(|leaf| tree.push(hash::leaf(leaf)));
    assert_eq!(tree.root(), head.root);
    let elsewhere = get(&town, &format!("{OFFICE}/event/{event}"), &[]).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "each log has its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_urn_is_seen() {
    let town = Town::new().await;
    let codes = town.votes(3).await;
    let before = head(&town, LOG).await;
    let mut hashes = BTreeMap::new();
    for code in &codes {
        let mut credential = town.registers(code).await;
        let cast = town.casts(&mut credential, &["t1"]).await.unwrap();
        hashes.insert(cast.acceptance.ballot, cast.ballot);
    }
    town.jobs().await;
    assert_eq!(head(&town, LOG).await, before, "three are too few for a batch");
    let size = before.size;
    for path in [format!("tile/entries/000.p/{}", size + 1), format!("tile/0/000.p/{}", size + 1)] {
        assert_eq!(get(&town, &format!("{LOG}/{path}"), &[]).await.status, StatusCode::NOT_FOUND);
    }
    for ballot in hashes.keys() {
        let path = format!("{LOG}/event/{}", Hash::from(*ballot));
        assert_eq!(get(&town, &path, &[]).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_the_log_are_limited_by_their_address() {
    let town = Town::with(|config| {
        config.limits.enabled = true;
        config.limits.read_by_address = Rate { burst: 3, every_ms: 60_000 };
    })
    .await;
    let mut answers = Vec::new();
    for path in ["checkpoint", "tile/0/000.p/1", "vkey", "witnesses", "tile/0/000.p/1"] {
        answers.push(get(&town, &format!("{OFFICE}/{path}"), &[]).await.status.as_u16());
    }
    assert_eq!(answers, [200, 200, 200, 429, 429]);
}
