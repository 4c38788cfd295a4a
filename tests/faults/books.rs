//! What must hold after every fault: the service's log and count against the clients' own books.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    io::Read as _,
};

use audit::{
    round::Event,
    verify::bundle::{LOG, REGISTER},
};
use veche::{client::Api, http::ResultResponse};

use super::{
    crowd::{Counts, Tries},
    poll::{CHOICES, Poll},
    size,
    town::SLUG,
};

/// Files of a bundle by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Closes and certifies the round, and holds everything against the books:
///
/// - the published bundle verifies, as any auditor would find;
/// - every acceptance that was answered is in the log, with its bytes;
/// - no ballot stands there twice, and no credential has two ballots of one version;
/// - nobody who came during the fault can have a second credential, and the register is those who have one;
/// - the count is what follows from the last accepted ballot of each resident, added up here.
///
/// `what` names the fault; the counts are printed.
pub async fn hold(mut poll: Poll, api: &Api, what: &str, counts: &Counts) {
    for voter in &mut poll.voters {
        voter.is_answered(api, &poll.place).await;
    }
    newcomers_hold(&poll, api, what).await;
    result_holds(poll, api, what, counts).await;
}

/// What is held against the newcomers while the round is open.
pub async fn newcomers_hold(poll: &Poll, api: &Api, what: &str) {
    for arrival in poll.voters.iter().filter_map(|voter| voter.arrival.as_ref()) {
        arrival.holds(api, &poll.place, what).await;
    }
}

/// All the rest, of a round that may be closed already; no ballot is without an answer.
pub async fn result_holds(poll: Poll, api: &Api, what: &str, counts: &Counts) {
    assert!(poll.voters.iter().all(|voter| voter.unanswered.is_none()), "{what}: a ballot got no answer");
    let result = poll.certifies(api).await;
    let files = bundle(api).await;
    let report = audit::verify::verify(&files, None, &|_| {});
    assert!(report.passed(), "{what}: {report}");

    let ballots = ballots(&files);
    let logged: HashSet<&[u8]> = ballots.iter().map(Vec::as_slice).collect();
    assert_eq!(logged.len(), ballots.len(), "{what}: a ballot stands in the log twice");
    // Credential and version have fixed places in a ballot (docs/protocol.md), with an issuer's key of 2048 bits.
    let credentials: HashSet<&[u8]> = ballots.iter().map(|ballot| &ballot[33..65]).collect();
    let versions: HashSet<_> = ballots.iter().map(|ballot| (&ballot[33..65], &ballot[321..325])).collect();
    assert_eq!(versions.len(), ballots.len(), "{what}: a credential has two ballots of one version");
    assert_eq!(result.outcome.ballots + result.replaced, ballots.len() as u64, "{what}: counted and replaced");
    let mut answered = 0;
    for (cast, _) in poll.voters.iter().flat_map(|voter| &voter.accepted) {
        answered += 1;
        assert!(logged.contains(cast.ballot.as_slice()), "{what}: an accepted ballot is not in the log");
    }
    let voted = poll.voters.iter().filter(|voter| !voter.accepted.is_empty()).count();
    assert_eq!(credentials.len(), voted, "{what}: credentials in the log and residents who cast");
    counts_as_booked(&poll, &result, what);
    size::say(format_args!(
        "{what}: {answered} acceptances by {voted} residents, all of {} ballots in the log once; {} refusals with Retry-After, \
         {} answers that never came, longest wait {} ms; the log verifies, and the count is the books'",
        ballots.len(),
        get(&counts.casting.refusals),
        get(&counts.casting.retries),
        get(&counts.longest_wait),
    ));
    registered_as_booked(&poll, &files, what, &counts.arriving);
}

/// The register of the bundle against those who have a credential: the lines, the log's last word, and each newcomer by pseudonym.
fn registered_as_booked(poll: &Poll, files: &Files, what: &str, arriving: &Tries) {
    let lines = std::str::from_utf8(&files[REGISTER]).unwrap().lines();
    let register: HashSet<&str> = lines.clone().filter_map(|line| line.split(' ').nth(1)).collect();
    let told = events(files).filter_map(|event| match event {
        Event::Register(step) => Some(step.count),
        _ => None,
    });
    let (have, told) = (poll.voters.len(), told.last());
    assert_eq!((lines.count(), register.len(), told), (have, have, Some(have as u64)), "{what}: credentials issued");
    let came: Vec<_> = poll.voters.iter().filter_map(|voter| voter.arrival.as_ref()).collect();
    for arrival in &came {
        assert!(register.contains(arrival.pseudonym.to_string().as_str()), "{what}: a newcomer is not in the register");
    }
    if !came.is_empty() {
        size::say(format_args!(
            "{what}: {} newcomers have one credential each; {} of their requests were refused with Retry-After, {} got no answer",
            came.len(),
            get(&arriving.refusals),
            get(&arriving.retries),
        ));
    }
}

fn get(counter: &std::sync::atomic::AtomicU64) -> u64 {
    counter.load(std::sync::atomic::Ordering::Relaxed)
}

/// The last accepted ballot of each resident, added up.
fn counts_as_booked(poll: &Poll, result: &ResultResponse, what: &str) {
    let mut marks: BTreeMap<&str, u64> = BTreeMap::new();
    let mut ballots = 0;
    for voter in &poll.voters {
        let Some((_, choice)) = voter.accepted.last() else { continue };
        ballots += 1;
        for id in CHOICES[*choice] {
            *marks.entry(id).or_default() += 1;
        }
    }
    assert_eq!(result.outcome.ballots, ballots, "{what}: ballots counted");
    let counted: BTreeSet<&str> = result.outcome.standings.iter().map(|standing| standing.id.as_str()).collect();
    let territories = poll.place.rules.voting.territories.iter().map(|territory| territory.id.as_str());
    assert_eq!(counted, territories.collect(), "{what}: territories counted");
    for standing in &result.outcome.standings {
        let booked = marks.get(standing.id.as_str()).copied().unwrap_or_default();
        assert_eq!(standing.votes, booked, "{what}: approvals of {}", standing.id);
    }
}

/// What the log tells, in its order.
fn events(files: &Files) -> impl Iterator<Item = Event> {
    let lines = files[LOG].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| audit::log::line::Line::<Event>::parse(line).unwrap().event)
}

/// The ballots of the log, in its order.
pub fn ballots(files: &Files) -> Vec<Vec<u8>> {
    events(files)
        .filter_map(|event| match event {
            Event::Ballot(ballot) => Some(ballot.envelope.0),
            _ => None,
        })
        .collect()
}

/// Downloads and unpacks the bundle.
pub async fn bundle(api: &Api) -> Files {
    let archive = api.bytes(&format!("/api/v1/rounds/{SLUG}/export/bundle")).await.unwrap();
    unpack(&archive).unwrap()
}

/// The files of an archive; none when it ends too early.
pub fn unpack(archive: &[u8]) -> Option<Files> {
    let mut tar = tar::Archive::new(zstd::Decoder::new(archive).ok()?);
    let file = |entry: std::io::Result<tar::Entry<'_, _>>| {
        let mut entry = entry.ok()?;
        let name = entry.path().ok()?.file_name()?.to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).ok()?;
        Some((name, bytes))
    };
    tar.entries().ok()?.map(file).collect()
}
