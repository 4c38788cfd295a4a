//! Work without a server: signatures and counting.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use ballots::{
    Ballot, Choice, Rules, Tally,
    envelope::{Draft, EnvelopeCheck, IssuerPublicKey, credential},
};
use ed25519_dalek::SigningKey;

use super::{super::CliFault, Figure};
use crate::{cli::town, client::blind::IssuerPublic, crypto::issuer::IssuerKey};

/// How long each kind of work is repeated.
const TIME: Duration = Duration::from_secs(2);
/// Ballots that are counted again and again.
const BALLOTS: u16 = 4_096;

pub(super) fn measure() -> Result<Vec<Figure>, CliFault> {
    let issuer = IssuerKey::generate(2048).map_err(CliFault::other)?;
    let mut figures = Vec::new();
    for cores in BTreeSet::from([1, every_core()]) {
        let on = match cores {
            1 => "one core".to_owned(),
            more => format!("{more} cores at once"),
        };
        figures.extend([
            Figure::new(
                format!("RSA-2048 blind signatures alone, {on}"),
                signing(&issuer, cores)?,
                "/s",
                None,
                "each checked before it would be given out".into(),
            ),
            Figure::new(
                format!("ballot checks alone, {on}"),
                checking(&issuer, cores)?,
                "/s",
                None,
                "RSA-PSS and Ed25519".into(),
            ),
        ]);
    }
    figures.push(counting());
    Ok(figures)
}

/// How many cores this machine has for us.
pub(super) fn every_core() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The rate of one call after the other on so many cores at once: two that share a core's units are no two cores.
fn rate_on(cores: usize, work: impl Fn() + Sync) -> f64 {
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..cores).map(|_| scope.spawn(|| rate(1, &work))).collect();
        running.into_iter().map(|thread| thread.join().expect("what is measured does not panic")).sum()
    })
}

/// Calls the work until the time is over, and returns the rate of `each` items a call.
pub(super) fn rate(each: u32, mut work: impl FnMut()) -> f64 {
    let (started, mut calls) = (Instant::now(), 0u32);
    while started.elapsed() < TIME {
        work();
        calls += 1;
    }
    f64::from(calls) * f64::from(each) / started.elapsed().as_secs_f64()
}

/// Blind signatures a second.
pub(super) fn signing(issuer: &IssuerKey, cores: usize) -> Result<f64, CliFault> {
    let public = IssuerPublic::from_der(&issuer.public_der()).map_err(CliFault::other)?;
    let (blinded, _) = public.blind(&mut rand::rng(), b"bench").map_err(CliFault::other)?;
    Ok(rate_on(cores, || {
        std::hint::black_box(issuer.blind_sign(&blinded)).ok();
    }))
}

/// Checks of a ballot a second: the issuer's signature and the ballot's.
pub(super) fn checking(issuer: &IssuerKey, cores: usize) -> Result<f64, CliFault> {
    let (fingerprint, choice_len) = ([7; 32], 9);
    let public = IssuerPublic::from_der(&issuer.public_der()).map_err(CliFault::other)?;
    let key = SigningKey::from_bytes(&[9; 32]);
    let message = credential::message(&fingerprint, key.verifying_key().as_bytes());
    let (blinded, unblinder) = public.blind(&mut rand::rng(), &message).map_err(CliFault::other)?;
    let blind_signature = issuer.blind_sign(&blinded).map_err(CliFault::other)?;
    let issuer_signature = public.finalize(unblinder, &blind_signature, &message).map_err(CliFault::other)?;
    let sealed = vec![0; 65 + 16 + choice_len];
    let ballot = Draft { fingerprint: &fingerprint, issuer_signature: &issuer_signature, version: 1, sealed: &sealed }
        .sign(&key);
    let parsed = IssuerPublicKey::from_der(&issuer.public_der()).map_err(CliFault::other)?;
    let check = EnvelopeCheck::new(fingerprint, parsed, choice_len);
    check.check(&ballot).map_err(CliFault::other)?;
    Ok(rate_on(cores, || {
        std::hint::black_box(check.check(&ballot)).ok();
    }))
}

fn counting() -> Figure {
    let rules: Rules = town::rules(town::Way::Approval);
    let ballot = |at: u16| Ballot::new(&rules, Choice::Approval(vec![at % 8, (at + 1) % 8, (at + 3) % 8])).ok();
    let ballots: Vec<_> = (0..BALLOTS).filter_map(ballot).collect();
    let mut tally = Tally::new(&rules);
    let value = rate(u32::from(BALLOTS), || ballots.iter().for_each(|ballot| tally.add(ballot)));
    std::hint::black_box(&tally);
    Figure::new("additive counting", value, "ballots/s", Some("≥ 5000000"), "one core, approvals of three marks".into())
}
