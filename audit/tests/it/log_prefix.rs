//! The root at a smaller size, held against RFC 6962 word for word, for every pair of sizes.

use audit::log::{
    prefix::{needed, roots, width},
    proof::ProofFault,
    tile::{Growth, Hashes, TileId, Tiles},
};
use proptest::prelude::*;

use super::naive::{leaves, root};

/// Every tile of a log of this size.
fn tiles(size: u64) -> Vec<(TileId, Vec<u8>)> {
    Growth::new(0).append(&leaves(size))
}

fn only(tiles: &[(TileId, Vec<u8>)], needed: &[TileId]) -> Tiles {
    let mut kept = Tiles::default();
    for (id, bytes) in tiles.iter().filter(|(id, _)| needed.contains(id)) {
        kept.insert(*id, bytes).expect("a whole tile");
    }
    kept
}

fn holds(old: u64, new: u64) {
    let all = leaves(new);
    let found = roots(&only(&tiles(new), &needed(old, new)), old, new).expect("nothing else is needed");
    assert_eq!((found.old, found.new), (root(&all[..old as usize]), root(&all)), "{old} of {new}");
}

#[test]
fn every_pair_of_small_sizes() {
    for new in 0..40 {
        for old in 0..=new {
            holds(old, new);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn pairs_across_tiles(new in 0..1500_u64, part in any::<prop::sample::Index>()) {
        holds(part.index(new as usize + 1) as u64, new);
    }

    /// Nobody can show another old root under the same new root: one wrong hash in a tile changes the new one.
    #[test]
    fn no_other_hashes_lead_to_the_new_root(new in 1..800_u64, part in any::<prop::sample::Index>(), tile in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let old = part.index(new as usize + 1) as u64;
        let honest = roots(&only(&tiles(new), &needed(old, new)), old, new).unwrap();
        let mut tiles = tiles(new);
        let (_, bytes) = tile.get_mut(&mut tiles);
        let at = at.index(bytes.len());
        bytes[at] ^= 1;
        let found = roots(&only(&tiles, &needed(old, new)), old, new).unwrap();
        prop_assert!(found.new != honest.new || found.old == honest.old);
    }
}

#[test]
fn what_is_not_there_is_said() {
    assert_eq!(roots(&Tiles::default(), 3, 2), Err(ProofFault::Range(3, 2)));
    assert!(matches!(roots(&Tiles::default(), 3, 5), Err(ProofFault::Missing(..))));
    assert!(Tiles::default().hash(0, 0).is_none());
}

#[test]
fn a_tile_is_as_wide_as_the_tree_makes_it() {
    let tile = |level, index| TileId { level, index };
    for size in [0, 1, 255, 256, 257, 1000, 65_535, 65_536, 65_537] {
        for (id, bytes) in if size < 2000 { tiles(size) } else { Vec::new() } {
            assert_eq!(width(id, size), bytes.len() as u64 / 32, "{id:?} of {size}");
        }
    }
    assert_eq!([width(tile(0, 255), 65_535), width(tile(1, 0), 65_535), width(tile(2, 0), 65_536)], [255, 255, 1]);
    assert_eq!([width(tile(9, 0), u64::MAX), width(tile(0, u64::MAX), u64::MAX)], [0, 0]);
}
