//! Everybody who looks at a server that may cheat: each is the program that they would run, over HTTP where it asks a server.

use std::collections::BTreeSet;

use audit::{
    log::{chain::Chain, checkpoint::Checkpoint, hash::Hash, line::Line},
    round::Event,
    verify::{bundle::LOG, verify},
};
use veche::client::ClientFault;

use super::{
    play::{Catcher, Caught, Play, When},
    residents::{Newcomer, Residents},
    server::CheatingServer,
    truth::{self, PEOPLE, STAYS_AT_HOME, Truth},
};
use crate::bundle::Files;

/// Plays the cheat before all of them.
pub async fn watch(truth: &'static Truth, play: &Play) -> Caught {
    let mut caught = Caught::new();
    let mut note = |who, when, finding: Result<(), String>| {
        if let Err(why) = finding {
            caught.entry(who).or_insert((when, why));
        }
    };
    let (mut residents, mut newcomer) = (Residents::new(truth), Newcomer::default());
    let server = CheatingServer::start(truth, play.scenes[0].residents.clone()).await;
    let private = CheatingServer::start(truth, play.scenes[0].residents.clone()).await;
    for (visit, scene) in play.scenes.iter().enumerate() {
        server.show(scene.residents.clone());
        note(Catcher::Receipt, scene.when, said(residents.look(&server.api, visit, scene.now).await));
        if let Some(face) = scene.newcomer {
            private.show(face(truth, &private.taken()));
            note(Catcher::Receipt, scene.when, said(newcomer.look(truth, &private.api, scene.now).await));
        }
    }
    let heads: Vec<_> = residents.heads().chain(&newcomer.kept).cloned().collect();
    note(Catcher::Heads, When::Afterwards, compare(&heads, &play.bundle));
    let report = verify(&play.bundle, Some(&truth.operator.rules.log_key), &|_| {});
    let failed = report.failures().next().map(|(check, failure)| format!("{}: {failure}", check.name.title()));
    let failed = failed.or_else(|| (!report.passed()).then(|| "a check was not reached".to_owned()));
    note(Catcher::Audit, When::Afterwards, failed.map_or(Ok(()), Err));
    note(Catcher::Commission, When::Afterwards, commission(truth, &play.bundle));
    note(Catcher::People, When::Afterwards, people(truth, &play.bundle));
    caught
}

fn said(found: Result<(), ClientFault>) -> Result<(), String> {
    found.map_err(|fault| fault.to_string())
}

/// Heads that people kept, against each other and against the bundle's lines.
fn compare(heads: &[Checkpoint], bundle: &Files) -> Result<(), String> {
    for one in heads {
        if let Some(other) = heads.iter().find(|other| other.size == one.size && other.root != one.root) {
            return Err(format!("two heads of {} lines: {} and {}", one.size, one.root, other.root));
        }
        if let Some(root) = root_at(bundle, one.size).filter(|root| *root != one.root) {
            return Err(format!("the bundle's first {} lines have {root}, a kept head has {}", one.size, one.root));
        }
    }
    Ok(())
}

/// Root of the tree of a bundle's first lines, if it has as many.
fn root_at(bundle: &Files, size: u64) -> Option<Hash> {
    let mut chain = Chain::new();
    for line in bundle[LOG].split(|byte| *byte == b'\n') {
        if chain.size() == size {
            return Some(chain.root());
        }
        let parsed = Line::<Event>::parse(line).ok()?;
        chain.follow(parsed.index, &parsed.previous, line).ok()?;
    }
    None
}

/// Every pseudonym of the register must be somebody's of the town's list, and the roll no longer than the list.
fn commission(truth: &Truth, bundle: &Files) -> Result<(), String> {
    let list: BTreeSet<_> = (0..PEOPLE).map(|number| truth.pseudonym(number)).collect();
    if let Some(stranger) = truth::register(bundle).concat().iter().find(|one| !list.contains(*one)) {
        return Err(format!("{} is nobody of the town's list", Hash::from(*stranger)));
    }
    let roll = truth::events(bundle).iter().fold(0, |roll, event| match event {
        Event::RollExtended(event) => event.total,
        _ => roll,
    });
    if roll > PEOPLE as u64 { Err(format!("{roll} people on the roll, {PEOPLE} on the list")) } else { Ok(()) }
}

/// Those who never asked for a credential must not stand in the register.
fn people(truth: &Truth, bundle: &Files) -> Result<(), String> {
    let register = truth::register(bundle).concat();
    let named = (STAYS_AT_HOME..PEOPLE).find(|number| register.contains(&truth.pseudonym(*number)));
    named.map_or(Ok(()), |number| {
        Err(format!("person {number} of the list never asked for the credential in their name"))
    })
}
