//! Fails while a solver of the kit has no case in this suite.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of sources").flatten();
    let paths = entries.map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[test]
fn every_iteration_has_a_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let suite: String = sources(&root.join("tests/conformance"))
        .iter()
        .map(|path| fs::read_to_string(path).expect("readable"))
        .collect();
    let mut found = 0;
    for path in sources(&root.join("../solvers/src")) {
        let text = fs::read_to_string(&path).expect("readable");
        for line in text.lines().filter(|line| line.starts_with("impl")) {
            let Some((_, name)) = line.split_once("Iteration for ") else { continue };
            let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
            found += 1;
            assert!(
                suite.contains(&format!("{name}::")),
                "{name} of {} has no case",
                path.display()
            );
        }
    }
    assert!(found >= 2, "the scan finds the solvers");
}
