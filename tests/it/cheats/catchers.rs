//! Everybody who looks at a server that may cheat: each is the program that they would run, over HTTP where it asks a server.

use audit::{
    log::{chain::Chain, checkpoint::Checkpoint, hash::Hash, line::Line, short::HeadCode},
    round::Event,
    verify::{
        CheckName, Report,
        bundle::{CHECKPOINT, LOG},
        verify,
    },
};
use veche::client::{
    ClientFault,
    register::{self, NamedRegister},
    resident::PollingPlace,
    staff::recount,
};

use super::{
    browser::Browser,
    forgery::with_manifest,
    monitor::Monitor,
    play::{Catcher, Caught, Play, When},
    residents::{Newcomer, Residents},
    server::CheatingServer,
    truth::{PEOPLE, STAYS_AT_HOME, Truth},
    view::{Cosigned, View, with_cosignatures},
    witness::Witness,
};
use crate::{
    bundle::Files,
    town::{SLUG, person},
};

/// Plays the cheat before all of them.
pub async fn watch(truth: &'static Truth, play: &Play, mut browser: Option<&mut Browser>) -> Caught {
    let mut caught = Caught::new();
    let mut note = |who, when, finding: Result<(), String>| {
        if let Err(why) = finding {
            caught.entry(who).or_insert((when, why));
        }
    };
    let log_key = &truth.operator.rules.log_key;
    let start = &play.scenes[0];
    let server = CheatingServer::start(truth, start.residents.clone()).await;
    let private = CheatingServer::start(truth, start.residents.clone()).await;
    let private_to_browser = CheatingServer::start(truth, start.residents.clone()).await;
    if let Some(browser) = &mut browser {
        browser.begins(truth);
    }
    let other = CheatingServer::start(truth, start.monitor.clone()).await;
    let (mut residents, mut newcomer) = (Residents::new(truth), Newcomer::default());
    let (mut witness, mut monitor) = (Witness::new(log_key), Monitor::new(&other.api, log_key));
    let mut cosigned = Cosigned::new();
    for (visit, scene) in play.scenes.iter().enumerate() {
        match witness.ask(&scene.witness, scene.now) {
            Ok(cosignature) => cosigned.push((scene.witness.checkpoint.clone(), cosignature)),
            Err(why) => note(Catcher::Witness, scene.when, Err(why)),
        }
        if play.witness_is_false {
            cosigned.push((scene.residents.checkpoint.clone(), witness.cosigns(&scene.residents, scene.now)));
        }
        server.show(scene.residents.clone().cosigned(&cosigned));
        note(Catcher::Receipt, scene.when, said(residents.look(&server.api, visit, scene.now).await));
        if let Some(browser) = &mut browser {
            note(Catcher::Browser, scene.when, browser.looks(server.api.base(), visit, scene.now));
        }
        other.show(scene.monitor.clone().cosigned(&cosigned));
        note(Catcher::Monitor, scene.when, monitor.look(scene.now).await);
        if let Some(face) = scene.newcomer {
            private.show(face(truth, &private.taken()).cosigned(&cosigned));
            note(Catcher::Receipt, scene.when, said(newcomer.look(truth, &private.api, scene.now).await));
            if let Some(browser) = &mut browser {
                private_to_browser.show(face(truth, &private_to_browser.taken()).cosigned(&cosigned));
                note(Catcher::Browser, scene.when, browser.comes(private_to_browser.api.base(), scene.now));
            }
            let place = PollingPlace::enter(&private.api, SLUG).await.unwrap();
            note(Catcher::Paper, scene.when, said(place.must_be(&truth.operator.fingerprint)));
        }
        for head in residents.heads().chain(&newcomer.kept) {
            note(Catcher::Paper, When::Afterwards, monitor.compare(head));
        }
    }
    if let Some(last) =
        last(truth, &play.bundle).filter(|last| cosigned.iter().all(|(head, _)| *head != last.checkpoint))
    {
        match witness.ask(&last, play.scenes[2].now) {
            Ok(cosignature) => cosigned.push((last.checkpoint, cosignature)),
            Err(why) => note(Catcher::Witness, When::Afterwards, Err(why)),
        }
    }
    let bundle = published(&play.bundle, &cosigned);
    for head in residents.heads().chain(&newcomer.kept) {
        note(Catcher::Paper, When::Afterwards, compare(head, &bundle));
    }
    let unsigned = unsigned(truth, play.to_sign.as_ref().unwrap_or(&bundle));
    let counted = recount(&unsigned).map(drop).map_err(|report| first_failure(&report));
    note(Catcher::Signing, When::Afterwards, counted);
    note(Catcher::Audit, When::Afterwards, audit(&bundle, log_key));
    note(Catcher::Commission, When::Afterwards, commission(truth, &bundle));
    note(Catcher::People, When::Afterwards, people(truth, &bundle));
    caught
}

/// The bundle's log, if its head is of just these lines.
fn last(truth: &'static Truth, bundle: &Files) -> Option<View> {
    let lines = bundle[LOG].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec);
    let view = View::new(truth, lines.collect());
    (view.checkpoint.as_bytes() == bundle[CHECKPOINT]).then_some(view)
}

/// The bundle, whose head carries the cosignatures that were given to just this head.
fn published(bundle: &Files, cosigned: &Cosigned) -> Files {
    let mut bundle = bundle.clone();
    let head = String::from_utf8(bundle[CHECKPOINT].clone()).unwrap();
    bundle.insert(CHECKPOINT.into(), with_cosignatures(&head, cosigned).into_bytes());
    with_manifest(bundle)
}

/// The bundle before anybody signed: what a member's program fetches.
fn unsigned(truth: &'static Truth, bundle: &Files) -> Files {
    let is_signed = |line: &[u8]| line.starts_with(br#"{"event":{"signed":"#);
    let lines: Vec<Vec<u8>> = bundle[LOG].split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let lines: Vec<_> = lines.into_iter().filter(|line| !is_signed(line)).collect();
    let bare: Vec<_> = lines.iter().filter_map(|line| line.strip_suffix(b"\n").map(<[u8]>::to_vec)).collect();
    let mut bundle = bundle.clone();
    bundle.insert(LOG.into(), lines.concat());
    bundle.insert(CHECKPOINT.into(), View::new(truth, bare).checkpoint.into_bytes());
    with_manifest(bundle)
}

/// The audit, with the log's key as it was known before the voting.
fn audit(bundle: &Files, log_key: &str) -> Result<(), String> {
    let report = verify(bundle, Some(log_key), &|_| {});
    if report.passed() { Ok(()) } else { Err(first_failure(&report)) }
}

fn first_failure(report: &Report) -> String {
    let later = |name| matches!(name, CheckName::Certificate | CheckName::Witnesses);
    let first = report.failures().find(|(check, _)| !later(check.name));
    let first = first.or_else(|| report.failures().next());
    first.map_or("a check was not reached".to_owned(), |(check, failure)| format!("{}: {failure}", check.name.title()))
}

fn said(found: Result<(), ClientFault>) -> Result<(), String> {
    found.map_err(|fault| fault.to_string())
}

/// A head that somebody kept, on paper, against the bundle's lines.
fn compare(kept: &Checkpoint, bundle: &Files) -> Result<(), String> {
    let Some(root) = root_at(bundle, kept.size) else { return Ok(()) };
    let (ours, theirs) = (HeadCode::of(&Checkpoint::new(&kept.origin, kept.size, root)), HeadCode::of(kept));
    if ours == theirs { Ok(()) } else { Err(format!("on paper: {theirs}, in the bundle: {ours}")) }
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

/// The commission's program, with the roll key and the town's list.
fn commission(truth: &Truth, bundle: &Files) -> Result<(), String> {
    let named = named(truth, bundle);
    if named.holds() { Ok(()) } else { Err(format!("{named:?}")) }
}

/// Those who never asked for a credential must not stand in the register.
fn people(truth: &Truth, bundle: &Files) -> Result<(), String> {
    let issued = named(truth, bundle).issued;
    let at_home = (STAYS_AT_HOME..PEOPLE).map(|number| person(number).number);
    match at_home.into_iter().find(|number| issued.contains(number)) {
        Some(number) => Err(format!("{number} never asked for the credential in their name")),
        None => Ok(()),
    }
}

fn named(truth: &Truth, bundle: &Files) -> NamedRegister {
    let list: Vec<_> = (0..PEOPLE).map(|number| person(number).number).collect();
    register::name(bundle, &truth.roll_key, &list).unwrap()
}
