//! Runs the stored inputs of the fuzz targets without libFuzzer, so that fixed crashes stay fixed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::expr::world;

#[allow(unreachable_pub, reason = "the fuzzing package sees them")]
#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

use targets::TARGETS;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_stored_fuzz_input_satisfies_its_invariants() {
    for target in TARGETS {
        let folder = folder("corpus").join(target.name);
        let inputs = names(&folder);
        assert!(!inputs.is_empty(), "{} has no stored input", target.name);
        for input in inputs {
            let data = fs::read(folder.join(&input)).unwrap();
            let run = || (target.run)(&data);
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
            assert!(outcome.is_ok(), "fuzz/corpus/{}/{input}", target.name);
        }
    }
}

#[test]
fn every_target_is_registered_and_stored() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let with = |ending: &str| targets.iter().map(|name| format!("{name}{ending}")).collect();
    assert_eq!(names(&folder("corpus")), targets);
    assert_eq!(names(&folder("dictionaries")), with(".dict"));
    assert_eq!(names(&folder("fuzz_targets")), with(".rs"));
    let sources: BTreeSet<String> = with(".rs");
    let written = names(&folder("src/targets"));
    assert_eq!(written, sources.into_iter().chain(["mod.rs".to_owned()]).collect());
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    for name in targets {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} has no [[bin]]");
    }
}
