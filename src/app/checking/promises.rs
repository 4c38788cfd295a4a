//! The promises of a round beside its ballots: each ballot, in the log or in the urn, was promised once, and nothing else was.

use audit::{log::line::Line, round::Event};
use ballots::envelope::Envelope;
use sha2::{Digest, Sha256};

use super::{
    super::{App, published::Published},
    BLOCK, Findings, block,
};
use crate::{
    clock::hour,
    error::Error,
    store::{Tx, ballot_box, log, promises},
};

/// Lines that are read in one transaction.
const LINES: u64 = 65_536;

/// Ballots or promises added up in any order: enough to tell what a disk changed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    many: u64,
    of: [u64; 4],
    /// Promised times that are no full hours.
    uneven: u64,
}

impl Sum {
    fn add(&mut self, credential: &[u8; 32], version: u32, hash: &[u8; 32]) {
        let digest = Sha256::new().chain_update(credential).chain_update(version.to_be_bytes()).chain_update(hash);
        for (sum, part) in self.of.iter_mut().zip(digest.finalize().as_chunks::<8>().0) {
            *sum = sum.wrapping_add(u64::from_be_bytes(*part));
        }
        self.many += 1;
    }

    fn add_ballot(&mut self, ballot: &Envelope) {
        self.add(&ballot.credential, ballot.version, &ballot.hash);
    }
}

/// Adds up the ballots and the promises. Full segments and lines of the log never change, so they are read bit by bit; what is left, of
/// one moment.
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] with what cannot be understood.
pub(super) async fn compare(app: &App, slug: &str, published: &Published, found: &mut Findings) -> Result<(), Error> {
    let (round_id, log_id) = (published.id, published.log_id);
    let (mut promised, mut cast) = (Sum::default(), Sum::default());
    let open = ballot_box::segment(&mut app.db.ask().await?, round_id).await?;
    for segment in 0..open {
        add_segment(&mut app.db.read().await?, round_id, segment, &mut promised).await?;
    }
    let (size, _) = log::checkpoint(&mut app.db.ask().await?, log_id).await?;
    let mut read = 0;
    while read < size {
        let end = size.min(read + LINES);
        add_lines(&mut app.db.read().await?, published, (read, end), &mut cast).await?;
        read = end;
    }
    let mut tx = app.db.read().await?;
    let last = promises::last(&mut tx, round_id).await?.map_or(open, |(last, _)| last);
    for segment in open..=last {
        add_segment(&mut tx, round_id, segment, &mut promised).await?;
    }
    let (end, _) = log::checkpoint(&mut tx, log_id).await?;
    add_lines(&mut tx, published, (size, end), &mut cast).await?;
    add_urn(&mut tx, published, &mut cast).await?;
    if (promised.many, promised.of) != (cast.many, cast.of) {
        let (promised, cast) = (promised.many, cast.many);
        found.tell(slug, &format!("its {promised} promises are not those of its {cast} ballots in log and urn"));
    }
    if promised.uneven > 0 {
        found.tell(slug, &format!("{} of its promises are of a time that was never promised", promised.uneven));
    }
    Ok(())
}

async fn add_segment(tx: &mut Tx, round_id: i64, segment: i64, sum: &mut Sum) -> Result<(), Error> {
    let mut after = None;
    loop {
        let promises = promises::next(tx, round_id, segment, after, BLOCK).await?;
        let Some(last) = promises.last() else { return Ok(()) };
        after = Some((last.credential, last.version));
        for promise in promises {
            sum.add(&promise.credential, promise.version, &promise.hash);
            sum.uneven += u64::from(promise.in_log_by != hour(promise.in_log_by));
        }
    }
}

/// The ballots of these lines. A line that cannot be understood is told elsewhere.
async fn add_lines(
    tx: &mut Tx,
    published: &Published,
    (mut read, end): (u64, u64),
    sum: &mut Sum,
) -> Result<(), Error> {
    while read < end {
        let lines = log::lines(tx, published.log_id, read, block(read, end)).await?;
        if lines.is_empty() {
            break;
        }
        read += lines.len() as u64;
        for line in lines {
            if let Ok(Event::Ballot(ballot)) = Line::<Event>::parse(&line).map(|line| line.event)
                && let Ok(ballot) = published.envelopes.read(&ballot.envelope.0)
            {
                sum.add_ballot(&ballot);
            }
        }
    }
    Ok(())
}

async fn add_urn(tx: &mut Tx, published: &Published, sum: &mut Sum) -> Result<(), Error> {
    let mut after = None;
    loop {
        let ballots = ballot_box::look(tx, published.id, after, BLOCK).await?;
        let Some(last) = ballots.last() else { return Ok(()) };
        after = Some(last.hash);
        for ballot in &ballots {
            if let Ok(ballot) = published.envelopes.read(&ballot.envelope) {
                sum.add_ballot(&ballot);
            }
        }
    }
}
