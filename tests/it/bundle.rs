//! The published bundle: whole it passes, and no change of it does.

use std::{collections::BTreeMap, io::Read as _, sync::OnceLock};

use audit::{
    log::{
        cosignature::Cosigner,
        line::{self, MAX_LEAF},
        policy::WitnessPolicy,
    },
    place::Options,
    verify::{
        Check, CheckName,
        bundle::{MANIFEST, file_hash, manifest},
        verify,
    },
};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use veche::domain::Draft;

use super::town::{SLUG, Town, approval};

/// A bundle in memory.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Downloads and unpacks the bundle.
pub async fn fetch(town: &Town) -> Files {
    let archive = town.api.bytes(&format!("/api/v1/rounds/{SLUG}/export/bundle")).await.unwrap();
    unpack(&archive)
}

pub fn unpack(archive: &[u8]) -> Files {
    let mut tar = tar::Archive::new(zstd::Decoder::new(archive).unwrap());
    let file = |entry: std::io::Result<tar::Entry<'_, _>>| {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    tar.entries().unwrap().map(file).collect()
}

/// A small honest round: re-cast and unreadable ballots, a pause, an extension, two batches.
fn honest() -> &'static Files {
    static BUNDLE: OnceLock<Files> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let work = || tokio::runtime::Runtime::new().unwrap().block_on(hold());
        std::thread::spawn(work).join().unwrap()
    })
}

async fn hold() -> Files {
    let town = Town::new().await;
    let codes = town.votes(24).await;
    let place = town.place().await;
    for (at, code) in codes.iter().take(22).enumerate() {
        let mut credential = town.registers(code).await;
        town.casts(&mut credential, &[["t1", "t2", "t3"][at % 3]]).await.unwrap();
        if at == 0 {
            town.casts(&mut credential, &["t4"]).await.unwrap();
            let nonsense = vec![7; place.rules.voting.ballot_len()];
            let ballot = place.fill_bytes(&mut credential, &nonsense).unwrap();
            place.cast(&town.api, ballot).await.unwrap();
        }
        if at == 20 {
            town.jobs().await;
        }
    }
    let pause = veche::http::StepRequest::Pause { reason: "fire drill".into() };
    town.official.step(SLUG, &pause).await.unwrap();
    let resume = veche::http::StepRequest::Resume { reason: "over".into() };
    town.official.step(SLUG, &resume).await.unwrap();
    town.certifies().await;
    let files = fetch(&town).await;
    town.server.stop().await.unwrap();
    files
}

fn with_manifest(mut files: Files) -> Files {
    files.remove(MANIFEST);
    let hashes = files.iter().map(|(name, bytes)| (name.clone(), file_hash(bytes))).collect();
    files.insert(MANIFEST.into(), manifest(&hashes).into_bytes());
    files
}

/// The verdict must be no, and must say in which file.
fn refused(files: &Files, what: &str) {
    let report = verify(files, None, &|_| {});
    assert!(!report.passed(), "{what} was not seen\n{report}");
    assert!(report.failures().any(|(_, failure)| !failure.file.is_empty()), "{what} has no place\n{report}");
}

#[test]
fn honest_bundle_passes_every_check() {
    let report = verify(honest(), None, &|_| {});
    assert!(report.passed(), "{report}");
    let covers = |check: &Check| check.items > 0 || check.name == CheckName::Witnesses;
    assert!(report.checks.iter().all(covers), "a check covered nothing\n{report}");
    let ballots = report.checks.iter().find(|check| check.name == CheckName::Ballots).unwrap();
    assert_eq!(ballots.items, 24);
}

#[test]
fn first_and_last_byte_of_every_file() {
    for (name, bytes) in honest() {
        for at in [0, bytes.len() - 1] {
            let mut files = honest().clone();
            files.get_mut(name).unwrap()[at] ^= 1;
            refused(&files, &format!("byte {at} of {name}"));
        }
    }
}

/// Changes of whole lines and files, which a byte's flip does not reach.
#[test]
fn lines_and_files_moved_cut_doubled_or_added() {
    let log = String::from_utf8(honest()["log.jsonl"].clone()).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    for at in 1..lines.len() {
        let mut changed = [lines.clone(), lines.clone(), lines.clone()];
        changed[0].remove(at);
        changed[1].swap(at - 1, at);
        changed[2].insert(at, lines[at]);
        for lines in changed {
            let mut files = honest().clone();
            files.insert("log.jsonl".into(), format!("{}\n", lines.join("\n")).into_bytes());
            refused(&with_manifest(files), &format!("a change around line {at}"));
        }
    }
    for name in honest().keys() {
        let mut files = honest().clone();
        files.get_mut(name).unwrap().pop();
        refused(&files, &format!("{name} cut"));
        files.remove(name);
        refused(&files, &format!("{name} missing"));
    }
    let mut files = honest().clone();
    files.insert("extra.txt".into(), b"more".to_vec());
    refused(&files, "a file more");
}

/// The rules of a city with a text about each place are longer than an entry of a tile may be, and so is the line that
/// publishes them. Drafted with witnesses, published, voted, counted: the bundle verifies, and the head is of the short leaf.
#[tokio::test(flavor = "multi_thread")]
async fn a_round_with_long_texts_and_witnesses_verifies_whole() {
    let town = Town::new().await;
    let mut voting = approval();
    for territory in &mut voting.territories {
        territory.description = Some("Сквер 🌳🌳🌳 ".repeat(360).trim_end().to_owned());
    }
    let witness = |seed: u8| Cosigner::new(format!("witness.example/w{seed}"), SigningKey::from_bytes(&[seed; 32]));
    let keys: Vec<_> = (1..=3).map(|seed| witness(seed).unwrap().public().to_string()).collect();
    let policy = WitnessPolicy { keys, quorum: 2 };
    town.publishes_draft(&Draft { witnesses: Some(policy.clone()), ..town.draft(voting) }).await;
    assert_eq!(town.place().await.rules.witnesses, Some(policy));
    let codes = town.enrols(3).await;
    town.opens().await;
    for code in &codes {
        let mut credential = town.registers(code).await;
        town.casts(&mut credential, &["t1"]).await.unwrap();
    }
    town.certifies().await;
    let files = fetch(&town).await;
    let first = files["log.jsonl"].split(|byte| *byte == b'\n').next().unwrap();
    assert!(first.len() > MAX_LEAF, "{} bytes", first.len());
    assert!(line::shortened(&line::leaf(first)).is_some());
    let report = verify(&files, None, &|_| {});
    let failed: Vec<_> = report.checks.iter().filter(|check| check.failure.is_some()).map(|check| check.name).collect();
    assert_eq!(failed, [CheckName::Witnesses], "nobody was asked to cosign, and everything else holds: {report}");
    let refused_by = |policy: WitnessPolicy| Draft { witnesses: Some(policy), ..town.draft(approval()) };
    let wrong = refused_by(WitnessPolicy { keys: vec![witness(1).unwrap().public().to_string()], quorum: 2 });
    let wrong = Draft { slug: "other".into(), ..wrong };
    let drafted = town.official.draft(&wrong).await;
    assert!(drafted.is_err() || town.official.publish("other").await.is_err(), "a quorum of two of one");
    town.server.stop().await.unwrap();
}

/// A download that broke off goes on with the rest of the same bytes, and starts anew when the server has other ones.
#[tokio::test(flavor = "multi_thread")]
async fn the_bundle_comes_in_parts() {
    let town = Town::new().await;
    let codes = town.votes(6).await;
    let mut credential = town.registers(&codes[0]).await;
    town.casts(&mut credential, &["t1"]).await.unwrap();
    town.certifies().await;
    let address = format!("{}/rounds/{SLUG}", town.server.url());
    let whole = town.api.bytes(&format!("/api/v1/rounds/{SLUG}/export/bundle")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let options = |name: &str| Options { keep: Some(folder.path().join(name)), ..Options::default() };
    let fetch = |name: &str| {
        tokio::task::block_in_place(|| audit::place::open(&address, &options(name), &|_| ())).unwrap();
        std::fs::read(folder.path().join(name)).unwrap()
    };
    assert_eq!(fetch("whole"), whole);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/api/v1/rounds/{SLUG}/export/bundle", town.server.url());
    let part = client.get(&url).header("range", "bytes=2-5").send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.headers()["content-range"], format!("bytes 2-5/{}", whole.len()));
    let etag = part.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(part.bytes().await.unwrap(), whole[2..=5]);
    let beyond = client.get(&url).header("range", format!("bytes={}-", whole.len())).send().await.unwrap();
    assert_eq!(beyond.status(), 416);
    for (name, kept, version) in
        [("rest", &whole[..whole.len() / 2], etag.as_str()), ("anew", b"other".as_slice(), "\"other\"")]
    {
        std::fs::write(folder.path().join(format!("{name}.part")), kept).unwrap();
        std::fs::write(folder.path().join(format!("{name}.part.etag")), version).unwrap();
        assert_eq!(fetch(name), whole, "{name}");
    }
    town.server.stop().await.unwrap();
}

/// The auditor's own copy of the log key settles which log this is.
#[test]
fn another_log_key_is_seen() {
    let report = verify(honest(), Some("localhost/rounds/other+00000000+AQ=="), &|_| {});
    assert!(!report.passed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bit_of_any_file(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0..8) {
        let mut files = honest().clone();
        let name = file.get(&files.keys().cloned().collect::<Vec<_>>()).clone();
        let bytes = files.get_mut(&name).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1u8 << bit;
        refused(&files, &format!("bit {bit} of byte {at} of {name}"));
    }

    /// Whoever changes a file would mend the manifest too. The README is words: nothing else vouches for it.
    #[test]
    fn any_byte_with_the_manifest_mended(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), flip in 1..=255u8) {
        let mut files = honest().clone();
        let names: Vec<_> = files.keys().filter(|name| !["README.md", MANIFEST].contains(&name.as_str())).cloned().collect();
        let name = file.get(&names).clone();
        let bytes = files.get_mut(&name).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        refused(&with_manifest(files), &format!("byte {at} of {name}"));
    }
}
