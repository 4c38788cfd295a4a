//! Speed of reading and counting, on one core.

use std::hint::black_box;

use ballots::{
    Ballot, Choice, Procedure, Rules, Tally, codec,
    formats::pabulib::{Instance, read, write},
    methods::{positional::Scale, score::Measure},
    rules::{Kind, Territory, TieRule, Winners},
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const TERRITORIES: u16 = 30;
const BALLOTS: u64 = 100_000;

fn rules(kind: Kind, method: Procedure) -> Rules {
    let territory = |number: u16| Territory {
        id: format!("t{number}"),
        number: number.into(),
        title: format!("Territory {number}"),
        ..Territory::default()
    };
    Rules {
        kind,
        limits: Vec::new(),
        method,
        territories: (1..=TERRITORIES).map(territory).collect(),
        ties: vec![TieRule::Registration],
        turnout: None,
        winners: Winners::Top { minimum: None, seats: 5 },
    }
}

/// Three territories for each voter, spread over all of them.
fn marks(voter: u64) -> [u16; 3] {
    let first = voter * 7919 % 30;
    [first, (first + 1 + voter % 9) % 30, (first + 11 + voter % 13) % 30].map(|at| at as u16)
}

fn ballots(rules: &Rules) -> Vec<Ballot> {
    let choice = |voter: u64| match rules.kind {
        Kind::Approval { .. } => Choice::Approval(marks(voter).to_vec()),
        Kind::Ranked { .. } => Choice::Ranked(marks(voter).to_vec()),
        Kind::Score { max } => Choice::Score(marks(voter).map(|at| (at, (voter % u64::from(max)) as u32)).to_vec()),
        Kind::Points { .. } => Choice::Points(marks(voter).map(|at| (at, 3)).to_vec()),
    };
    (0..BALLOTS).filter_map(|voter| Ballot::new(rules, choice(voter)).ok()).collect()
}

fn counting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("count");
    for (name, kind, method) in [
        ("approval", Kind::Approval { max: 3 }, Procedure::Approval),
        ("score", Kind::Score { max: 10 }, Procedure::Score(Measure::Sum)),
        ("borda", Kind::Ranked { max: 3 }, Procedure::Borda(Scale::OwnLength)),
        ("run-off", Kind::Ranked { max: 3 }, Procedure::InstantRunoff { batches: false }),
        ("points", Kind::Points { each: None, total: 10 }, Procedure::Points),
    ] {
        let rules = rules(kind, method);
        let ballots = ballots(&rules);
        group.throughput(Throughput::Elements(ballots.len() as u64));
        group.bench_function(name, |bench| {
            bench.iter(|| {
                let mut tally = Tally::new(&rules);
                ballots.iter().for_each(|ballot| tally.add(black_box(ballot)));
                black_box(tally.finish(&rules, None).ok())
            });
        });
    }
    group.finish();
}

fn reading(criterion: &mut Criterion) {
    let rules = rules(Kind::Approval { max: 3 }, Procedure::Approval);
    let ballots = ballots(&rules);
    let encoded: Vec<_> = ballots.iter().map(|ballot| codec::encode(&rules, ballot)).collect();
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(encoded.len() as u64));
    group.bench_function("choices", |bench| {
        bench.iter(|| encoded.iter().filter(|bytes| codec::decode(&rules, black_box(bytes)).is_ok()).count());
    });
    let text = write(&Instance::from_round(&rules, ballots, Vec::new()));
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("pb", |bench| bench.iter(|| black_box(read(black_box(&text)))));
    group.finish();
}

criterion_group!(benches, counting, reading);
criterion_main!(benches);
