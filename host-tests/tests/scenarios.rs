//! Every firmware story on the host, against the same expected output as on every board.

use scenarios::Line;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../firmware-examples/src/bin")
}

fn host_says(story: impl Fn(&mut dyn FnMut(Line))) -> String {
    let mut text = String::new();
    story(&mut |line| text.push_str(&format!("{line}\n")));
    text
}

fn check(name: &str, story: impl Fn(&mut dyn FnMut(Line))) {
    let path = folder().join(name).with_extension("out");
    let expected = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(host_says(story), expected, "the host differs from {}", path.display());
}

#[test]
fn relax() {
    check("relax", |mut say| scenarios::relax::story(&mut say));
}

#[test]
fn frame() {
    check("frame", |mut say| scenarios::frame::story(&mut say));
}

#[test]
fn busy_pin() {
    check("busy_pin", |mut say| scenarios::busy_pin::story(&mut say));
}

#[test]
fn reset() {
    check("reset", |mut say| scenarios::reset::story(&mut say));
}

#[test]
fn balance() {
    check("balance", |mut say| scenarios::balance::story(&mut say));
}

#[test]
fn every_story_is_checked_here() {
    let listed: BTreeSet<_> =
        ["balance", "busy_pin", "frame", "relax", "reset"].map(String::from).into();
    let found = fs::read_dir(folder()).expect("the stories").flatten().map(|entry| entry.path());
    let outputs = found.filter(|path| path.extension().is_some_and(|e| e == "out"));
    let names: BTreeSet<_> =
        outputs.map(|p| p.file_stem().expect("a name").to_string_lossy().into_owned()).collect();
    // The count_ images measure kernels for the boards; the others are stories.
    let stories: BTreeSet<_> =
        names.into_iter().filter(|name| !name.starts_with("count_")).collect();
    assert_eq!(stories, listed);
}
