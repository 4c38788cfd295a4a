//! What a monitor keeps: for each log its state, replaced as a whole, and every signed head, only ever added to.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use audit::follow::Saved;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::cli::CliFault;

/// The folder of all logs; it belongs to one monitor as long as this lives.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

/// The folder of one log.
#[derive(Debug, Clone)]
pub(super) struct LogFolder(pub(super) PathBuf);

/// What is known of a log between two looks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Memory {
    /// A longer log that somebody else saw, and since when it is known: a Unix second.
    pub(super) ahead: Option<(u64, i64)>,
    /// How far the log was followed; none before the first look.
    pub(super) follower: Option<Saved>,
    /// Promises of the rules that are overdue and were spoken of.
    pub(super) overdue: Vec<String>,
    /// What does not answer, and since when: a Unix second.
    pub(super) trouble: Option<(String, i64)>,
    /// Names of the witnesses that had cosigned the newest head.
    pub(super) witnesses: Vec<String>,
}

/// A head as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SeenHead {
    /// Unix second.
    pub(super) at: i64,
    /// Whether it fitted to everything that was known.
    pub(super) fits: bool,
    /// Where it was seen.
    pub(super) from: String,
    /// The signed note.
    pub(super) note: String,
}

impl Folder {
    /// Takes the folder, making it if it is not there.
    ///
    /// # Errors
    /// When another monitor has it.
    pub(super) fn open(path: &Path) -> Result<Self, CliFault> {
        fs::create_dir_all(path).map_err(CliFault::file(path))?;
        let name = path.join("lock");
        let lock = File::create(&name).map_err(CliFault::file(&name))?;
        lock.try_lock()
            .map_err(|_| CliFault::Other(format!("{}: another monitor uses this folder", path.display())))?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The folder of the log at this address.
    pub(super) fn log(&self, address: &str) -> Result<LogFolder, CliFault> {
        let plain = address.split_once("://").map_or(address, |(_, rest)| rest);
        let safe = |letter: char| if letter.is_ascii_alphanumeric() || "-.".contains(letter) { letter } else { '_' };
        let path = self.path.join(plain.chars().map(safe).collect::<String>().trim_start_matches('.'));
        fs::create_dir_all(&path).map_err(CliFault::file(&path))?;
        Ok(LogFolder(path))
    }
}

impl LogFolder {
    /// What is known; nothing yet if there is no file.
    pub(super) fn read(&self) -> Result<Memory, CliFault> {
        let path = self.0.join("state.json");
        match fs::read(&path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|fault| CliFault::Other(format!("{}: {fault}", path.display())))
            }
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(Memory::default()),
            Err(fault) => Err(CliFault::file(path)(fault)),
        }
    }

    /// Replaces what is known, so that a power cut leaves the one or the other.
    pub(super) fn write(&self, memory: &Memory) -> Result<(), CliFault> {
        let path = self.0.join("state.json");
        let write = || {
            let mut file = NamedTempFile::new_in(&self.0)?;
            serde_json::to_writer(&mut file, memory)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            File::open(&self.0)?.sync_all()
        };
        write().map_err(CliFault::file(&path))
    }

    /// Adds a head. A line before it that a power cut left unfinished is taken away first: glued to it, this one would be lost too.
    pub(super) fn keep(&self, head: &SeenHead) -> Result<(), CliFault> {
        let path = self.0.join("heads.jsonl");
        let add = || {
            let mut file = OpenOptions::new().create(true).read(true).append(true).open(&path)?;
            cut_to_whole_lines(&mut file)?;
            let mut line = serde_json::to_vec(head)?;
            line.push(b'\n');
            file.write_all(&line)?;
            file.sync_data()
        };
        add().map_err(CliFault::file(&path))
    }

    /// Every head so far. A line that a power cut left unfinished is passed over.
    pub(super) fn heads(&self) -> Result<Vec<SeenHead>, CliFault> {
        let path = self.0.join("heads.jsonl");
        match File::open(&path) {
            Ok(file) => heads_in(BufReader::new(file)).map_err(CliFault::file(path)),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(fault) => Err(CliFault::file(path)(fault)),
        }
    }
}

/// Cuts a file after its last line end.
fn cut_to_whole_lines(file: &mut File) -> io::Result<()> {
    let len = file.metadata()?.len();
    let mut last = [b'\n'];
    if len > 0 {
        file.seek(SeekFrom::Start(len - 1))?;
        file.read_exact(&mut last)?;
    }
    if last == *b"\n" {
        return Ok(());
    }
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    file.set_len(bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at as u64 + 1))
}

/// The heads of a file that a monitor keeps.
pub(super) fn heads_in(file: impl BufRead) -> io::Result<Vec<SeenHead>> {
    let mut heads = Vec::new();
    for line in file.lines() {
        heads.extend(serde_json::from_str(&line?));
    }
    Ok(heads)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let root = TempDir::new().expect("a folder");
        let folder = Folder::open(root.path()).expect("opens");
        assert!(Folder::open(root.path()).is_err(), "one monitor at a time");
        let log = folder.log("https://vote.example:8080/../rounds/a").expect("a folder");
        assert!(log.0.parent() == Some(root.path()) && log.0.is_dir(), "{:?}", log.0);
        assert_eq!(log.read().expect("nothing yet"), Memory::default());
        let memory = Memory { trouble: Some(("silent".to_owned(), 7)), ..Memory::default() };
        log.write(&memory).expect("writes");
        assert_eq!(log.read().expect("reads"), memory);
        let head = SeenHead { at: 1, fits: true, from: "here".to_owned(), note: "a\n".to_owned() };
        log.keep(&head).expect("keeps");
        fs::write(
            log.0.join("heads.jsonl"),
            [fs::read(log.0.join("heads.jsonl")).expect("reads"), b"{\"at".to_vec()].concat(),
        )
        .expect("a power cut");
        assert_eq!(log.heads().expect("reads"), std::slice::from_ref(&head));
        let next = SeenHead { at: 2, ..head.clone() };
        log.keep(&next).expect("keeps after the power cut");
        log.keep(&head).expect("keeps after a whole line");
        assert_eq!(log.heads().expect("reads"), [head.clone(), next, head.clone()]);
        fs::write(log.0.join("heads.jsonl"), b"{\"at").expect("a power cut in the first line");
        log.keep(&head).expect("keeps");
        assert_eq!(log.heads().expect("reads"), [head]);
    }
}
