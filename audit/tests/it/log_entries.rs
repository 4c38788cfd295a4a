//! Entry bundles: printed as the specification says, and read only as printed.

use audit::log::{
    entries::{EntriesFault, MAX_BYTES, hashes, parse, print},
    hash::leaf,
};
use proptest::prelude::*;

#[test]
fn an_entry_stands_behind_its_length() {
    let bytes = print(&[b"ab".as_slice(), b"", b"\n"]).unwrap();
    assert_eq!(bytes, b"\0\x02ab\0\0\0\x01\n");
    assert_eq!(parse(&bytes).unwrap(), [b"ab".as_slice(), b"", b"\n"]);
    assert_eq!(hashes(&bytes).unwrap(), [leaf(b"ab"), leaf(b""), leaf(b"\n")]);
    let longest = vec![7; 65_535];
    let bytes = print(&[&longest]).unwrap();
    assert_eq!((bytes.len(), &bytes[..3]), (65_537, [255, 255, 7].as_slice()));
    assert_eq!(parse(&bytes).unwrap(), [longest.as_slice()]);
}

#[test]
fn a_bundle_has_1_to_256_whole_entries() {
    assert_eq!(print::<&[u8]>(&[]), Err(EntriesFault::Count(0)));
    assert_eq!(parse(b""), Err(EntriesFault::Count(0)));
    let full = print(&[b"x"; 256]).unwrap();
    assert_eq!(parse(&full).unwrap().len(), 256);
    assert_eq!(print(&[b"x"; 257]), Err(EntriesFault::Count(257)));
    assert_eq!(parse(&[full.as_slice(), b"\0\x01x"].concat()), Err(EntriesFault::Count(257)));
    assert_eq!(print(&[vec![0; 3], vec![0; 65_536]]), Err(EntriesFault::Long(1)));
    assert_eq!(parse(b"\0\x01x\0"), Err(EntriesFault::Cut(3)), "half a length");
    assert_eq!(parse(b"\0\x01x\0\x02y"), Err(EntriesFault::Cut(3)), "half an entry");
    assert_eq!(parse(b"\xff\xff"), Err(EntriesFault::Cut(0)), "a length and nothing after it");
    let largest = print(&vec![vec![1; 65_535]; 256]).unwrap();
    assert_eq!(largest.len(), MAX_BYTES);
}

proptest! {
    #[test]
    fn what_is_printed_is_read(leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..=256)) {
        let bytes = print(&leaves).unwrap();
        prop_assert_eq!(parse(&bytes).unwrap(), leaves);
    }

    #[test]
    fn what_is_read_is_what_is_printed(bytes in prop::collection::vec(prop_oneof![3 => 0u8..4, 1 => any::<u8>()], 0..40)) {
        if let Ok(leaves) = parse(&bytes) {
            prop_assert_eq!(print(&leaves).unwrap(), bytes);
        }
    }
}
