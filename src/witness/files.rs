//! The files of one log: the newest head, replaced whole, and beside it a journal of all heads that only grows.
//!
//! The head is written first, then the journal, then the cosignature leaves. So at any moment the head is at most one step
//! ahead of the journal, and never behind: a head that is behind was put back from an old copy, and cosigning from there could
//! contradict what was cosigned since.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufRead as _, BufReader, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use audit::log::{
    checkpoint::Checkpoint,
    note::{Note, VerifierKey},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::StartFault;

/// A head that was cosigned, with the log's signature and ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// Unix second.
    pub(super) at: i64,
    /// The signed note.
    pub(super) note: String,
}

/// Where a log's state lies.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    head: PathBuf,
    journal: PathBuf,
    evidence: PathBuf,
}

impl Entry {
    /// The head in the note.
    pub(super) fn head(&self) -> Option<Checkpoint> {
        let note: Note = self.note.parse().ok()?;
        Some(Checkpoint::extended(&note.text).ok()?.0)
    }

    fn is_signed_by(&self, key: &VerifierKey) -> bool {
        self.note.parse::<Note>().is_ok_and(|note| note.verify(key).is_ok())
    }
}

impl Files {
    /// Files named after the origin's hash: an origin may hold whatever a file name may not.
    pub(super) fn of(folder: &Path, origin: &str) -> Self {
        let name = hex::encode(&Sha256::digest(origin)[..16]);
        let file = |kind: &str| folder.join(format!("{name}.{kind}"));
        Self { folder: folder.to_owned(), head: file("head"), journal: file("journal"), evidence: file("evidence") }
    }

    /// Reads everything; each entry of the journal goes to `each`, and the newest head is returned. What a crash left half
    /// done is finished. The head must be signed by the log: no edit of the file makes a head that was never shown.
    pub(super) fn load(
        &self,
        key: &VerifierKey,
        mut each: impl FnMut(&Checkpoint),
    ) -> Result<Option<Entry>, StartFault> {
        let head = self.read_head()?;
        if head.as_ref().is_some_and(|entry| !entry.is_signed_by(key)) {
            return Err(self.wrong(&self.head, "the head is not signed by the key of the log that is followed"));
        }
        let Some(journal) = self.open_journal(head.is_some())? else { return Ok(None) };
        let (mut last, mut whole) = (None::<Checkpoint>, 0);
        let mut lines = BufReader::new(journal);
        loop {
            let mut line = Vec::new();
            lines.read_until(b'\n', &mut line).map_err(StartFault::file(&self.journal))?;
            if line.pop() != Some(b'\n') {
                break;
            }
            whole += line.len() as u64 + 1;
            let entry: Entry = parse(&line).ok_or_else(|| self.wrong(&self.journal, "a line is not a head"))?;
            let next = entry.head().ok_or_else(|| self.wrong(&self.journal, "a line is not a head"))?;
            if last.as_ref().is_some_and(|last| last.size >= next.size) {
                return Err(self.wrong(&self.journal, "the heads do not grow"));
            }
            each(&next);
            last = Some(next);
        }
        // No cosignature left for a last line that a crash cut.
        cut(&self.journal, whole)?;
        self.reconcile(head, last.as_ref(), each)
    }

    /// Stores a head; when this returns, it outlives a loss of power.
    pub(super) fn store(&self, entry: &Entry) -> Result<(), StartFault> {
        let next = self.head.with_extension("next");
        let written = File::create(&next).and_then(|mut file| {
            file.write_all(&line(entry))?;
            file.sync_all()
        });
        written.map_err(StartFault::file(&next))?;
        fs::rename(&next, &self.head).map_err(StartFault::file(&self.head))?;
        self.sync_folder()?;
        append(&self.journal, entry)
    }

    /// The files hold less than what was cosigned from them.
    pub(super) fn lost(&self) -> StartFault {
        self.wrong(&self.head, "heads that this witness cosigned are missing")
    }

    /// The note that was cosigned for a size, from the journal.
    pub(super) fn find(&self, size: u64) -> Option<String> {
        let lines = BufReader::new(File::open(&self.journal).ok()?).lines();
        let entries = lines.map_while(Result::ok).filter_map(|line| parse::<Entry>(line.as_bytes()));
        entries.into_iter().find(|entry| entry.head().is_some_and(|head| head.size == size)).map(|entry| entry.note)
    }

    /// Evidence so far.
    pub(super) fn evidence<T: DeserializeOwned>(&self) -> Result<Vec<T>, StartFault> {
        let text = match fs::read_to_string(&self.evidence) {
            Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.map_err(StartFault::file(&self.evidence))?,
        };
        // A last line without its end was cut by a crash; what is added later must not be joined to it.
        let whole = &text[..text.rfind('\n').map_or(0, |at| at + 1)];
        cut(&self.evidence, whole.len() as u64)?;
        let lines = whole.lines().map(|line| parse(line.as_bytes()));
        lines.collect::<Option<_>>().ok_or_else(|| self.wrong(&self.evidence, "a line is not evidence"))
    }

    /// Adds evidence.
    pub(super) fn add_evidence(&self, one: &impl Serialize) -> Result<(), StartFault> {
        append(&self.evidence, one)
    }

    fn read_head(&self) -> Result<Option<Entry>, StartFault> {
        match fs::read(&self.head) {
            Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(None),
            Err(fault) => Err(StartFault::file(&self.head)(fault)),
            Ok(bytes) => {
                let entry = bytes.strip_suffix(b"\n").and_then(parse::<Entry>).filter(|entry| entry.head().is_some());
                entry.map(Some).ok_or_else(|| self.wrong(&self.head, "the file does not hold a head"))
            }
        }
    }

    /// The journal, made on the first start; nothing when it was made now.
    fn open_journal(&self, has_head: bool) -> Result<Option<File>, StartFault> {
        match File::open(&self.journal) {
            Ok(file) => Ok(Some(file)),
            Err(fault) if fault.kind() == ErrorKind::NotFound && has_head => {
                Err(self.wrong(&self.journal, "the journal is missing beside its head"))
            }
            Err(fault) if fault.kind() == ErrorKind::NotFound => {
                let made = File::create_new(&self.journal).and_then(|file| file.sync_all());
                made.map_err(StartFault::file(&self.journal))?;
                self.sync_folder()?;
                Ok(None)
            }
            Err(fault) => Err(StartFault::file(&self.journal)(fault)),
        }
    }

    fn reconcile(
        &self,
        head: Option<Entry>,
        last: Option<&Checkpoint>,
        mut each: impl FnMut(&Checkpoint),
    ) -> Result<Option<Entry>, StartFault> {
        let behind = "the head is behind the journal: it was put back from an old copy, and cosigning from there could contradict what was cosigned since";
        let newest = head.as_ref().and_then(Entry::head);
        match (&head, newest, last) {
            (_, Some(newest), Some(last)) if newest == *last => Ok(head),
            (_, Some(newest), Some(last)) if newest.size <= last.size => Err(self.wrong(&self.head, behind)),
            (_, None, Some(_)) => Err(self.wrong(&self.head, behind)),
            (Some(entry), Some(newest), _) => {
                append(&self.journal, entry)?;
                each(&newest);
                Ok(head)
            }
            _ => Ok(None),
        }
    }

    fn sync_folder(&self) -> Result<(), StartFault> {
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(StartFault::file(&self.folder))
    }

    fn wrong(&self, path: &Path, reason: &str) -> StartFault {
        StartFault::State { path: path.to_owned(), reason: reason.to_owned() }
    }
}

fn parse<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    serde_json::from_slice(line).ok()
}

fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line =
        serde_json::to_vec(value).expect("entries have string keys and integers only, so they always serialise");
    line.push(b'\n');
    line
}

/// Keeps the first bytes of a file.
fn cut(path: &Path, len: u64) -> Result<(), StartFault> {
    let cut = OpenOptions::new().write(true).open(path).and_then(|file| {
        file.set_len(len)?;
        file.sync_all()
    });
    cut.map_err(StartFault::file(path))
}

fn append(path: &Path, value: &impl Serialize) -> Result<(), StartFault> {
    let appended = OpenOptions::new().append(true).create(true).open(path).and_then(|mut file| {
        let whole = file.metadata()?.len();
        let written = file.write_all(&line(value)).and_then(|()| file.sync_all());
        if written.is_err() {
            // Half a line would be joined to the next one.
            let _ = file.set_len(whole);
        }
        written
    });
    appended.map_err(StartFault::file(path))
}
