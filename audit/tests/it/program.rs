//! The program `veche-audit` itself: its exit codes when nobody hears it, and where it does not write.

use std::{
    fs::{self, OpenOptions},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{audited::honest, town::Town};

/// So many records are sorted in the pool and not by who asks: rayon divides what is longer than 2000 once it is parted in two.
const SORTED_IN_THE_POOL: u64 = 4_200;
/// Far longer than such an audit takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

fn bundle() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in honest() {
        fs::write(folder.path().join(name), bytes).expect("a file");
    }
    folder
}

fn audit(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veche-audit"));
    command.args(arguments).current_dir(folder);
    command
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_cannot_be_written_is_exit_code_2() {
    let folder = bundle();
    for arguments in [&["."] as &[&str], &["--json", "."], &["--help"], &["--version"], &["--json", "missing"]] {
        assert_ne!(audit(arguments, folder.path()).output().expect("it runs").stdout, b"", "{arguments:?}");
        let full = OpenOptions::new().write(true).open("/dev/full").expect("a device");
        let run = audit(arguments, folder.path()).stdout(Stdio::from(full)).output().expect("it runs");
        let said = String::from_utf8(run.stderr).expect("text");
        assert_eq!(run.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains("standard output: ") && !said.contains("panicked"), "{said}");
    }
}

/// With one thread in the pool nothing may wait there for what must be done there: such an audit would never end.
#[test]
fn one_processor_is_enough() {
    let folder = tempfile::tempdir().expect("a folder");
    Town::new(folder.path(), SORTED_IN_THE_POOL, 0).expect("a town").hold().expect("a bundle");
    let mut run = audit(&["."], folder.path())
        .env("RAYON_NUM_THREADS", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let started = Instant::now();
    while run.try_wait().expect("it can be asked").is_none() && started.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(20));
    }
    run.kill().expect("it is over, or ended here");
    assert_eq!(run.wait().expect("it is over").code(), Some(0), "it did not end, or found a fault");
}

#[test]
fn the_page_is_not_written_into_the_bundle() {
    let folder = bundle();
    let names = |folder: &Path| fs::read_dir(folder).expect("a folder").count();
    let before = names(folder.path());
    let inside = folder.path().join("report.html");
    for file in ["report.html", "./log.jsonl", inside.to_str().expect("text")] {
        let run = audit(&["--html", file, "."], folder.path()).output().expect("it runs");
        let said = String::from_utf8(run.stderr).expect("text");
        assert_eq!(run.status.code(), Some(2), "{said}");
        assert!(said.contains("outside of it"), "{said}");
        assert_eq!(names(folder.path()), before);
    }
    let outside = tempfile::tempdir().expect("a folder");
    let page = outside.path().join("report.html");
    let run = audit(&["--html", page.to_str().expect("text"), "."], folder.path()).output().expect("it runs");
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(fs::read_to_string(page).expect("a page").starts_with("<!doctype html>"));
}
