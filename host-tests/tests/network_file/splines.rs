//! Models with a learned shrinkage.

use crate::model::{LAYERS, dictionary, measurements, models};
use solvekit::Iteration;
use solvekit::network::{AdaLista, Coupled, Layers, Lista, Network, Spline};
use solvekit::recovery::Sensing;
use solvekit_host::export::{Weights, export};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Digest, Model, ModelError, Numbers, Splines, read, to_bytes, write};
use solvekit_host::vector::Vector;
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

/// Every kind that can have it.
pub(crate) fn curved() -> Vec<Model> {
    let all = models(&dictionary(1)).into_iter().filter(|model| model.kind().learned_shrinkage());
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

/// x after so many of these layers.
fn run<L>(a: &DenseMatrix<f32>, layers: L, y: &Vector<f32>, depth: usize) -> Vec<u32>
where
    L: Layers<f32, DenseMatrix<f32>>,
{
    let network = Network::new(Sensing::new(a, y).expect("good"), &layers);
    let mut state = network.start();
    (0..depth).for_each(|_| network.step(&mut state));
    bits(&state.x)
}

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn it_recovers_what_the_deployed_layers_do() {
    let a = dictionary(1);
    let y = measurements(&a, 7);
    let splines = splines();
    let deployed = |model: &Model, y: &Vector<f32>, depth: usize| match &model.numbers {
        Numbers::ListaCp { layers, weights } => {
            let layers = Coupled::new(&a, weights, &**layers).expect("layers");
            run(&a, layers.with_shrinkage(&*splines).expect("one for each"), y, depth)
        }
        Numbers::Alista { layers, weight } => {
            let layers = Coupled::new(&a, from_ref(weight), &**layers).expect("layers");
            run(&a, layers.with_shrinkage(&*splines).expect("one for each"), y, depth)
        }
        Numbers::Lista { thresholds, weights: [b, c] } => {
            let layers = Lista::new(&a, from_ref(b), from_ref(c), &**thresholds).expect("layers");
            run(&a, layers.with_shrinkage(&*splines).expect("one for each"), y, depth)
        }
        Numbers::AdaLista { layers, weights: [w1, w2] } => {
            let layers = AdaLista::new(&a, w1, w2, &**layers).expect("layers");
            run(&a, layers.with_shrinkage(&*splines).expect("one for each"), y, depth)
        }
        other => panic!("another network: {other:?}"),
    };
    let curved = curved();
    assert_eq!(curved.len(), 4);
    for model in curved {
        let soft = Model { splines: Splines::default(), ..model.clone() };
        for depth in [2, LAYERS] {
            let found = model.recover(&a, &y, Some(depth as u32)).expect("recovered");
            let plain = soft.recover(&a, &y, Some(depth as u32)).expect("recovered");
            let mut moved = 0;
            for ((found, plain), y) in found.iter().zip(&plain).zip(&y) {
                assert_eq!(bits(found), deployed(&model, y, depth), "{}", model.kind());
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
    let many = format!(r#"{{"knots":{:?},"values":{:?}}}"#, [1.0; 17], [0.0; 17]);
    for (bad, cause) in [
        (
            r#"{"knots":[2.0,1.0,4.0],"values":[0.0,1.6,4.0]}"#,
            "the spline of layer 0: knot 1 is not a finite number above",
        ),
        (&*many, "the spline of layer 0: 17 knots: from 1 to 16 are possible"),
        (r#"{"knots":[1.0,null],"values":[0.0,1.0]}"#, "invalid type: null"),
        (r#"{"knots":[1.0],"values":[NaN]}"#, "expected value at line 1"),
        (r#"{"knots":[-1.0],"values":[0.0]}"#, "layer 0: knot 0 is not a finite number above"),
        (r#"{"knots":[1.0],"values":[-0.5]}"#, "layer 0: at knot 0 the function would fall"),
        (r#"{"knots":[1e-38],"values":[1e38]}"#, "layer 0: at knot 0 the function would fall"),
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
    // The layer is named.
    let third = r#""values":[0.0,2.1920002,5.48]"#;
    assert!(json.contains(third), "{json}");
    let bad = json.replacen(third, r#""values":[3.0,2.1920002,5.48]"#, 1);
    fs::write(&path, file(&bad)).expect("written");
    let told = read(&path).expect_err("no spline").to_string();
    assert!(told.contains("the spline of layer 2: at knot 1 the function would fall"), "{told}");
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
    let others = models(&a).into_iter().filter(|model| !model.kind().learned_shrinkage());
    for model in others {
        let told = Model { splines: splines().into(), ..model }.check(&a).expect_err("refused");
        let cause = "only alista, lista-cp, lista and ada-lista have a learned shrinkage";
        assert!(told.to_string().contains(cause), "{told}");
    }
}

/// The table of a module: the same numbers again, and all of them in its checksum.
#[test]
fn modules_have_all_of_them() {
    let a = dictionary(1);
    for model in curved() {
        for weights in [Weights::F32, Weights::Q8] {
            let module = export(&model, &a, weights, ("net", &[])).expect("exported");
            let line = |spline: &Spline<f32>| {
                let words = [spline.knots(), spline.values()].map(|table| format!("&{table:?}"));
                format!("spline({}),", words.join(", "))
            };
            for spline in model.splines.iter() {
                assert!(module.text.contains(&line(spline)), "{}", module.text);
            }
            // Knots, values and the slopes that follow from them.
            for (knot, value) in [(1.5, 0.0), (1.0, 0.25)] {
                let mut splines = model.splines.to_vec();
                let (mut knots, mut values) =
                    (splines[3].knots().to_vec(), splines[3].values().to_vec());
                (knots[0], values[0]) = (knot, value);
                splines[3] = Spline::new(&knots, &values).expect("a spline");
                let other = Model { splines: splines.into(), ..model.clone() };
                let other = export(&other, &a, weights, ("net", &[])).expect("exported");
                assert_ne!(other.checksum, module.checksum);
            }
            let soft = Model { splines: Splines::default(), ..model.clone() };
            let soft = export(&soft, &a, weights, ("net", &[])).expect("exported");
            assert_ne!(soft.checksum, module.checksum);
            assert!(!soft.text.contains("pline"), "{}", soft.text);
        }
    }
}
