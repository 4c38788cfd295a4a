//! Speed on one core: files read, marks added up, rankings and purchases of a city, and a million transferable votes.

use std::{hint::black_box, path::Path};

use ballots::{
    Choice, Contest, Ladder, Pairwise, Procedure, Profile, count,
    formats::pabulib::read,
    rules::{Kind, Territory, Winners},
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const BALLOTS: u64 = 1_000_000;
const CANDIDATES: u16 = 30;

/// A repeatable number for each voter and purpose (SplitMix64, G. L. Steele et al. 2014): spread, and the same every time.
fn mixed(voter: u64, purpose: u64) -> u64 {
    let mut state = voter.wrapping_mul(64).wrapping_add(purpose).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// Some candidates of a voter, the first ones likelier, all different.
fn some(voter: u64, most: u64) -> Vec<u16> {
    let wanted = 1 + mixed(voter, 0) % most;
    let mut marks: Vec<u16> = Vec::new();
    for purpose in 1..=2 * wanted {
        let (one, other) = (mixed(voter, purpose), mixed(voter, purpose + 30));
        let at = (one % u64::from(CANDIDATES)).min(other % u64::from(CANDIDATES)) as u16;
        if !marks.contains(&at) && marks.len() < wanted as usize {
            marks.push(at);
        }
    }
    marks
}

fn profile(kind: Kind, most: u64) -> Profile {
    let mut profile = Profile::new(kind.clone(), CANDIDATES);
    for voter in 0..BALLOTS {
        let marks = some(voter, most);
        let choice = match kind {
            Kind::Approval { .. } => Choice::Approval(marks),
            Kind::Ranked { .. } => Choice::Ranked(marks),
            Kind::Score { max } => {
                let mark = |at: u16| (at, (mixed(voter, 60 + u64::from(at)) % (u64::from(max) + 1)) as u32);
                Choice::Score(marks.into_iter().map(mark).collect())
            }
            Kind::Points { .. } => Choice::Points(marks.into_iter().map(|at| (at, 1)).collect()),
        };
        profile.add(&choice, 1).expect("the bench's ballots are sound");
    }
    profile
}

fn territories(count: u16) -> Vec<Territory> {
    let territory = |number: u16| Territory {
        id: number.to_string(),
        number: number.into(),
        title: number.to_string(),
        ..Territory::default()
    };
    (0..count).map(territory).collect()
}

fn run(profile: &Profile, territories: &[Territory], method: &str, seats: u16) -> ballots::Election {
    let winners = Winners::Top { minimum: None, seats };
    let contest = Contest { profile, territories, winners: &winners, ladder: &Ladder::default(), turnout: None };
    let method: Procedure = method.parse().expect("the bench names methods that exist");
    count(&contest, method).expect("the bench's elections can be counted")
}

fn marks(criterion: &mut Criterion) {
    let territories = territories(CANDIDATES);
    let mut group = criterion.benchmark_group("marks");
    group.sample_size(10);
    for (method, kind) in [("approval", Kind::Approval { max: 8 }), ("score", Kind::Score { max: 10 })] {
        let profile = profile(kind, 8);
        group.throughput(Throughput::Elements(profile.votes().iter().sum()));
        group.bench_function(method, |bench| bench.iter(|| run(black_box(&profile), &territories, method, 5)));
    }
    group.finish();
}

/// A city's file; without it this says so aloud.
fn city(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name).with_extension("pb");
    let text = std::fs::read_to_string(&path);
    text.inspect_err(|_| eprintln!("SKIPPED: {} is not there", path.display())).ok()
}

/// Files of cities, and beside each what the machine could do at best: one search for line ends through the same bytes.
fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pb");
    group.sample_size(20);
    for name in ["Poland_Lodz_2022", "Poland_Krakow_2024", "Poland_Katowice_2023", "Poland_Wroclaw_2015_150_-_500"] {
        let Some(text) = city(name) else { continue };
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("{name}/read"), |bench| bench.iter(|| read(black_box(&text))));
        group.bench_function(format!("{name}/line ends"), |bench| {
            bench.iter(|| memchr::memchr_iter(b'\n', black_box(text.as_bytes())).count());
        });
    }
    group.finish();
}

/// 160 projects, 90,494 voters: equal shares, the money left spent by raises of 1 for each voter.
fn lodz(criterion: &mut Criterion) {
    let Some(text) = city("Poland_Lodz_2022") else { return };
    let instance = read(&text).expect("the file was read before");
    let rules = instance.rules();
    let poll = instance.poll(&rules).expect("the file's ballots are sound");
    let ladder = Ladder::default();
    let contest = Contest {
        profile: &poll.profile,
        territories: &poll.territories,
        winners: &rules.winners,
        ladder: &ladder,
        turnout: None,
    };
    let mut group = criterion.benchmark_group("lodz");
    group.sample_size(10);
    for method in ["equal-shares-add1", "greedy", "phragmen"] {
        let method: Procedure = method.parse().expect("the bench names methods that exist");
        group.bench_function(method.to_string(), |bench| bench.iter(|| count(black_box(&contest), method)));
    }
    group.finish();
}

/// 65,101 real rankings.
fn krakow(criterion: &mut Criterion) {
    let Some(text) = city("Poland_Krakow_2024") else { return };
    let instance = read(&text).expect("the file was read before");
    let count = instance.projects.len() as u16;
    let mut profile = Profile::new(Kind::Ranked { max: count }, count);
    for vote in instance.votes.iter() {
        let ranking = vote.marks().into_iter().map(|(at, _)| at).collect();
        profile.add(&Choice::Ranked(ranking), 1).expect("the file's ballots are sound");
    }
    let territories = territories(count);
    let mut group = criterion.benchmark_group("krakow");
    group.sample_size(10);
    group.bench_function("pairwise", |bench| bench.iter(|| Pairwise::new(black_box(&profile))));
    for method in ["borda", "instant-runoff"] {
        group.bench_function(method, |bench| bench.iter(|| run(black_box(&profile), &territories, method, 1)));
    }
    group.finish();
}

fn transferable(criterion: &mut Criterion) {
    let (profile, territories) = (profile(Kind::Ranked { max: CANDIDATES }, 10), territories(CANDIDATES));
    let mut group = criterion.benchmark_group("million");
    group.sample_size(10);
    for method in ["stv-scottish", "stv-meek"] {
        group.bench_function(method, |bench| bench.iter(|| run(black_box(&profile), &territories, method, 5)));
    }
    group.finish();
}

criterion_group!(benches, reading, marks, krakow, lodz, transferable);
criterion_main!(benches);
