//! The pass over the log: form, chain, acts and every ballot's signatures, on every core, block by block.

use ballots::{
    codec,
    envelope::{EnvelopeCheck, EnvelopeFault, IssuerPublicKey},
};
use rayon::prelude::*;

use super::{
    CheckName, Failure, Progress, Report, Source,
    acts::Acts,
    blocks::{Block, Blocks},
    bundle::LOG,
    bundle_files::failure,
    casts::{self, Casts, Summary},
    heads::{KnownHead, Roots},
};
use crate::{
    log::{
        chain::Chain,
        hash::Hash,
        line::{Line, LineFault},
    },
    round::{Event, Round, RoundRules},
};

/// What the pass found out.
pub(super) struct Read {
    pub(super) round: Round,
    pub(super) chain: Chain,
    pub(super) acts: Acts,
    pub(super) roots: Roots,
    /// Root of the tree up to the line that closed the voting.
    pub(super) closed: Option<Hash>,
    /// Ballots whose signatures hold, one of a version twice included.
    pub(super) ballots: u64,
    pub(super) ballot_failure: Option<Failure>,
    /// Filled by the check of the casts.
    pub(super) summary: Summary,
}

/// What ballots are checked with, of the first line.
struct Booth {
    rules: RoundRules,
    envelopes: EnvelopeCheck,
}

/// One line, parsed and, if it is a ballot, with its signatures checked and its record made.
struct Parsed {
    line: Result<Line<Event>, LineFault>,
    ballot: Option<Result<Vec<u8>, EnvelopeFault>>,
}

/// Reads the whole log. Nothing is returned when it has no usable first line.
pub(super) fn check<'a>(
    source: &'a dyn Source,
    heads: &[KnownHead],
    report: &mut Report,
    progress: &(dyn Fn(Progress) + Sync),
) -> Option<(Read, Option<Casts<'a>>)> {
    let mut pass = Pass::new(source, Roots::of(heads));
    let result = Blocks::open(source).and_then(|blocks| pass.run(blocks, progress));
    let empty = (pass.lines == 0).then(|| failure(LOG, Some(1), "the log has no line"));
    report.record(CheckName::Lines, pass.lines, result.err().or(empty));
    report.record(CheckName::Acts, pass.folded, pass.act_failure);
    let round = pass.round?;
    let (ballots, ballot_failure) = (pass.ballots, pass.ballot_failure);
    let summary = Summary::default();
    let (chain, acts, roots, closed) = (pass.chain, pass.acts, pass.roots, pass.closed);
    let read = Read { round, chain, acts, roots, closed, ballots, ballot_failure, summary };
    Some((read, pass.casts))
}

/// The check of ballots that belongs to these rules.
pub(crate) fn envelope_check(rules: &RoundRules) -> Option<EnvelopeCheck> {
    let issuer = IssuerPublicKey::from_der(&rules.issuer_key.0).ok()?;
    Some(EnvelopeCheck::new(*rules.fingerprint().as_bytes(), issuer, codec::len(&rules.voting)))
}

/// The state of the pass. A failure in one check does not stop the others, as long as they still make sense.
struct Pass<'a> {
    source: &'a dyn Source,
    chain: Chain,
    round: Option<Round>,
    casts: Option<Casts<'a>>,
    acts: Acts,
    roots: Roots,
    closed: Option<Hash>,
    lines: u64,
    folded: u64,
    ballots: u64,
    act_failure: Option<Failure>,
    ballot_failure: Option<Failure>,
}

impl<'a> Pass<'a> {
    fn new(source: &'a dyn Source, roots: Roots) -> Self {
        Self {
            source,
            chain: Chain::new(),
            round: None,
            casts: None,
            acts: Acts::default(),
            roots,
            closed: None,
            lines: 0,
            folded: 0,
            ballots: 0,
            act_failure: None,
            ballot_failure: None,
        }
    }

    /// Checks each block on every core, while the one before it is chained and folded, which only one core can.
    fn run(&mut self, mut blocks: Blocks<'_>, progress: &(dyn Fn(Progress) + Sync)) -> Result<(), Failure> {
        self.roots.note(0, || self.chain.root());
        let (mut block, mut fault) = blocks.next();
        let booth = block.lines().first().and_then(|line| Booth::of(line));
        if let Some(booth) = &booth {
            self.casts = Some(Casts::new(self.source, &booth.rules));
        }
        let mut parsed = parse_all(&block, booth.as_ref());
        loop {
            if parsed.is_empty() {
                return fault.map_or(Ok(()), Err);
            }
            let ended = fault.is_some();
            let (next, folded) = rayon::join(
                || {
                    let (block, fault) = blocks.next();
                    let parsed = parse_all(&block, booth.as_ref());
                    (block, fault, parsed)
                },
                || self.take_block(&block, parsed),
            );
            folded?;
            progress(Progress { check: CheckName::Ballots, done: self.lines });
            parsed = next.2;
            block = next.0;
            if !ended {
                fault = next.1;
            }
        }
    }

    fn take_block(&mut self, block: &Block, parsed: Vec<Parsed>) -> Result<(), Failure> {
        for ((bytes, parsed), number) in block.lines().into_iter().zip(parsed).zip(block.first..) {
            let line = parsed.line.map_err(|fault| failure(LOG, Some(number), fault))?;
            self.chain.follow(line.index, &line.previous, bytes).map_err(|fault| failure(LOG, Some(number), fault))?;
            self.lines = number;
            self.roots.note(number, || self.chain.root());
            self.fold(&line, number);
            if let Some(ballot) = parsed.ballot {
                self.take_ballot(ballot, number)?;
            }
        }
        Ok(())
    }

    fn fold(&mut self, line: &Line<Event>, number: u64) {
        if self.act_failure.is_some() {
            return;
        }
        let leaf = self.chain.last();
        let next = match &mut self.round {
            None if number == 1 => Round::begin(&line.event).map(|round| self.round = Some(round)),
            None => return,
            Some(round) => round.advance(&line.event, &leaf),
        };
        match next {
            Ok(()) => {
                self.folded = number;
                if matches!(line.event, Event::VotingClosed(_)) {
                    self.closed = Some(self.chain.root());
                }
                self.acts.note(&line.event, number);
            }
            Err(violation) => self.act_failure = Some(failure(LOG, Some(number), violation)),
        }
    }

    fn take_ballot(&mut self, ballot: Result<Vec<u8>, EnvelopeFault>, number: u64) -> Result<(), Failure> {
        match (ballot, &mut self.casts) {
            (Ok(record), Some(casts)) => {
                self.ballots += 1;
                let kept = casts.push(&record);
                kept.map_err(|fault| failure(LOG, Some(number), format!("the ballot could not be noted: {fault}")))
            }
            (Err(fault), _) => {
                self.ballot_failure.get_or_insert_with(|| failure(LOG, Some(number), format!("envelope: {fault}")));
                Ok(())
            }
            (Ok(_), None) => Ok(()),
        }
    }
}

impl Booth {
    fn of(first_line: &[u8]) -> Option<Self> {
        let Event::Published(published) = Line::<Event>::parse(first_line).ok()?.event else { return None };
        let rules = published.rules;
        let envelopes = envelope_check(&rules)?;
        Some(Self { rules, envelopes })
    }

    /// The record of a ballot whose signatures hold.
    fn take(&self, ballot: &[u8], number: u64) -> Result<Vec<u8>, EnvelopeFault> {
        Ok(casts::record(&self.envelopes.check(ballot)?, number))
    }
}

fn parse_all(block: &Block, booth: Option<&Booth>) -> Vec<Parsed> {
    let lines = block.lines();
    lines.par_iter().enumerate().map(|(at, line)| parse(line, booth, block.first + at as u64)).collect()
}

fn parse(bytes: &[u8], booth: Option<&Booth>, number: u64) -> Parsed {
    let line = Line::<Event>::parse(bytes);
    let ballot = match (&line, booth) {
        (Ok(Line { event: Event::Ballot(ballot), .. }), Some(booth)) => Some(booth.take(&ballot.envelope.0, number)),
        _ => None,
    };
    Parsed { line, ballot }
}
