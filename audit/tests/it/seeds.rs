//! The fuzzer's seeds, replayed: every parser takes what was once found worth keeping.

use std::{fs, path::Path};

#[path = "../../../fuzz/targets.rs"]
mod targets;

#[test]
fn every_target_takes_its_seeds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for (name, run) in targets::ALL {
        let seeds = fs::read_dir(folder.join("seeds").join(name)).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let mut count = 0;
        for seed in seeds {
            let seed = seed.unwrap().path();
            println!("{}", seed.display());
            run(&fs::read(&seed).unwrap());
            count += 1;
        }
        assert!(count > 0, "{name} has no seed");
        let program = fs::read_to_string(folder.join(format!("fuzz_targets/{name}.rs"))).unwrap_or_default();
        assert!(program.contains("fuzz_target!(|bytes: &[u8]| targets::"), "the fuzzer has no target {name}");
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "the fuzzer does not build {name}");
    }
    let folders = fs::read_dir(folder.join("seeds")).unwrap().count();
    assert_eq!(folders, targets::ALL.len(), "seeds of a target that is gone");
}
