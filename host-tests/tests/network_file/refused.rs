//! Files and models that are refused, with their cause.

use crate::model::{COLUMNS, LAYERS, ROWS, dictionary, matrix_models, models, simple_models};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Digest, Matrix, Model, ModelError, Numbers, read, to_bytes};
use std::fs;

/// What reading these bytes under the name `net.json` fails with, told as `net.json: …`.
#[track_caller]
fn refused(bytes: &[u8]) -> (ModelError, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("net.json");
    fs::write(&path, bytes).expect("written");
    let error = read(&path).expect_err("it is no network");
    let told = error.to_string();
    let folder = format!("{}/", folder.path().display());
    assert!(told.starts_with(&folder), "no file is named: {told}");
    (error, told.replace(&folder, ""))
}

/// A file whose checksum is right for another content.
fn file(network: &str) -> Vec<u8> {
    let checksum = Digest::of_bytes(network.as_bytes());
    let envelope = format!(
        r#"{{"format":"solvekit-network","version":1,"checksum":"{}","network":{network}}}"#,
        checksum.as_str()
    );
    envelope.into_bytes()
}

fn text(kind: usize) -> String {
    let model = models(&dictionary(1)).swap_remove(kind);
    String::from_utf8(to_bytes(&model).expect("bytes")).expect("text")
}

/// The model as JSON, changed, in a file with a good checksum.
fn changed(kind: usize, from: &str, to: &str) -> Vec<u8> {
    let model = models(&dictionary(1)).swap_remove(kind);
    let json = serde_json::to_string(&model).expect("JSON");
    assert!(json.contains(from), "`{from}` is not in {json}");
    file(&json.replacen(from, to, 1))
}

#[test]
fn a_variation_that_is_none_is_refused() {
    let key = r#","provenance""#;
    for (how, cause) in [
        ("shuffled", "`permuted` or `noisy:DB` is needed"),
        ("noisy:nan", "noise at NaN dB is not between -200 and 200 dB"),
    ] {
        let with = format!(r#","varying":"{how}"{key}"#);
        let (error, told) = refused(&changed(0, key, &with));
        assert!(matches!(error, ModelError::Format { .. }));
        assert!(told.contains(cause), "{told}");
    }
}

/// Every digit of the network and of its checksum.
#[test]
fn one_digit_changed_anywhere_is_found() {
    let good = text(4).into_bytes();
    let start = String::from_utf8_lossy(&good).find("\"checksum\"").expect("a key");
    let mut changes = 0;
    for place in (start..good.len()).filter(|place| good[*place].is_ascii_digit()) {
        let mut bytes = good.clone();
        bytes[place] = if bytes[place] == b'7' { b'3' } else { b'7' };
        let (error, told) = refused(&bytes);
        assert!(matches!(error, ModelError::Checksum { .. }), "at {place}: {told}");
        assert_eq!(told, "net.json: the checksum is that of other content: the file is damaged");
        changes += 1;
    }
    assert!(changes > 500, "{changes} digits");
    let without = text(0).replacen("\"checksum\"", "\"checkson\"", 1);
    assert!(matches!(refused(without.as_bytes()).0, ModelError::Checksum { .. }));
}

#[test]
fn another_version_is_refused_whatever_it_holds() {
    let version = text(0).replacen("\"version\":1", "\"version\":2", 1);
    let told = "net.json: a network file of version 2, version 1 is needed";
    assert_eq!(refused(version.as_bytes()).1, told);
    let later = br#"{"version":2,"format":"solvekit-network","layers":[]}"#;
    let (error, words) = refused(later);
    assert!(matches!(error, ModelError::Version { found: 2, expected: 1, .. }));
    assert_eq!(words, told);
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let whole = text(0);
    for length in 0..whole.len() - 1 {
        let (error, told) = refused(&whole.as_bytes()[..length]);
        assert!(matches!(error, ModelError::Format { .. }), "{length}: {told}");
        assert!(told.starts_with("net.json: not a network file: "), "{told}");
    }
}

#[test]
fn what_is_no_network_file_is_refused() {
    for (bytes, words) in [
        (&b"{}"[..], "missing field `format`"),
        (b"[1, 2]", "not a network file"),
        (br#"{"format":"solvekit-lasso","version":1}"#, "it is a `solvekit-lasso`"),
        (br#"{"format":"solvekit-network","version":"1"}"#, "invalid type"),
        (br#"{"format":"solvekit-network","version":1}"#, "missing field `network`"),
    ] {
        let (_, told) = refused(bytes);
        assert!(told.contains(words), "`{words}` is not in {told}");
    }
    let more = text(0) + "{}";
    assert!(refused(more.as_bytes()).1.contains("trailing characters"));
    // Not UTF-8.
    assert!(refused(b"\xff\xfe").1.starts_with("net.json: "));
    let missing = read("no-such.json".as_ref()).expect_err("no file").to_string();
    assert_eq!(missing, "no-such.json: No such file or directory (os error 2)");
    // A kind that nobody knows, and a key that is missing, under a good checksum.
    assert!(refused(&changed(0, "unfolded-ista", "folded")).1.contains("unknown variant"));
    assert!(refused(&changed(0, "\"lambda\"", "\"mu\"")).1.contains("missing field"));
    let rows = changed(3, "\"rows\":6,\"values\"", "\"rows\":7,\"values\"");
    assert!(refused(&rows).1.contains("54 numbers do not fill columns of 7"));
}

#[test]
fn another_dictionary_is_refused() {
    let a = dictionary(1);
    for model in models(&a) {
        model.check(&a).expect("its own");
        let other = dictionary(2);
        let told = model.check(&other).expect_err("another one").to_string();
        let digest = Digest::of_matrix(ROWS, other.values());
        let expected =
            format!("the network is for the dictionary {}, this one is {digest}", model.dictionary);
        assert_eq!(told, expected);
        // One bit of one entry.
        let mut values = a.values().to_vec();
        values[17] = f32::from_bits(values[17].to_bits() ^ 1);
        let near = DenseMatrix::from_columns(ROWS, values).expect("whole columns");
        assert!(matches!(model.check(&near), Err(ModelError::Dictionary { .. })));
        // The same numbers in another shape.
        let turned = DenseMatrix::from_columns(COLUMNS, a.values().to_vec()).expect("whole");
        let told = model.check(&turned).expect_err("another shape").to_string();
        assert_eq!(told, "the network is for a dictionary of (6, 9), this one is (9, 6)");
    }
}

/// JSON has numbers that f32 has not; a file that holds one is no network.
#[test]
fn numbers_beyond_f32_are_refused_when_read() {
    for (kind, from, to) in [
        (0, "\"lambda\":0.02", "\"lambda\":1e39"),
        (0, "\"lambda\":0.02", "\"lambda\":null"),
        (0, "\"lambda\":0.02", "\"lambda\":NaN"),
        (1, "\"steps\":[", "\"steps\":[-1e39,"),
        (2, "\"values\":[", "\"values\":[1e39,"),
        (3, "\"threshold\":", "\"threshold\":1e39"),
        (4, "\"momentum\":0.03", "\"momentum\":1e999"),
    ] {
        let (error, told) = refused(&changed(kind, from, to));
        assert!(matches!(error, ModelError::Format { .. }), "{to}: {told}");
    }
}

/// Nor is a model made of them, however it came about.
#[test]
fn numbers_outside_their_range_are_refused() {
    let a = dictionary(1);
    let with = |bad: f32| {
        let mut matrix = vec![0.5; ROWS * COLUMNS];
        matrix[20] = bad;
        Matrix::from(DenseMatrix::from_columns(ROWS, matrix).expect("whole columns"))
    };
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for place in 0..3 {
            for mut model in simple_models(&a) {
                let place =
                    place % if matches!(model.numbers, Numbers::Alista { .. }) { 2 } else { 3 };
                match (&mut model.numbers, place) {
                    (
                        Numbers::UnfoldedIsta { lambda, .. } | Numbers::UnfoldedIht { lambda, .. },
                        0,
                    ) => *lambda = bad,
                    (
                        Numbers::UnfoldedIsta { steps, .. } | Numbers::UnfoldedIht { steps, .. },
                        _,
                    ) => steps[place] = bad,
                    (Numbers::ListaCp { weights, .. }, 0) => weights[2] = with(bad),
                    (Numbers::Alista { weight, .. } | Numbers::HyperLista { weight, .. }, 0) => {
                        *weight = with(bad);
                    }
                    (Numbers::ListaCp { layers, .. } | Numbers::Alista { layers, .. }, place) => {
                        layers[place].threshold = bad
                    }
                    (Numbers::HyperLista { numbers, .. }, 1) => numbers.momentum = bad,
                    (Numbers::HyperLista { inverse_scales, .. }, _) => inverse_scales[5] = bad,
                    (other, _) => panic!("a kind without a test: {other:?}"),
                }
                let error = model.check(&a).expect_err("no network");
                let told = error.to_string();
                let known = ["outside its range", "not a finite number"];
                assert!(known.iter().any(|words| told.contains(words)), "{told}");
                assert!(matches!(error, ModelError::Numbers { .. }), "{told}");
            }
        }
    }
}

#[test]
fn tables_of_another_length_are_refused() {
    let a = dictionary(1);
    let whole = |values: usize| Matrix::rounded(ROWS, &vec![0.5; values]).expect("whole columns");
    let mut told = Vec::new();
    for mut model in simple_models(&a) {
        let kind = model.kind();
        let mut refused = |model: &Model| {
            let error = model.check(&a).expect_err("a table of another length");
            assert!(matches!(error, ModelError::Numbers { .. }), "{error}");
            told.push(error.to_string());
        };
        let mut deeper = model.clone();
        deeper.layers += 1;
        // Three numbers make any number of layers, but not none.
        if !matches!(model.numbers, Numbers::HyperLista { .. }) {
            refused(&deeper);
        }
        deeper.layers = 0;
        refused(&deeper);
        match &mut model.numbers {
            Numbers::UnfoldedIsta { steps, .. } | Numbers::UnfoldedIht { steps, .. } => {
                steps.clear();
            }
            Numbers::ListaCp { weights, .. } => weights.truncate(1),
            Numbers::Alista { weight, .. } => *weight = whole(ROWS * (COLUMNS - 1)),
            Numbers::HyperLista { inverse_scales, .. } => inverse_scales.truncate(8),
            other => panic!("a kind without a test: {other:?}"),
        }
        refused(&model);
        if let Numbers::HyperLista { weight, inverse_scales, .. } = &mut model.numbers {
            inverse_scales.push(0.5);
            *weight = whole(ROWS * (COLUMNS + 1));
            refused(&model);
            model.layers = usize::MAX;
            *model_weight(&mut model) = whole(ROWS * COLUMNS);
            refused(&model);
        }
        assert!(told.iter().all(|told| told.contains("network of 6 x 9: ")), "{kind}: {told:?}");
    }
    for words in [
        "its table has 4 layers, the network 5",
        "there are no layers",
        "4 entries are needed, 1 were given",
        "weight matrix 0 has another shape",
        "9 entries are needed, 8 were given",
        "it cannot have 18446744073709551615 layers",
    ] {
        assert!(told.iter().any(|told| told.contains(words)), "`{words}` is not in {told:?}");
    }
}

/// The same of kinds with two matrices, or with a prior.
#[test]
fn numbers_of_matrix_networks_are_refused_by_name() {
    let a = dictionary(1);
    let [ada, lista, tista] = &*matrix_models(&a) else { panic!("three kinds") };
    let refused = |model: &Model, change: &dyn Fn(&mut Model), words: &str| {
        let mut model = model.clone();
        model.check(&a).expect("good before");
        change(&mut model);
        let error = model.check(&a).expect_err("no network");
        assert!(matches!(error, ModelError::Numbers { .. }), "{error}");
        let head = format!("a {} network of 6 x 9: ", model.kind());
        let told = error.to_string();
        assert!(told.starts_with(&head) && told.contains(words), "`{words}` is not in {told}");
    };
    let spoilt = |matrix: &Matrix, bad: f32| {
        let mut values = matrix.dense().values().to_vec();
        values[20] = bad;
        let rows = solvekit::LinearOperator::rows(matrix);
        Matrix::from(DenseMatrix::from_columns(rows, values).expect("whole columns"))
    };
    for model in [ada, lista, tista] {
        refused(model, &|model| model.layers += 1, "its table has 4 layers, the network 5");
        refused(model, &|model| model.layers = 0, "its table has 4 layers, the network 0");
    }
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for which in 0..2 {
            let spoil = |model: &mut Model| match &mut model.numbers {
                Numbers::Lista { weights, .. } | Numbers::AdaLista { weights, .. } => {
                    weights[which] = spoilt(&weights[which], bad);
                }
                other => panic!("{other:?}"),
            };
            let words = |names: [&str; 2]| {
                format!("of weight matrix {} is not a finite number", names[which])
            };
            refused(lista, &spoil, &words(["B 0", "C 0"]));
            refused(ada, &spoil, &words(["W1", "W2"]));
        }
        let spoil = |part: usize| {
            move |model: &mut Model| match (&mut model.numbers, part) {
                (Numbers::Lista { thresholds, .. }, _) => thresholds[2] = bad,
                (Numbers::AdaLista { layers, .. }, 0) => layers[2].step = bad,
                (Numbers::AdaLista { layers, .. }, _) => layers[2].threshold = bad,
                (Numbers::Tista { steps, .. }, 0) => steps[2] = bad,
                (Numbers::Tista { density, .. }, 1) => *density = bad,
                (Numbers::Tista { variance, .. }, 2) => *variance = bad,
                (Numbers::Tista { noise, .. }, _) => *noise = bad,
                (other, _) => panic!("{other:?}"),
            }
        };
        let layer = "a number of layer 2 is outside its range";
        refused(lista, &spoil(0), layer);
        refused(ada, &spoil(0), layer);
        refused(ada, &spoil(1), layer);
        refused(tista, &spoil(0), layer);
        refused(tista, &spoil(1), "the share of non-zero entries");
        refused(tista, &spoil(2), "the variance of non-zero entries");
        refused(tista, &spoil(3), "the variance of the noise");
    }
    let swap = |model: &mut Model| match &mut model.numbers {
        Numbers::Lista { weights, .. } => weights.swap(0, 1),
        other => panic!("{other:?}"),
    };
    refused(lista, &swap, "weight matrix B 0 is not 9 by 6");
    let text = serde_json::to_string(ada).expect("JSON");
    // Two matrices, not one.
    let one = text.replacen("},{\"rows\"", ",\"more\":{\"rows\"", 1);
    assert!(serde_json::from_str::<Model>(&one).is_err());
}

fn model_weight(model: &mut Model) -> &mut Matrix {
    match &mut model.numbers {
        Numbers::HyperLista { weight, .. } => weight,
        other => panic!("no HyperLISTA: {other:?}"),
    }
}

#[test]
fn a_dictionary_without_weights_says_so() {
    use solvekit_host::network::analytic;
    let of = |rows: usize, values: &[f32]| {
        let a = DenseMatrix::from_columns(rows, values.to_vec()).expect("whole columns");
        analytic(&a).expect_err("no weights").to_string()
    };
    let depend = "the dictionary has no weights: its rows depend on each other";
    assert_eq!(of(2, &[1.0, 2.0, 2.0, 4.0, -1.0, -2.0]), depend);
    // More rows than columns.
    assert_eq!(of(3, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]), depend);
    let zeros = of(2, &[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(zeros, "the dictionary has no weights: it has a column of zeros");
    assert_eq!(LAYERS, 4);
}
