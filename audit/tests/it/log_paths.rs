//! Paths of tiles and bundles: one spelling each, and no other is read.

use audit::log::{
    path::{PathFault, TilePath},
    tile::TileId,
};
use proptest::prelude::*;

use crate::mutation::{Mutation, mutation};

fn hashes(level: u8, index: u64, width: u64) -> TilePath {
    TilePath::Hashes(TileId { level, index }, width)
}

#[test]
fn paths_are_read() {
    for (text, path) in [
        ("tile/0/000", hashes(0, 0, 256)),
        ("tile/63/x001/x234/067.p/255", hashes(63, 1_234_067, 255)),
        ("tile/2/x001/000.p/1", hashes(2, 1000, 1)),
        ("tile/entries/999", TilePath::Entries(999, 256)),
        ("tile/entries/x001/000.p/112", TilePath::Entries(1000, 112)),
        ("tile/0/x018/x446/x744/x073/x709/x551/615", hashes(0, u64::MAX, 256)),
    ] {
        assert_eq!(text.parse(), Ok(path));
        assert_eq!(path.to_string(), text);
    }
}

#[test]
fn other_spellings_are_refused() {
    for text in [
        "",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/x01/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/x001000",
        "tile/0/000/",
        "/tile/0/000",
        "tile/00/000",
        "tile/+1/000",
        "tile/-1/000",
        "tile/64/000",
        "tile/256/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/+00",
        "tile/0/ 00",
        "tile/0/..",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/Entries/000",
        "tile/entries/x000/000",
        "tile/entries/000.p/256",
        "tile/8/0/000",
        "tile/0/\u{660}\u{660}\u{660}",
    ] {
        assert_eq!(text.parse::<TilePath>(), Err(PathFault), "{text:?}");
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read(level in 0u8..64, index: u64, short in 0u32..64, width in 1u64..=256, entries: bool) {
        let index = index >> short;
        let path = if entries { TilePath::Entries(index, width) } else { hashes(level, index, width) };
        prop_assert_eq!(path.to_string().parse(), Ok(path));
    }

    #[test]
    fn what_is_read_is_what_is_printed(level in 0u8..64, index in 0u64..3_000_000, width in 1u64..=256, mutation in mutation()) {
        let text = Mutation::apply(&mutation, &hashes(level, index, width).to_string());
        if let Ok(path) = text.parse::<TilePath>() {
            prop_assert_eq!(path.to_string(), text);
        }
    }
}
