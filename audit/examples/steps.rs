//! What an audit costs for each ballot, step by step, in processor time of one core: `steps DIR`, a bundle of `examples/bundle`.

use std::{collections::BTreeMap, fs, path::Path};

use audit::{
    log::{chain::Chain, line::Line},
    round::{Event, Round, RoundRules},
    verify::bundle::LOG,
};
use ballots::{
    Tally, codec,
    envelope::{ENCAPSULATED_LEN, Envelope, EnvelopeCheck, IssuerPublicKey, OpeningKey, seal},
};
use rustls::crypto::{
    aws_lc_rs::hpke::DH_KEM_P256_HKDF_SHA256_AES_128,
    hpke::{EncapsulatedSecret, Hpke, HpkePrivateKey},
};

type Fault = Box<dyn std::error::Error>;

/// Ballots that are taken through one step before the next one, so that all steps meet the same machine.
const TOGETHER: usize = 500;

/// The steps and the nanoseconds that each took.
#[derive(Default)]
struct Steps(BTreeMap<&'static str, u64>);

impl Steps {
    /// Does one step of many ballots.
    fn of<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        let before = spent()?;
        let done = std::hint::black_box(work()?);
        *self.0.entry(name).or_default() += spent()? - before;
        Ok(done)
    }
}

/// Nanoseconds of processor time of this thread: the first number that Linux keeps there.
fn spent() -> Result<u64, Fault> {
    let numbers = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(numbers.split(' ').next().unwrap_or_default().parse()?)
}

/// What a round's ballots are checked with.
struct Booth {
    rules: RoundRules,
    fingerprint: [u8; 32],
    issuer: IssuerPublicKey,
    envelopes: EnvelopeCheck,
    key: OpeningKey,
    secret: HpkePrivateKey,
}

impl Booth {
    /// From the first line and the one that reveals the key.
    fn of(lines: &[&[u8]]) -> Result<Self, Fault> {
        let Event::Published(published) = Line::<Event>::parse(lines[0])?.event else { return Err("no rules".into()) };
        let rules = published.rules;
        let revealed = lines.iter().rev().find_map(|line| match Line::<Event>::parse(line).ok()?.event {
            Event::KeyRevealed(revealed) => Some(revealed.key.0),
            _ => None,
        });
        let secret = revealed.ok_or("no key")?;
        let (issuer, fingerprint) = (IssuerPublicKey::from_der(&rules.issuer_key.0)?, *rules.fingerprint().as_bytes());
        let envelopes = EnvelopeCheck::new(fingerprint, issuer.clone(), codec::len(&rules.voting));
        let (key, secret) = (OpeningKey::from_bytes(&secret)?, HpkePrivateKey::from(secret));
        Ok(Self { rules, fingerprint, issuer, envelopes, key, secret })
    }

    /// Opens as rustls' HPKE does, for comparison.
    fn open_by_rustls(&self, envelope: &Envelope) -> Result<Vec<u8>, Fault> {
        let (point, text) = envelope.sealed.split_at(ENCAPSULATED_LEN);
        let (info, aad) = (seal::info(&self.fingerprint), seal::aad(&envelope.credential, envelope.version));
        let point = EncapsulatedSecret(point.to_vec());
        Ok(DH_KEM_P256_HKDF_SHA256_AES_128.open(&point, &info, &aad, text, &self.secret)?)
    }

    /// The part of the credential's signature and the hash is what the whole check takes more than the issuer's.
    fn check(&self, steps: &mut Steps, ballots: &[Vec<u8>]) -> Result<(), Fault> {
        let envelopes = steps.of("4 both signatures, ballot's hash", || {
            Ok(ballots.iter().map(|ballot| self.envelopes.check(ballot)).collect::<Result<Vec<_>, _>>()?)
        })?;
        steps.of("5 of it, the issuer's signature", || {
            for (ballot, envelope) in ballots.iter().zip(&envelopes) {
                let signature = &ballot[65..65 + self.issuer.signature_len()];
                self.issuer.check(&self.fingerprint, &envelope.credential, signature)?;
            }
            Ok(())
        })?;
        let opened = steps.of("6 opening", || {
            let open = |e: &Envelope| self.key.open(&self.fingerprint, &e.credential, e.version, &e.sealed);
            Ok(envelopes.iter().map(open).collect::<Result<Vec<_>, _>>()?)
        })?;
        let again = steps.of("7 opening by rustls instead", || {
            envelopes.iter().map(|envelope| self.open_by_rustls(envelope)).collect::<Result<Vec<_>, _>>()
        })?;
        if opened != again {
            return Err("the two libraries open different texts".into());
        }
        steps.of("8 reading the choice, counting", || {
            let mut tally = Tally::new(&self.rules.voting);
            for text in &opened {
                tally.add(&codec::decode(&self.rules.voting, text).map_err(|fault| fault.slug())?);
            }
            Ok(())
        })
    }
}

fn main() -> Result<(), Fault> {
    let folder = std::env::args().nth(1).ok_or("usage: steps DIR")?;
    let log = fs::read(Path::new(&folder).join(LOG))?;
    let lines: Vec<&[u8]> = log.strip_suffix(b"\n").unwrap_or(&log).split(|byte| *byte == b'\n').collect();
    let booth = Booth::of(&lines)?;
    let (mut steps, mut chain, mut round, mut count) = (Steps::default(), Chain::new(), None::<Round>, 0);
    for lines in lines.chunks(TOGETHER) {
        let parsed = steps.of("1 reading the line", || {
            Ok(lines.iter().map(|line| Line::<Event>::parse(line)).collect::<Result<Vec<_>, _>>()?)
        })?;
        let leaves = steps.of("2 chain and tree", || {
            let follow = |(line, bytes): (&Line<Event>, &&[u8])| {
                chain.follow(line.index, &line.previous, bytes)?;
                Ok(chain.last())
            };
            parsed.iter().zip(lines).map(follow).collect::<Result<Vec<_>, Fault>>()
        })?;
        steps.of("3 acts", || {
            for (line, leaf) in parsed.iter().zip(&leaves) {
                match &mut round {
                    None => round = Some(Round::begin(&line.event)?),
                    Some(round) => round.advance(&line.event, leaf)?,
                }
            }
            Ok(())
        })?;
        let ballot = |line: Line<Event>| match line.event {
            Event::Ballot(ballot) => Some(ballot.envelope.0),
            _ => None,
        };
        let ballots: Vec<Vec<u8>> = parsed.into_iter().filter_map(ballot).collect();
        count += ballots.len() as u64;
        booth.check(&mut steps, &ballots)?;
    }
    for (name, spent) in steps.0 {
        println!("{:8.2} µs  {name}", spent as f64 / 1e3 / count as f64);
    }
    Ok(())
}
