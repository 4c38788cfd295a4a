//! Speed of the tree: a log of a million lines grows by a thousand, and proves that a line stands in it.

use std::{collections::BTreeMap, hint::black_box};

use audit::log::{
    hash::{Hash, leaf},
    proof::{consistency, inclusion, verify_consistency, verify_inclusion},
    tile::{Growth, TileId, Tiles, needed_for_inclusion, right_edge},
    tree::Frontier,
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// Lines in the log.
const SIZE: u64 = 1_000_000;
/// Lines in a batch.
const BATCH: u64 = 1_000;
/// About as long as the line of a ballot.
const LINE: usize = 600;

/// The line with this number.
fn line(index: u64) -> Vec<u8> {
    let mut line = vec![b' '; LINE];
    line[..8].copy_from_slice(&index.to_be_bytes());
    line
}

fn leaves(from: u64, to: u64) -> Vec<Hash> {
    (from..to).map(|index| leaf(&line(index))).collect()
}

/// What an appender has before it: the tiles at the right edge.
fn edge(tiles: &BTreeMap<TileId, Vec<u8>>) -> Growth {
    let mut growth = Growth::new(SIZE);
    for id in right_edge(SIZE) {
        growth.insert(id, &tiles[&id]).expect("the tile is whole");
    }
    growth
}

fn tree(bench: &mut Criterion) {
    let old = leaves(0, SIZE);
    let tiles: BTreeMap<_, _> = Growth::new(0).append(&old).into_iter().collect();
    let lines: Vec<_> = (SIZE..SIZE + BATCH).map(line).collect();
    bench.bench_function("append 1,000 lines to 1,000,000", |bencher| {
        let append = |mut growth: Growth| {
            let leaves: Vec<_> = lines.iter().map(|line| leaf(line)).collect();
            growth.append(&leaves)
        };
        bencher.iter_batched(|| edge(&tiles), append, BatchSize::SmallInput);
    });

    let growth = edge(&tiles);
    let root = growth.root();
    bench.bench_function("root of 1,000,000 from the right edge", |bencher| bencher.iter(|| growth.root()));
    bench.bench_function("root of 1,000,000 from the leaf hashes", |bencher| {
        bencher.iter(|| {
            let mut frontier = Frontier::new();
            old.iter().for_each(|leaf| frontier.push(*leaf));
            frontier.root()
        });
    });

    let index = 654_321;
    bench.bench_function("inclusion proof in 1,000,000, tiles read too", |bencher| {
        bencher.iter(|| {
            let mut view = Tiles::default();
            for id in needed_for_inclusion(black_box(index), SIZE) {
                view.insert(id, &tiles[&id]).expect("the tile is whole");
            }
            inclusion(&view, index, SIZE)
        });
    });
    let mut view = Tiles::default();
    for (id, bytes) in &tiles {
        view.insert(*id, bytes).expect("the tile is whole");
    }
    let proof = inclusion(&view, index, SIZE).expect("in the tree");
    let leaf = old[index as usize];
    bench.bench_function("verify inclusion in 1,000,000", |bencher| {
        bencher.iter(|| verify_inclusion(leaf, black_box(index), SIZE, &proof, root).expect("it holds"));
    });

    let mut frontier = Frontier::new();
    old[..index as usize].iter().for_each(|leaf| frontier.push(*leaf));
    let (old_root, proof) = (frontier.root(), consistency(&view, index, SIZE).expect("in the tree"));
    bench.bench_function("verify consistency with 1,000,000", |bencher| {
        bencher.iter(|| verify_consistency(black_box(index), old_root, SIZE, root, &proof).expect("it holds"));
    });
}

criterion_group!(benches, tree);
criterion_main!(benches);
