//! The modules of the firmware's story `deployed` are what is exported, byte for byte.
//! `SOLVEKIT_BLESS=1` writes them anew.

use crate::model::{dictionary, models};
use crate::splines::curved;
use solvekit_host::export::{Weights, export};
use solvekit_host::network::Kind;
use std::fs;
use std::path::PathBuf;

fn committed(name: &str) -> PathBuf {
    let folder = "../firmware-examples/scenarios/src/deployed";
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder).join(name).with_extension("rs")
}

#[test]
fn committed_modules_are_what_is_exported() {
    let a = dictionary(1);
    // LISTA-CP's layers are ALISTA's.
    let curved = curved().into_iter().filter(|model| model.kind() != Kind::ListaCp);
    for model in models(&a).into_iter().chain(curved) {
        for weights in [Weights::F32, Weights::Q8] {
            let kind = model.kind().to_string().replace('-', "_");
            let kind = if model.splines.is_empty() { kind } else { format!("{kind}_spline") };
            let name = if weights == Weights::F32 { kind } else { format!("{kind}_q8") };
            let module = export(&model, &a, weights, (&name, &[])).expect("exported");
            let again = export(&model, &a, weights, (&name, &[])).expect("exported");
            assert_eq!(module.text, again.text);
            let path = committed(&name);
            if std::env::var_os("SOLVEKIT_BLESS").is_some() {
                fs::write(&path, &module.text).expect("a writable folder");
            }
            let text = fs::read_to_string(&path).expect("a committed module");
            assert!(text == module.text, "{} is not what is exported", path.display());
            match (weights, module.quantisation_db) {
                (Weights::F32, None) => {}
                // An entry is off by half a step of about 1/127: −48 dB of the largest, and a
                // threshold may fall the other way.
                (Weights::Q8, Some(lost)) => assert!(lost < -20.0, "{name}: {lost} dB"),
                other => panic!("{name}: {other:?}"),
            }
            assert!(text.contains(&format!("CHECKSUM: u32 = {:#010x};", module.checksum)));
            assert!(text.contains(model.dictionary.as_str()));
        }
    }
}

#[test]
fn another_dictionary_is_not_exported() {
    let (a, other) = (dictionary(1), dictionary(2));
    for model in models(&a) {
        for weights in [Weights::F32, Weights::Q8] {
            let told = export(&model, &other, weights, ("net", &[])).expect_err("refused");
            assert!(told.to_string().contains("the network is for the dictionary"), "{told}");
        }
    }
}

/// Layers that find nothing in anything have no run that could tell them from broken ones.
#[test]
fn layers_that_are_silent_are_not_exported() {
    use solvekit_host::network::Numbers;
    let a = dictionary(1);
    let mut model = models(&a).swap_remove(0);
    model.numbers = Numbers::UnfoldedIsta { lambda: 1e30, steps: vec![1.0; 4] };
    let told = export(&model, &a, Weights::F32, ("net", &[])).expect_err("silent").to_string();
    assert!(told.contains("there is no run to record"), "{told}");
}
