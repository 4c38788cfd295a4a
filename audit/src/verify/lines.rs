//! The first pass over the log: form, chain, acts, and every ballot's signatures, in parallel by blocks of lines.

use std::io::{BufRead, Read as _};

use ballots::codec;
use ballots::envelope::{Envelope, EnvelopeCheck, EnvelopeFault, IssuerPublicKey};
use rayon::prelude::*;

use super::{CheckName, Failure, Progress, Report, Source, acts::Acts, bundle::LOG, bundle_files::failure};
use crate::{
    log::{
        chain::Chain,
        line::{Line, LineFault},
    },
    round::{Event, Round, RoundRules, latest::Latest},
};

/// Longest line that is read, in bytes; the longest that the service writes is the count of a large round.
const MAX_LINE: usize = 16 * 1024 * 1024;
/// Lines that are checked together.
const BLOCK: usize = 4096;

/// What the first pass found out.
pub(super) struct Read {
    pub(super) round: Round,
    pub(super) chain: Chain,
    pub(super) latest: Latest,
    pub(super) acts: Acts,
}

/// One line, parsed and, if it is a ballot, with its signatures checked.
struct Parsed {
    line: Result<Line<Event>, LineFault>,
    ballot: Option<Result<Envelope, EnvelopeFault>>,
}

/// Reads the whole log. Nothing is returned when it has no usable first line.
pub(super) fn check(source: &dyn Source, report: &mut Report, progress: &(dyn Fn(Progress) + Sync)) -> Option<Read> {
    let mut pass = Pass::default();
    let result = blocks(source, |first, block| pass.take_block(first, block, progress));
    let items = pass.lines;
    report.record(CheckName::Lines, items, result.err().or(pass.line_failure));
    report.record(CheckName::Acts, pass.folded, pass.act_failure);
    report.record(CheckName::Ballots, pass.ballots, pass.ballot_failure);
    let round = pass.round?;
    Some(Read { round, chain: pass.chain, latest: pass.latest, acts: pass.acts })
}

/// The check of ballots that belongs to these rules.
pub(crate) fn envelope_check(rules: &RoundRules) -> Option<EnvelopeCheck> {
    let issuer = IssuerPublicKey::from_der(&rules.issuer_key.0).ok()?;
    Some(EnvelopeCheck::new(*rules.fingerprint().as_bytes(), issuer, codec::len(&rules.voting)))
}

/// Hands the log over in blocks of lines, with the index of the first; stops at the first failure.
pub(super) fn blocks(
    source: &dyn Source,
    mut each: impl FnMut(u64, &[Vec<u8>]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut file = source.open(LOG).map_err(|fault| failure(LOG, None, fault))?;
    let (mut first, mut block) = (0, Vec::with_capacity(BLOCK));
    loop {
        let number = first + block.len() as u64 + 1;
        match next_line(&mut *file, number)? {
            Some(line) => block.push(line),
            None => return each(first, &block),
        }
        if block.len() == BLOCK {
            each(first, &block)?;
            first += block.len() as u64;
            block.clear();
        }
    }
}

fn next_line(file: &mut (dyn BufRead + Send), number: u64) -> Result<Option<Vec<u8>>, Failure> {
    let mut line = Vec::new();
    let read =
        file.take(MAX_LINE as u64).read_until(b'\n', &mut line).map_err(|fault| failure(LOG, Some(number), fault))?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) if read == MAX_LINE => Err(failure(LOG, Some(number), "the line is longer than 16 MiB")),
        Some(_) => Err(failure(LOG, Some(number), "the last line is cut: it does not end with \\n")),
    }
}

/// The state of the first pass. A failure in one check does not stop the others, as long as they still make sense.
#[derive(Default)]
struct Pass {
    chain: Chain,
    round: Option<Round>,
    envelopes: Option<EnvelopeCheck>,
    latest: Latest,
    acts: Acts,
    lines: u64,
    folded: u64,
    ballots: u64,
    line_failure: Option<Failure>,
    act_failure: Option<Failure>,
    ballot_failure: Option<Failure>,
}

impl Pass {
    fn take_block(
        &mut self,
        first: u64,
        block: &[Vec<u8>],
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), Failure> {
        if self.envelopes.is_none() {
            self.envelopes = block.first().and_then(|line| rules_of(line));
        }
        let envelopes = self.envelopes.as_ref();
        let parsed: Vec<Parsed> = block.par_iter().map(|line| parse(line, envelopes)).collect();
        for ((bytes, parsed), number) in block.iter().zip(parsed).zip(first + 1..) {
            let line = parsed.line.map_err(|fault| failure(LOG, Some(number), fault))?;
            self.chain.follow(line.index, &line.previous, bytes).map_err(|fault| failure(LOG, Some(number), fault))?;
            self.lines = number;
            self.fold(&line, number);
            if let Some(ballot) = parsed.ballot {
                self.take_ballot(ballot, number);
            }
        }
        progress(Progress { check: CheckName::Ballots, done: self.lines });
        Ok(())
    }

    fn fold(&mut self, line: &Line<Event>, number: u64) {
        if self.act_failure.is_some() {
            return;
        }
        let leaf = self.chain.last();
        let next = match self.round.take() {
            None if number == 1 => Round::begin(&line.event),
            None => return,
            Some(round) => round.clone().apply(&line.event, &leaf).inspect_err(|_| self.round = Some(round)),
        };
        match next {
            Ok(round) => {
                self.round = Some(round);
                self.folded = number;
                self.acts.note(&line.event, number);
            }
            Err(violation) => self.act_failure = Some(failure(LOG, Some(number), violation)),
        }
    }

    fn take_ballot(&mut self, ballot: Result<Envelope, EnvelopeFault>, number: u64) {
        let checked = ballot.map_err(|fault| format!("envelope: {fault}")).and_then(|envelope| {
            let recorded = self.latest.record(envelope.credential, envelope.version, number - 1);
            recorded.map_err(|fault| fault.to_string())
        });
        match checked {
            Ok(()) => self.ballots += 1,
            Err(reason) => {
                self.ballot_failure.get_or_insert_with(|| failure(LOG, Some(number), reason));
            }
        }
    }
}

fn rules_of(first_line: &[u8]) -> Option<EnvelopeCheck> {
    match Line::<Event>::parse(first_line).ok()?.event {
        Event::Published(published) => envelope_check(&published.rules),
        _ => None,
    }
}

fn parse(bytes: &[u8], envelopes: Option<&EnvelopeCheck>) -> Parsed {
    let line = Line::<Event>::parse(bytes);
    let ballot = match (&line, envelopes) {
        (Ok(Line { event: Event::Ballot(ballot), .. }), Some(check)) => Some(check.check(&ballot.envelope.0)),
        _ => None,
    };
    Parsed { line, ballot }
}
