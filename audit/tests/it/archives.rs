//! Archives of strangers: a bundle's own passes, everything else is refused with the entry and the reason, and writes nothing outside.

use std::io::Write;

use audit::{
    archive::{MOST, unpack},
    verify::verify,
};
use tar::{EntryType, Header};

use crate::audited::{Files, honest, read};

/// One entry as it stands in an archive, whatever a careful packer would refuse to write.
struct Raw {
    name: Vec<u8>,
    kind: EntryType,
    size: u64,
    bytes: Vec<u8>,
}

fn file(name: &str, bytes: &[u8]) -> Raw {
    Raw { name: name.into(), kind: EntryType::Regular, size: bytes.len() as u64, bytes: bytes.to_vec() }
}

fn of_kind(kind: EntryType) -> Raw {
    Raw { kind, ..file("bundle/log.jsonl", b"") }
}

fn tarred(entries: &[Raw]) -> Vec<u8> {
    let mut tar = Vec::new();
    for Raw { name, kind, size, bytes } in entries {
        let mut header = Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.set_entry_type(*kind);
        header.set_size(*size);
        header.set_mode(0o644);
        header.set_cksum();
        tar.extend_from_slice(header.as_bytes());
        tar.extend_from_slice(bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}

fn packed(tar: &[u8]) -> Vec<u8> {
    zstd::encode_all(tar, 3).expect("memory takes it")
}

fn bundle(files: &Files) -> Vec<Raw> {
    files.iter().map(|(name, bytes)| file(&format!("bundle/{name}"), bytes)).collect()
}

fn refusal(archive: &[u8], most: u64) -> String {
    let around = tempfile::tempdir().expect("a folder");
    let folder = around.path().join("inside");
    let fault = unpack(archive, &folder, most).expect_err("must be refused").to_string();
    let outside = std::fs::read_dir(around.path()).expect("a folder").count();
    assert!(outside <= 1, "something was written outside: {fault}");
    fault
}

#[test]
fn a_bundle_unpacks_to_its_files() {
    let folder = tempfile::tempdir().expect("a folder");
    unpack(packed(&tarred(&bundle(honest()))).as_slice(), folder.path(), MOST).expect("a bundle");
    assert_eq!(read(folder.path()), *honest());
    assert!(verify(&read(folder.path()), None, &|_| {}).passed());
}

#[test]
fn entries_that_no_bundle_has() {
    let cases = [
        (of_kind(EntryType::Symlink), "a symbolic link"),
        (of_kind(EntryType::Link), "a hard link"),
        (of_kind(EntryType::Directory), "a folder"),
        (of_kind(EntryType::Char), "a device"),
        (of_kind(EntryType::GNUSparse), "unknown kind"),
        (of_kind(EntryType::XHeader), "an extension"),
        (of_kind(EntryType::GNULongName), "an extension"),
        (file("bundle/../log.jsonl", b"x"), "no bundle has"),
        (file("../log.jsonl", b"x"), "no bundle has"),
        (file("/etc/passwd", b"x"), "no bundle has"),
        (file("/bundle/log.jsonl", b"x"), "no bundle has"),
        (file("bundle//log.jsonl", b"x"), "no bundle has"),
        (file("./bundle/log.jsonl", b"x"), "no bundle has"),
        (file("bundle/log.jsonl/", b"x"), "no bundle has"),
        (file("log.jsonl", b"x"), "no bundle has"),
        (file("bundle/extra.txt", b"x"), "no bundle has"),
        (file("bundle/LOG.JSONL", b"x"), "no bundle has"),
        (Raw { name: b"bundle/\xff\x1b[2J".to_vec(), ..file("", b"x") }, "no bundle has"),
    ];
    for (entry, reason) in cases {
        let fault = refusal(&packed(&tarred(&[file("bundle/README.md", b"first"), entry])), MOST);
        assert!(fault.starts_with("entry 2, ") && fault.contains(reason), "{reason}: {fault}");
        assert!(!fault.contains('\u{1b}'), "{fault}");
    }
    let twice = [file("bundle/README.md", b"first"), file("bundle/README.md", b"second")];
    let fault = refusal(&packed(&tarred(&twice)), MOST);
    assert!(fault.starts_with("entry 2, bundle/README.md: ") && fault.contains("twice"), "{fault}");
}

#[test]
fn sizes_are_bounded_before_and_while_unpacking() {
    let huge = Raw { size: 7 << 30, ..file("bundle/log.jsonl", b"x") };
    let fault = refusal(&packed(&tarred(&[file("bundle/README.md", b"first"), huge])), 1 << 30);
    assert!(fault.contains("entry 2") && fault.contains("declares 7516192768 bytes"), "{fault}");
    let fault = refusal(&packed(&tarred(&[Raw { size: 5000, ..file("bundle/log.jsonl", b"x") }])), MOST);
    assert!(fault.contains("entry 1"), "a size that is not there: {fault}");
    // A bomb: 64 MiB of zeros in a few kilobytes.
    let bomb = packed(&tarred(&[file("bundle/log.jsonl", &vec![0; 64 << 20])]));
    assert!(bomb.len() < 100_000);
    let fault = refusal(&bomb, 1 << 20);
    assert!(fault.contains("more than the 1048576 allowed"), "{fault}");
}

#[test]
fn a_window_larger_than_the_standard_asks_for() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).expect("an encoder");
    encoder.window_log(27).expect("a window");
    encoder.write_all(&tarred(&bundle(honest()))).expect("memory takes it");
    let fault = refusal(&encoder.finish().expect("memory takes it"), MOST);
    assert!(fault.contains("memory") || fault.contains("window"), "{fault}");
}

#[test]
fn truncated_and_padded_archives() {
    let tar = tarred(&bundle(honest()));
    let whole = packed(&tar);
    for at in [0, 1, 10, whole.len() / 2, whole.len() - 1] {
        let fault = refusal(&whole[..at], MOST);
        assert!(fault.contains("entry"), "cut at {at}: {fault}");
    }
    for (name, archive) in [
        ("bytes after the frame", [whole.as_slice(), b"more"].concat()),
        ("a second frame", [whole.as_slice(), &packed(b"more")].concat()),
        ("zeros after the end", packed(&[tar.as_slice(), &[0; 512]].concat())),
        ("bytes after the end", packed(&[tar.as_slice(), b"more"].concat())),
        ("no end", packed(&tar[..tar.len() - 1024])),
        ("half an end", packed(&tar[..tar.len() - 512])),
        ("a cut tar", packed(&tar[..tar.len() / 2])),
        ("no Zstandard", tar.clone()),
        ("nothing", packed(b"")),
    ] {
        let fault = refusal(&archive, MOST);
        assert!(fault.contains("entry"), "{name}: {fault}");
    }
}

#[test]
fn any_byte_of_a_header_may_be_anything() {
    let tar = tarred(&[file("bundle/README.md", b"first"), file("bundle/log.jsonl", b"second")]);
    for at in 0..512 {
        for value in [0, 0x7f, 0x80, 0xff] {
            let mut changed = tar.clone();
            changed[at] = value;
            let folder = tempfile::tempdir().expect("a folder");
            // Refused or the same bytes: what matters is that nothing panics and nothing else is written.
            let result = unpack(packed(&changed).as_slice(), folder.path(), MOST);
            assert!(result.is_err() || changed == tar, "byte {at} = {value} passed");
        }
    }
}
