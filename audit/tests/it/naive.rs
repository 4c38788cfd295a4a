//! RFC 6962 §2.1 word for word: slow, recursive, over all leaf hashes at once. What the crate computes is held against it.

use audit::log::hash::{Hash, empty, leaf, node};

/// Leaf hashes of a log whose lines are the decimal numbers from 0.
pub fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|index| leaf(index.to_string().as_bytes())).collect()
}

/// The largest power of two smaller than the number of leaves.
fn split(leaves: &[Hash]) -> usize {
    let mut half = 1;
    while half * 2 < leaves.len() {
        half *= 2;
    }
    half
}

/// MTH(D[n]).
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty(),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves));
            node(&root(left), &root(right))
        }
    }
}

/// PATH(m, D[n]).
pub fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let half = split(leaves);
    let (left, right) = leaves.split_at(half);
    let (mut path, sibling) =
        if index < half { (path(index, left), root(right)) } else { (path(index - half, right), root(left)) };
    path.push(sibling);
    path
}

/// PROOF(m, D[n]).
pub fn proof(old: usize, leaves: &[Hash]) -> Vec<Hash> {
    subproof(old, leaves, true)
}

fn subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let half = split(leaves);
    let (left, right) = leaves.split_at(half);
    let (mut proof, sibling) = if old <= half {
        (subproof(old, left, whole), root(right))
    } else {
        (subproof(old - half, right, false), root(left))
    };
    proof.push(sibling);
    proof
}
