//! Everything that reads what a stranger wrote, as functions of bytes: none may panic, and what is read is printed as it was.
//!
//! The fuzzer drives them (`cargo fuzz run -s none NAME`), and the crates' ordinary tests replay the seeds.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use audit::{
    archive,
    log::{
        checkpoint::Checkpoint,
        cosignature::CosignerKey,
        entries,
        line::{self, Line, MAX_LEAF},
        note::{Note, VerifierKey},
        path::TilePath,
        prefix,
        proof::{self, ProofFault},
        receipt::TlogProof,
        short::HeadCode,
        tile::{Hashes, TileId, Tiles, needed_for_consistency, needed_for_inclusion},
        witness::{self, AddCheckpoint},
    },
    office::{Office, OfficeEvent},
    round::{Event, RoundRules},
    verify,
};
use ballots::{
    Rules, codec,
    envelope::{Envelope, EnvelopeCheck, IssuerPublicKey},
    formats::{blt, pabulib, preflib, sheet},
};

/// A name, which is also the folder of its seeds, and what is done with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const ALL: &[Target] = &[
    ("archive", unpack),
    ("blt", read_blt),
    ("bundle", bundle),
    ("checkpoint", checkpoint),
    ("choice", choice),
    ("entries", read_entries),
    ("envelope", envelope),
    ("head_code", head_code),
    ("line", read_line),
    ("long_line", long_line),
    ("note", note),
    ("office", office),
    ("pabulib", read_pabulib),
    ("preflib", read_preflib),
    ("receipt", receipt),
    ("sheet", read_sheet),
    ("tile_path", tile_path),
    ("tiles", tiles),
    ("vkey", vkey),
    ("witness_answer", witness_answer),
    ("witness_key", witness_key),
    ("witness_request", witness_request),
];

/// What parses prints as it was.
fn strict<T: FromStr + Display>(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(parsed) = text.parse::<T>()
    {
        assert_eq!(parsed.to_string(), text, "read, but not what would be printed");
    }
}

/// A line of a round's log.
pub fn read_line(bytes: &[u8]) {
    if let Ok(line) = Line::<Event>::parse(bytes) {
        assert_eq!(line.to_bytes(), bytes);
    }
}

/// A short form and, after a line feed, the event that it names; and the bytes as one line that is made too long for a leaf
/// by text that is put in at the place which the first byte names.
pub fn long_line(bytes: &[u8]) {
    let feed = bytes.iter().position(|byte| *byte == b'\n');
    if let Some((short, event)) = feed.map(|at| (&bytes[..at], &bytes[at + 1..]))
        && let Some(whole) = line::whole(short, event)
    {
        assert_eq!(*line::leaf(&whole), *short);
        assert_eq!(line::event(&whole), Some(event));
    }
    let Some((first, text)) = bytes.split_first() else { return };
    let (before, after) = text.split_at(usize::from(*first).min(text.len()));
    let long = [before, &[b'x'; MAX_LEAF + 1], after].concat();
    let leaf = line::leaf(&long);
    if line::shortened(&leaf).is_some() {
        let event = line::event(&long).expect("what was shortened has an event");
        assert_eq!(line::whole(&leaf, event), Some(long), "shortened, but not put together again");
    }
}

/// The lines of an office log, folded as far as they go.
pub fn office(bytes: &[u8]) {
    let mut office = Office::default();
    for bytes in bytes.split(|byte| *byte == b'\n') {
        let Ok(line) = Line::<OfficeEvent>::parse(bytes) else { return };
        assert_eq!(line.to_bytes(), bytes);
        let before = office.last_at();
        let Ok(next) = office.apply(&line.event) else { return };
        assert!(next.last_at() >= before, "time went backwards");
        office = next;
    }
}

/// Two sizes, u64 each, and the bytes of which every tile is made that a proof between them needs. A proof of consistency holds.
pub fn tiles(bytes: &[u8]) {
    let Some((sizes, content)) = bytes.split_first_chunk::<16>() else { return };
    let (old, new) = sizes.split_at(8);
    let size = |bytes: &[u8]| bytes.iter().fold(0, |size: u64, byte| size << 8 | u64::from(*byte));
    let (old, new) = (size(old), size(new));
    let mut tiles = Tiles::default();
    let first = TileId { level: 0, index: 0 };
    assert_eq!(tiles.insert(first, content).is_ok(), (1..=256).any(|hashes| content.len() == 32 * hashes));
    let ids = [prefix::needed(old, new), needed_for_consistency(old, new), needed_for_inclusion(old, new)].concat();
    for (skip, id) in ids.into_iter().enumerate() {
        let width = prefix::width(id, new) as usize;
        let hashes: Vec<u8> = content.iter().cycle().skip(skip).take(32 * width).copied().collect();
        let _ = tiles.insert(id, &hashes);
    }
    let Ok(roots) = prefix::roots(&tiles, old, new) else { return };
    if let Ok(path) = proof::consistency(&tiles, old, new) {
        assert_eq!(proof::verify_consistency(old, roots.old, new, roots.new, &path), Ok(()));
    }
    if let (Ok(path), Some(leaf)) = (proof::inclusion(&tiles, old, new), tiles.hash(0, old)) {
        // A tile of another level may say something else of the same leaves; then the proof must not hold, but has its length.
        let found = proof::verify_inclusion(leaf, old, new, &path, roots.new);
        assert!(matches!(found, Ok(()) | Err(ProofFault::Root)), "{found:?}");
    }
}

/// A C2SP signed note.
pub fn note(bytes: &[u8]) {
    strict::<Note>(bytes);
}

/// The three lines of a checkpoint.
pub fn checkpoint(bytes: &[u8]) {
    strict::<Checkpoint>(bytes);
}

/// A C2SP verifier key.
pub fn vkey(bytes: &[u8]) {
    strict::<VerifierKey>(bytes);
}

/// A C2SP entry bundle.
pub fn read_entries(bytes: &[u8]) {
    if let Ok(leaves) = entries::parse(bytes) {
        assert_eq!(entries::print(&leaves).as_deref(), Ok(bytes));
    }
}

/// The path of a tile below a log.
pub fn tile_path(bytes: &[u8]) {
    strict::<TilePath>(bytes);
}

/// A C2SP tlog-proof.
pub fn receipt(bytes: &[u8]) {
    strict::<TlogProof>(bytes);
}

/// A whole bundle: files after one another, each begun by a line `=== NAME`.
pub fn bundle(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for part in text.split("=== ").skip(1) {
        let (name, content) = part.split_once('\n').unwrap_or((part, ""));
        files.insert(name.to_owned(), content.as_bytes().to_vec());
    }
    let _ = verify::verify(&files, None, &|_| {});
}

/// A vote in Pabulib's format, counted if it reads.
pub fn read_pabulib(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(instance) = pabulib::read(text)
    {
        let rules = instance.rules();
        let outcome = instance.tally(&rules).expect("a file's own rules are counted by a method that fits");
        assert!(outcome.ballots >= outcome.blank, "no more blank ballots than ballots");
    }
}

/// A vote in PrefLib's format, which is written as it was read.
pub fn read_preflib(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(file) = preflib::read(text)
    {
        let written = preflib::write(&file);
        let again = preflib::read(&written).expect("what is written can be read");
        assert_eq!(preflib::write(&again), written, "written otherwise than read");
        assert_eq!(again.poll().ok(), file.poll().ok(), "other ballots than were read");
    }
}

/// A vote in a BLT file, which is written as it was read if it can be written.
pub fn read_blt(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(file) = blt::read(text)
    {
        let Ok(written) = blt::write(&file) else { return };
        let again = blt::read(&written).expect("what is written can be read");
        assert_eq!(blt::write(&again).as_ref(), Ok(&written), "written otherwise than read");
        assert_eq!(again.poll().ok(), file.poll().ok(), "other ballots than were read");
    }
}

/// A table of ballots, which is written with the same ballots that were read.
pub fn read_sheet(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(poll) = sheet::read(text)
    {
        let written = sheet::write(&poll).expect("what was read can be written");
        assert_eq!(sheet::read(&written).as_ref(), Ok(&poll), "written otherwise than read");
    }
}

/// The rules of a round, which every part of a ballot is read by.
fn rules() -> RoundRules {
    serde_json::from_str(include_str!("rules.json")).expect("the rules beside this file are rules")
}

/// A choice in its canonical encoding.
pub fn choice(bytes: &[u8]) {
    let rules: Rules = rules().voting;
    if let Ok(ballot) = codec::decode(&rules, bytes) {
        assert_eq!(codec::encode(&rules, &ballot), bytes);
    }
}

/// A ballot as it is cast.
pub fn envelope(bytes: &[u8]) {
    let rules = rules();
    let issuer = IssuerPublicKey::from_der(&rules.issuer_key.0).expect("the rules' issuer key is one");
    let check = EnvelopeCheck::new(*rules.fingerprint().as_bytes(), issuer, codec::len(&rules.voting));
    let _: Result<Envelope, _> = check.read(bytes);
    let _: Result<Envelope, _> = check.check(bytes);
}

/// A C2SP verifier key of a witness.
pub fn witness_key(bytes: &[u8]) {
    strict::<CosignerKey>(bytes);
}

/// What a log asks of a witness.
pub fn witness_request(bytes: &[u8]) {
    strict::<AddCheckpoint>(bytes);
}

/// What a witness answers: cosignatures, or a size.
pub fn witness_answer(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(signatures) = witness::parse_cosignatures(text) {
        assert_eq!(witness::print_cosignatures(&signatures), text);
    }
    if let Ok(size) = witness::parse_size(text) {
        assert_eq!(witness::print_size(size), text);
    }
}

/// The code of a head as people type it; what is read is read again from its print.
pub fn head_code(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(code) = text.parse::<HeadCode>()
    {
        assert_eq!(code.to_string().parse(), Ok(code));
    }
}

/// A bundle's archive, of which at most 64 KiB are unpacked.
pub fn unpack(bytes: &[u8]) {
    const MOST: u64 = 64 << 10;
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let _ = archive::unpack(bytes, folder.path(), MOST);
    let files = std::fs::read_dir(folder.path()).expect("the folder stays").flatten();
    let written: u64 = files.filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    assert!(written <= MOST, "more was written than is allowed");
}
