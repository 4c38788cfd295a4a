//! Speed of the tree.

fn main() {}
