//! The bundle for auditors: a folder of files, and the same as a compressed archive.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

use audit::{
    log::hash::Hash,
    round::{Phase, Round, register, rules::canonical},
    verify::bundle::{self, Keys},
};
use sha2::{Digest, Sha256};

use super::{App, published::Published, results, witnessing};
use crate::{
    domain::Refusal,
    error::Error,
    store::{Tx, issuances, log},
};

/// Lines that are read from the database together.
const BLOCK: u32 = 4096;
/// Level of Zstandard compression: ballots are random bytes in base64, more effort gains little.
const LEVEL: i32 = 3;

/// Writes the bundle of a counted or annulled round into an empty or new folder.
///
/// # Errors
/// [`Refusal::NoResultYet`], [`Error::Broken`] when a file cannot be written.
pub async fn write(app: &App, slug: &str, folder: &Path) -> Result<(), Error> {
    let (round, state) = results::state(app, slug).await?;
    let outcome = match (state.phase, state.tally_line) {
        // Also of a round that was annulled after its count: the log holds the count, and the bundle repeats the log.
        (Phase::Tallied | Phase::Certified | Phase::Annulled, Some(_)) => {
            Some(results::tallied(app, slug).await?.outcome)
        }
        (Phase::Annulled, None) => None,
        (phase, _) => return Err(Refusal::NoResultYet(phase.to_string()).into()),
    };
    fs::create_dir_all(folder).map_err(Error::broken)?;
    let mut files = Files { folder, hashes: BTreeMap::new() };
    let mut tx = app.db.read().await?;
    let head = witnessing::newest(&mut tx, &round.log).await?;
    write_log(&mut tx, &round, head.size, &mut files).await?;
    write_register(&mut tx, &round, &state, &mut files).await?;
    files.put(bundle::CHECKPOINT, head.note.as_bytes())?;
    files.put(bundle::KEYS, &with_line_end(canonical(&Keys::of(&state))))?;
    if let Some(outcome) = outcome {
        files.put(bundle::RESULT, &with_line_end(canonical(&outcome)))?;
    }
    files.put(bundle::README, bundle::readme(&state).as_bytes())?;
    let manifest = bundle::manifest(&files.hashes);
    fs::write(folder.join(bundle::MANIFEST), manifest).map_err(Error::broken)
}

/// Packs a bundle's folder into `ARCHIVE.tar.zst`, always the same bytes for the same files.
///
/// # Errors
/// [`Error::Broken`] when a file cannot be read or written.
pub fn pack(folder: &Path, archive: &Path) -> Result<(), Error> {
    let file = File::create(archive).map_err(Error::broken)?;
    let encoder = zstd::Encoder::new(BufWriter::new(file), LEVEL).map_err(Error::broken)?;
    let mut tar = tar::Builder::new(encoder);
    tar.mode(tar::HeaderMode::Deterministic);
    let mut names: Vec<_> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect())
        .map_err(Error::broken)?;
    names.sort();
    for name in names {
        let inside = Path::new("bundle").join(&name);
        tar.append_path_with_name(folder.join(&name), inside).map_err(Error::broken)?;
    }
    let encoder = tar.into_inner().map_err(Error::broken)?;
    encoder.finish().and_then(|mut file| file.flush()).map_err(Error::broken)
}

async fn write_log(tx: &mut Tx, round: &Published, size: u64, files: &mut Files<'_>) -> Result<(), Error> {
    let mut file = files.create(bundle::LOG)?;
    let mut first = 0;
    while first < size {
        let block = log::lines(tx, round.log_id, first, BLOCK).await?;
        for line in block.iter().take(usize::try_from(size - first).unwrap_or(usize::MAX)) {
            file.write(line)?;
            file.write(b"\n")?;
        }
        first += block.len() as u64;
    }
    files.finish(bundle::LOG, file)
}

async fn write_register(tx: &mut Tx, round: &Published, state: &Round, files: &mut Files<'_>) -> Result<(), Error> {
    let mut file = files.create(bundle::REGISTER)?;
    for step in 1..=issuances::steps(tx, round.id).await? {
        issuances::of_step(tx, round.id, step, |pseudonym| file.write(register::line(step, pseudonym).as_bytes()))
            .await?;
    }
    debug_assert!(state.phase > Phase::Open, "the register is published after the close only");
    files.finish(bundle::REGISTER, file)
}

fn with_line_end(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.push(b'\n');
    bytes
}

/// The files written so far.
struct Files<'a> {
    folder: &'a Path,
    hashes: BTreeMap<String, Hash>,
}

/// A file that is hashed as it is written.
struct Hashed {
    file: BufWriter<File>,
    sha: Sha256,
}

impl Files<'_> {
    fn create(&self, name: &str) -> Result<Hashed, Error> {
        let file = File::create(self.folder.join(name)).map_err(Error::broken)?;
        Ok(Hashed { file: BufWriter::new(file), sha: Sha256::new() })
    }

    fn finish(&mut self, name: &str, mut hashed: Hashed) -> Result<(), Error> {
        hashed.file.flush().map_err(Error::broken)?;
        let hash = Hash::from(<[u8; 32]>::from(hashed.sha.finalize()));
        self.hashes.insert(name.to_owned(), hash);
        Ok(())
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let mut file = self.create(name)?;
        file.write(bytes)?;
        self.finish(name, file)
    }
}

impl Hashed {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.sha.update(bytes);
        self.file.write_all(bytes).map_err(Error::broken)
    }
}
