//! Models with a learned shrinkage.

use crate::model::{LAYERS, dictionary, matrix_models, measurements, models};
use solvekit::Iteration;
use solvekit::network::{Coupled, Network, Spline};
use solvekit::recovery::Sensing;
use solvekit_host::export::{Weights, export};
use solvekit_host::network::{Digest, Kind, Model, ModelError, Numbers, read, to_bytes, write};
use std::fs;
use std::slice::from_ref;

/// Firm thresholding, not the same in any two layers.
fn splines() -> Vec<Spline<f32>> {
    let one = |k: usize| {
        let top = 2.0 + 0.37 * k as f32;
        Spline::new(&[1.0, top, 2.0 * top], &[0.0, 0.8 * top, 2.0 * top]).expect("a spline")
    };
    (0..LAYERS).map(one).collect()
}

/// ALISTA and LISTA-CP with it.
fn curved() -> Vec<Model> {
    let coupled = |model: &Model| matches!(model.kind(), Kind::Alista | Kind::ListaCp);
    let all = models(&dictionary(1)).into_iter().filter(coupled);
    all.map(|model| Model { splines: splines().into(), ..model }).collect()
}

/// A file with a good checksum.
fn file(network: &str) -> Vec<u8> {
    let checksum = Digest::of_bytes(network.as_bytes());
    format!(
        r#"{{"format":"solvekit-network","version":1,"checksum":"{}","network":{network}}}"#,
        checksum.as_str()
    )
    .into_bytes()
}

#[test]
fn they_come_back_to_the_bit() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("net.json");
    for model in curved() {
        write(&model, &path).expect("written");
        let back = read(&path).expect("read");
        assert_eq!(back, model);
        assert_eq!(to_bytes(&back).expect("bytes"), fs::read(&path).expect("a file"));
        let bits = |all: &[Spline<f32>]| -> Vec<u32> {
            let numbers = all.iter().flat_map(|one| [one.knots(), one.values()].concat());
            numbers.map(f32::to_bits).collect()
        };
        assert_eq!(bits(&back.splines), bits(&splines()));
    }
    // A file without the key is one that thresholds softly, as it was before there was one.
    let json = serde_json::to_string(&models(&dictionary(1))[3]).expect("JSON");
    assert!(!json.contains("splines") && !json.contains("varying"), "{json}");
}

#[test]
fn it_recovers_what_the_deployed_layers_do() {
    let a = dictionary(1);
    let y = measurements(&a, 7);
    for (model, soft) in curved().iter().zip(&models(&a)[2..4]) {
        let splines = splines();
        let (weights, layers) = match &model.numbers {
            Numbers::ListaCp { layers, weights } => (&**weights, layers),
            Numbers::Alista { layers, weight } => (from_ref(weight), layers),
            other => panic!("another network: {other:?}"),
        };
        for depth in [2, LAYERS] {
            let found = model.recover(&a, &y, Some(depth as u32)).expect("recovered");
            let mut moved = 0;
            let plain = soft.recover(&a, &y, Some(depth as u32)).expect("recovered");
            for ((found, plain), y) in found.iter().zip(&plain).zip(&y) {
                let coupled = Coupled::new(&a, weights, &**layers).expect("layers");
                let coupled = coupled.with_shrinkage(&*splines).expect("one for each");
                let network = Network::new(Sensing::new(&a, y).expect("good"), &coupled);
                let mut state = network.start();
                (0..depth).for_each(|_| network.step(&mut state));
                let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(found), bits(&state.x));
                moved += usize::from(found != plain);
            }
            assert!(moved > 5, "{}: soft thresholding does the same", model.kind());
        }
    }
}

#[test]
fn splines_that_are_none_are_refused_when_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("net.json");
    let json = serde_json::to_string(&curved()[1]).expect("JSON");
    let first = r#"{"knots":[1.0,2.0,4.0],"values":[0.0,1.6,4.0]}"#;
    for (bad, cause) in [
        (
            r#"{"knots":[1.0,2.0,2.0],"values":[0.0,1.6,4.0]}"#,
            "knot 2 is not a finite number above",
        ),
        (r#"{"knots":[1.0,2.0,4.0],"values":[0.0,1.6,1.5]}"#, "at knot 2 the function would fall"),
        (r#"{"knots":[1.0,2.0,4.0],"values":[0.0,1.6]}"#, "3 entries are needed, 2 were given"),
        (r#"{"knots":[],"values":[]}"#, "0 knots: from 1 to 16 are possible"),
        (r#"{"knots":[1.0],"values":[1e39]}"#, "number out of range"),
        (r#"{"knots":[1.0]}"#, "missing field `values`"),
        (r#"{"knots":[1.0],"values":[0.0],"slopes":[0.0]}"#, "unknown field `slopes`"),
    ] {
        assert!(json.contains(first), "{json}");
        fs::write(&path, file(&json.replacen(first, bad, 1))).expect("written");
        let error = read(&path).expect_err("no spline");
        assert!(matches!(error, ModelError::Format { .. }), "{error}");
        let told = error.to_string();
        assert!(told.contains("net.json: not a network file: ") && told.contains(cause), "{told}");
    }
}

#[test]
fn a_spline_too_few_or_for_another_network_is_refused() {
    let a = dictionary(1);
    for mut model in curved() {
        model.check(&a).expect("a network");
        model.splines = splines()[1..].to_vec().into();
        let error = model.check(&a).expect_err("refused");
        assert!(matches!(error, ModelError::Numbers { .. }));
        assert!(error.to_string().contains("4 entries are needed, 3 were given"), "{error}");
    }
    let coupled = |model: &Model| matches!(model.kind(), Kind::Alista | Kind::ListaCp);
    for model in models(&a).into_iter().chain(matrix_models(&a)).filter(|model| !coupled(model)) {
        let told = Model { splines: splines().into(), ..model }.check(&a).expect_err("refused");
        let cause = "only alista and lista-cp have a learned shrinkage";
        assert!(told.to_string().contains(cause), "{told}");
    }
}

/// By name, not by a module that thresholds softly.
#[test]
fn they_are_not_exported_yet() {
    let a = dictionary(1);
    for model in curved() {
        for weights in [Weights::F32, Weights::Q8] {
            let error = export(&model, &a, weights, ("net", &[])).expect_err("refused");
            assert!(matches!(error, ModelError::UnexportedShrinkage(kind) if kind == model.kind()));
            let kind = model.kind();
            let told =
                format!("a network of kind {kind} with a learned shrinkage cannot be exported yet");
            assert_eq!(error.to_string(), told);
        }
    }
}
