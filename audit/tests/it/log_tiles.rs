//! Tiles: their paths, their bytes, growth in batches, and which of them a proof needs. Oracle: tlog_tiles.

use std::collections::BTreeMap;

use audit::log::{
    hash::{Hash, node},
    proof::{ProofFault, consistency, inclusion},
    tile::{Growth, Hashes, TileFault, TileId, Tiles, WIDTH, needed_for_consistency, needed_for_inclusion, right_edge},
};
use proptest::prelude::*;
use tlog_tiles::{HashReader, Tile};

use crate::naive;

/// What a store would hold: the last bytes of each tile.
type Stored = BTreeMap<TileId, Vec<u8>>;

/// Appends the leaves in batches that end at these sizes, each batch from the stored right edge alone.
fn grow(leaves: &[Hash], ends: &[usize]) -> Stored {
    let (mut stored, mut size) = (Stored::new(), 0);
    for end in ends.iter().copied().chain([leaves.len()]) {
        let mut growth = Growth::new(size as u64);
        for id in right_edge(size as u64) {
            growth.insert(id, &stored[&id]).expect("the tile is whole");
        }
        stored.extend(growth.append(&leaves[size..end]));
        assert_eq!(growth.root(), naive::root(&leaves[..end]), "root of {end}");
        size = end;
    }
    stored
}

fn view<'a>(stored: impl IntoIterator<Item = (&'a TileId, &'a Vec<u8>)>) -> Tiles {
    let mut tiles = Tiles::default();
    for (id, bytes) in stored {
        tiles.insert(*id, bytes).expect("the tile is whole");
    }
    tiles
}

fn width(bytes: &[u8]) -> u64 {
    bytes.len() as u64 / 32
}

#[test]
fn paths_are_those_of_the_specification() {
    let path = |level, index, width| TileId { level, index }.path(width);
    assert_eq!(path(0, 0, 256), "tile/0/000");
    assert_eq!(path(0, 0, 1), "tile/0/000.p/1");
    assert_eq!(path(0, 1067, 12), "tile/0/x001/067.p/12");
    assert_eq!(path(3, 1_234_067, 256), "tile/3/x001/x234/067");
    assert_eq!(path(1, 1000, 255), "tile/1/x001/000.p/255");
    assert_eq!(path(7, 1_000_000, 256), "tile/7/x001/x000/000");
}

#[test]
fn a_tile_is_1_to_256_hashes() {
    let id = TileId { level: 2, index: 7 };
    let insert = |len| Tiles::default().insert(id, &vec![0; len]);
    for len in [32, 64, 255 * 32, 256 * 32] {
        assert_eq!(insert(len), Ok(()), "{len} bytes");
    }
    for len in [0, 1, 31, 33, 255 * 32 + 1, 256 * 32 + 1, 257 * 32] {
        assert_eq!(insert(len), Err(TileFault::Length { level: 2, index: 7 }), "{len} bytes");
        assert_eq!(Growth::new(0).insert(id, &vec![0; len]), Err(TileFault::Length { level: 2, index: 7 }));
    }
}

#[test]
fn a_tile_gives_the_roots_of_its_subtrees_and_no_others() {
    let leaves = naive::leaves(300);
    let stored = grow(&leaves, &[]);
    let tiles = view(&stored);
    for level in 0..=8 {
        let step = 1usize << level;
        for index in 0..=300 / step {
            let expected = leaves.get(index * step..(index + 1) * step).map(naive::root);
            assert_eq!(tiles.hash(level as u32, index as u64), expected, "level {level}, place {index}");
        }
    }
    assert_eq!(tiles.hash(9, 0), None, "there are no 512 leaves");
    assert_eq!(tiles.hash(8 * 256, 0), None, "tile levels end at 255");
}

#[test]
fn the_right_edge_is_where_the_log_grows() {
    let ids = |size| right_edge(size).iter().map(|id| (id.level, id.index)).collect::<Vec<_>>();
    assert_eq!(ids(0), []);
    assert_eq!(ids(1), [(0, 0)]);
    assert_eq!(ids(255), [(0, 0)]);
    assert_eq!(ids(256), [(1, 0)]);
    assert_eq!(ids(257), [(0, 1), (1, 0)]);
    assert_eq!(ids(65_536), [(2, 0)]);
    assert_eq!(ids(65_536 + 256 + 3), [(0, 257), (1, 1), (2, 0)]);
}

#[test]
fn a_log_crosses_the_third_level_from_its_edge() {
    let leaves = naive::leaves(65_536 + 300);
    let stored = grow(&leaves, &[65_535, 65_536, 65_537, 65_536 + 256]);
    assert_eq!(stored, grow(&leaves, &[]));
    assert_eq!(stored[&TileId { level: 2, index: 0 }], naive::root(&leaves[..65_536]).as_bytes());
    assert_eq!(width(&stored[&TileId { level: 1, index: 1 }]), 1);
    assert_eq!(width(&stored[&TileId { level: 0, index: 257 }]), 44);
}

#[test]
fn an_append_names_only_the_tiles_that_changed() {
    let leaves = naive::leaves(600);
    let mut growth = Growth::new(0);
    growth.append(&leaves[..300]);
    let changed = growth.append(&leaves[300..310]);
    let ids: Vec<_> = changed.iter().map(|(id, bytes)| (id.level, id.index, width(bytes))).collect();
    assert_eq!(ids, [(0, 1, 54)]);
    let changed = growth.append(&leaves[310..520]);
    let ids: Vec<_> = changed.iter().map(|(id, bytes)| (id.level, id.index, width(bytes))).collect();
    assert_eq!(ids, [(0, 1, 256), (0, 2, 8), (1, 0, 2)]);
    assert_eq!(growth.append(&[]), []);
}

/// Hashes by the oracle's own numbering.
struct Theirs(Vec<tlog_tiles::Hash>);

impl HashReader for Theirs {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

#[test]
fn tlog_tiles_has_the_same_tiles_and_takes_the_same_proofs() {
    let leaves = naive::leaves(1234);
    let mut theirs = Theirs(Vec::new());
    for index in 0..1234u64 {
        let hashes = tlog_tiles::stored_hashes(index, index.to_string().as_bytes(), &theirs).unwrap();
        theirs.0.extend(hashes);
    }
    let stored = grow(&leaves, &[777]);
    let last: BTreeMap<_, _> = Tile::new_tiles(8, 0, 1234)
        .into_iter()
        .map(|tile| (TileId { level: tile.level(), index: tile.level_index() }, tile))
        .collect();
    assert_eq!(stored.keys().collect::<Vec<_>>(), last.keys().collect::<Vec<_>>());
    for (id, tile) in &last {
        assert_eq!(tile.read_data(&theirs).unwrap(), stored[id], "{id:?}");
        assert_eq!(tile.path(), id.path(width(&stored[id])).replacen("tile/", "tile/8/", 1));
    }
    let tiles = view(&stored);
    let root = tlog_tiles::tree_hash(1234, &theirs).unwrap();
    assert_eq!(root.0, *naive::root(&leaves).as_bytes());
    let their = |proof: Vec<Hash>| proof.iter().map(|hash| tlog_tiles::Hash(*hash.as_bytes())).collect::<Vec<_>>();
    for at in [1, 2, 255, 256, 257, 511, 777, 1023, 1024, 1233] {
        let proof = their(inclusion(&tiles, at, 1234).unwrap());
        assert_eq!(proof, tlog_tiles::prove_record(1234, at, &theirs).unwrap());
        let leaf = tlog_tiles::record_hash(at.to_string().as_bytes());
        tlog_tiles::check_record(&proof, 1234, root, at, leaf).unwrap();
        let proof = their(consistency(&tiles, at, 1234).unwrap());
        assert_eq!(proof, tlog_tiles::prove_tree(1234, at, &theirs).unwrap());
        let old = tlog_tiles::Hash(*naive::root(&leaves[..at as usize]).as_bytes());
        tlog_tiles::check_tree(&proof, 1234, root, at, old).unwrap();
    }
}

/// The proof comes from these tiles alone, and not from fewer.
fn just_these(
    stored: &Stored,
    needed: &[TileId],
    prove: impl Fn(&Tiles) -> Result<Vec<Hash>, ProofFault>,
    proof: &[Hash],
) {
    let some =
        |left_out: Option<&TileId>| view(needed.iter().filter(|id| Some(*id) != left_out).map(|id| (id, &stored[id])));
    assert_eq!(prove(&some(None)).as_deref(), Ok(proof));
    for id in needed {
        assert!(matches!(prove(&some(Some(id))), Err(ProofFault::Missing(..))), "the proof does not need {id:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn paths_are_tlog_tiles_paths(level in 0u8..64, index: u64, short in 0u32..50, width in 1u32..=256) {
        let index = index >> short;
        let ours = TileId { level, index }.path(width.into());
        let theirs = Tile::new(8, level, index, width, false);
        prop_assert_eq!(theirs.path().replacen("tile/8/", "tile/", 1), ours);
    }

    #[test]
    fn growth_in_batches_is_growth_at_once(size in 0usize..3000, ends in prop::collection::vec(0usize..3000, 0..12)) {
        let leaves = naive::leaves(size as u64);
        let mut ends: Vec<_> = ends.into_iter().map(|end| end.min(size)).collect();
        ends.sort_unstable();
        let (batches, once) = (grow(&leaves, &ends), grow(&leaves, &[]));
        prop_assert_eq!(&batches, &once);
        let lowest = (0..size as u64).step_by(WIDTH as usize).map(|at| TileId { level: 0, index: at / WIDTH });
        prop_assert!(lowest.into_iter().all(|id| once.contains_key(&id)));
    }

    #[test]
    fn proofs_need_the_tiles_they_name(size in 2u64..3000, a in any::<prop::sample::Index>()) {
        let at = a.index(size as usize - 1) + 1;
        let leaves = naive::leaves(size);
        let stored = grow(&leaves, &[]);
        let path = naive::path(at, &leaves);
        just_these(&stored, &needed_for_inclusion(at as u64, size), |tiles| inclusion(tiles, at as u64, size), &path);
        let proof = naive::proof(at, &leaves);
        just_these(&stored, &needed_for_consistency(at as u64, size), |tiles| consistency(tiles, at as u64, size), &proof);
    }
}

#[test]
fn a_full_tile_is_summed_up_one_level_higher() {
    let leaves = naive::leaves(512);
    let stored = grow(&leaves, &[]);
    let upper = &stored[&TileId { level: 1, index: 0 }];
    let roots = [naive::root(&leaves[..256]), naive::root(&leaves[256..])];
    assert_eq!(*upper, roots.iter().flat_map(|root| *root.as_bytes()).collect::<Vec<_>>());
    assert_eq!(view(&stored).hash(9, 0), Some(node(&roots[0], &roots[1])));
}
