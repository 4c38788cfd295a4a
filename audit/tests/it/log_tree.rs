//! Roots, inclusion and consistency proofs: against the naive reference, against ct-merkle, and against tampering.

use audit::log::{
    hash::{Hash, empty},
    proof::{ProofFault, consistency, inclusion, verify_consistency, verify_inclusion},
    tile::{Growth, Tiles},
    tree::{EdgeFault, Frontier},
};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;

use crate::naive;

/// All tiles of a log with these leaves.
fn tiles(leaves: &[Hash]) -> Tiles {
    let mut tiles = Tiles::default();
    for (id, bytes) in Growth::new(0).append(leaves) {
        tiles.insert(id, &bytes).expect("the tile is whole");
    }
    tiles
}

fn frontier(leaves: &[Hash]) -> Frontier {
    let mut frontier = Frontier::new();
    leaves.iter().for_each(|leaf| frontier.push(*leaf));
    frontier
}

/// The same hash with its first bit turned.
fn turned(hash: Hash) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[0] ^= 0x80;
    Hash::from(bytes)
}

/// Every proof that differs from this one in one hash: turned, left out, or put in.
fn tampered(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for at in 0..proof.len() {
        let mut other = proof.to_vec();
        other[at] = turned(other[at]);
        all.push(other);
        let mut other = proof.to_vec();
        other.remove(at);
        all.push(other);
    }
    for at in [0, proof.len()] {
        let mut other = proof.to_vec();
        other.insert(at, empty());
        all.push(other);
    }
    all
}

#[test]
fn roots_of_all_small_sizes_are_the_reference() {
    let leaves = naive::leaves(70);
    for size in 0..=70 {
        let part = &leaves[..size];
        assert_eq!(frontier(part).root(), naive::root(part), "frontier of {size}");
        let mut growth = Growth::new(0);
        growth.append(part);
        assert_eq!(growth.root(), naive::root(part), "tiles of {size}");
    }
}

#[test]
fn a_frontier_goes_on_from_its_right_edge() {
    let leaves = naive::leaves(70);
    for size in 0..=70 {
        let edge = frontier(&leaves[..size]).right_edge().to_vec();
        assert_eq!(edge.len(), size.count_ones() as usize);
        let mut resumed = Frontier::from_right_edge(size as u64, edge.clone()).unwrap();
        leaves[size..].iter().for_each(|leaf| resumed.push(*leaf));
        assert_eq!(resumed, frontier(&leaves), "resumed at {size}");
        let longer = [edge, vec![empty()]].concat();
        let given = longer.len();
        assert_eq!(Frontier::from_right_edge(size as u64, longer), Err(EdgeFault { size: size as u64, given }));
    }
}

#[test]
fn inclusion_in_all_small_sizes() {
    let leaves = naive::leaves(70);
    for size in 1..=70u64 {
        let part = &leaves[..size as usize];
        let (tiles, root) = (tiles(part), naive::root(part));
        for index in 0..size {
            let leaf = part[index as usize];
            let proof = inclusion(&tiles, index, size).unwrap();
            assert_eq!(proof, naive::path(index as usize, part), "{index} of {size}");
            assert_eq!(verify_inclusion(leaf, index, size, &proof, root), Ok(()));
            for other in (0..size).filter(|other| *other != index) {
                assert!(verify_inclusion(leaf, other, size, &proof, root).is_err(), "{index} as {other} of {size}");
            }
            for other in tampered(&proof) {
                assert!(verify_inclusion(leaf, index, size, &other, root).is_err(), "{index} of {size}");
            }
            assert_eq!(verify_inclusion(turned(leaf), index, size, &proof, root), Err(ProofFault::Root));
            assert_eq!(verify_inclusion(leaf, index, size, &proof, turned(root)), Err(ProofFault::Root));
        }
    }
}

#[test]
fn consistency_of_all_small_sizes() {
    let leaves = naive::leaves(70);
    for new in 1..=70u64 {
        let part = &leaves[..new as usize];
        let (tiles, new_root) = (tiles(part), naive::root(part));
        for old in 1..=new {
            let old_root = naive::root(&part[..old as usize]);
            let proof = consistency(&tiles, old, new).unwrap();
            assert_eq!(proof, naive::proof(old as usize, part), "{old} to {new}");
            assert_eq!(verify_consistency(old, old_root, new, new_root, &proof), Ok(()), "{old} to {new}");
            for other in tampered(&proof) {
                assert!(verify_consistency(old, old_root, new, new_root, &other).is_err(), "{old} to {new}");
            }
            let fault = Err(ProofFault::Root);
            assert_eq!(verify_consistency(old, turned(old_root), new, new_root, &proof), fault, "{old} to {new}");
            assert_eq!(verify_consistency(old, old_root, new, turned(new_root), &proof), fault, "{old} to {new}");
        }
    }
}

#[test]
fn what_lies_outside_the_tree_is_refused() {
    let leaves = naive::leaves(5);
    let (tiles, root) = (tiles(&leaves), naive::root(&leaves));
    assert_eq!(inclusion(&tiles, 5, 5), Err(ProofFault::Range(5, 5)));
    assert_eq!(verify_inclusion(leaves[0], 5, 5, &[], root), Err(ProofFault::Range(5, 5)));
    assert_eq!(verify_inclusion(leaves[0], 0, 0, &[], root), Err(ProofFault::Range(0, 0)));
    for old in [0, 6] {
        assert_eq!(consistency(&tiles, old, 5), Err(ProofFault::Range(old, 5)));
        assert_eq!(verify_consistency(old, root, 5, root, &[]), Err(ProofFault::Range(old, 5)));
    }
    assert_eq!(inclusion(&tiles, 0, 6), Err(ProofFault::Missing(1, 2)), "the tree has no sixth leaf");
    assert_eq!(inclusion(&Tiles::default(), 0, 2), Err(ProofFault::Missing(0, 1)));
}

#[test]
fn a_proof_of_any_length_is_checked_without_panic() {
    let leaf = naive::leaves(1)[0];
    let proof = vec![leaf; 100];
    for size in [1, 2, 3, u64::MAX - 1, u64::MAX] {
        for at in [0, 1, size / 2, size - 1] {
            for len in [0, 1, 63, 64, 65, 100] {
                assert!(at >= size || size == 1 || verify_inclusion(leaf, at, size, &proof[..len], leaf).is_err());
                assert!(at == 0 || at == size || verify_consistency(at, leaf, size, leaf, &proof[..len]).is_err());
            }
        }
    }
}

#[test]
fn ct_merkle_makes_the_same_proofs() {
    let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let leaves = naive::leaves(300);
    for size in 1..=300u64 {
        tree.push((size - 1).to_string().into_bytes());
        if size > 20 && size % 23 != 0 && size < 255 {
            continue;
        }
        let part = &leaves[..size as usize];
        let tiles = tiles(part);
        assert_eq!(tree.root().as_bytes().as_slice(), frontier(part).root().as_bytes(), "root of {size}");
        for index in 0..size {
            let ours: Vec<u8> = inclusion(&tiles, index, size).unwrap().iter().flat_map(|h| *h.as_bytes()).collect();
            assert_eq!(tree.prove_inclusion(index as usize).as_bytes(), ours, "{index} of {size}");
            if index > 0 {
                let ours = consistency(&tiles, index, size).unwrap();
                let ours: Vec<u8> = ours.iter().flat_map(|h| *h.as_bytes()).collect();
                let theirs = tree.prove_consistency((size - index) as usize);
                assert_eq!(theirs.as_bytes(), ours, "{index} to {size}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn proofs_in_random_sizes(size in 71u64..3000, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let leaves = naive::leaves(size);
        let (tiles, root) = (tiles(&leaves), naive::root(&leaves));
        prop_assert_eq!(frontier(&leaves).root(), root);
        let (index, old) = (a.index(size as usize), b.index(size as usize) + 1);
        let proof = inclusion(&tiles, index as u64, size).unwrap();
        prop_assert_eq!(&proof, &naive::path(index, &leaves));
        prop_assert_eq!(verify_inclusion(leaves[index], index as u64, size, &proof, root), Ok(()));
        for other in tampered(&proof) {
            prop_assert!(verify_inclusion(leaves[index], index as u64, size, &other, root).is_err());
        }
        let old_root = naive::root(&leaves[..old]);
        let proof = consistency(&tiles, old as u64, size).unwrap();
        prop_assert_eq!(&proof, &naive::proof(old, &leaves));
        prop_assert_eq!(verify_consistency(old as u64, old_root, size, root, &proof), Ok(()));
        for other in tampered(&proof) {
            prop_assert!(verify_consistency(old as u64, old_root, size, root, &other).is_err());
        }
    }
}
