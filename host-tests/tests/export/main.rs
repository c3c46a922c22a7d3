//! Exported modules, compiled: their self-tests pass, and fail on other tables. That they are what
//! `solvekit export` writes is a test of `network_file`.

use scenarios::deployed::{
    ada_lista, ada_lista_q8, ada_lista_spline, ada_lista_spline_q8, alista, alista_q8,
    alista_spline, alista_spline_q8, hyperlista, hyperlista_q8, lista, lista_cp, lista_cp_q8,
    lista_q8, lista_spline, lista_spline_q8, tista, tista_q8, unfolded_iht, unfolded_iht_q8,
    unfolded_ista, unfolded_ista_q8,
};
use solvekit::network::{
    AdaMemory, Coupled, Golden, HyperMemory, NetworkState, SelfTestError, Spline, TableSum,
};
use solvekit::{SMatrix, SVector};
use solvekit_host::export::Weights;
use solvekit_host::network::Kind;
use solvekit_host::plan::Demand;

/// Self-test, inference, bad measurements, and the state's bytes.
macro_rules! deployed {
    ($($test:ident: $module:ident, $checked:ident, $kind:ident, $weights:ident;)*) => {
        $(#[test]
        fn $test() {
            use $module as net;
            static START: net::State = net::start();
            let mut state = START;
            net::self_test(&mut state).expect("as exported");
            let layers = net::layers().expect("good tables");
            let y = net::Measurements::from_column_slice(&net::GOLDEN_Y);
            net::recover(&layers, &y, &mut state).expect("good measurements");
            let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(state.x.as_slice()), bits(&net::GOLDEN_X));
            assert!(net::GOLDEN_X.iter().any(|x| *x != 0.0));
            // What was there before does not matter.
            net::self_test(&mut state).expect("again");
            let mut bad = y;
            bad[2] = f32::NAN;
            assert!(net::recover(&layers, &bad, &mut state).is_err());
            let demand = Demand {
                kind: Kind::$kind,
                rows: net::ROWS as u64,
                columns: net::COLUMNS as u64,
                layers: net::LAYERS.into(),
                knots: 0,
                weights: Weights::$weights,
            };
            assert_eq!(demand.state_bytes(), size_of::<net::State>() as u64);
            // Another x is found out, with its place.
            let mut other = net::GOLDEN_X;
            other[5] = f32::from_bits(other[5].to_bits() ^ 1);
            let golden = Golden::new(&net::GOLDEN_Y, &other, net::LAYERS);
            let told = golden.replay(&net::$checked, &layers, &mut state);
            assert!(matches!(told, Err(SelfTestError::Signal { unknown: 5, .. })), "{told:?}");
            let short = Golden::new(&net::GOLDEN_Y[1..], &net::GOLDEN_X, net::LAYERS);
            let told = short.replay(&net::$checked, &layers, &mut state);
            assert_eq!(told, Err(SelfTestError::Length { expected: 6, found: 5 }));
        })*
    };
}

deployed! {
    unfolded_ista_deploys: unfolded_ista, DICTIONARY, UnfoldedIsta, F32;
    unfolded_iht_deploys: unfolded_iht, DICTIONARY, UnfoldedIht, F32;
    lista_cp_deploys: lista_cp, DICTIONARY, ListaCp, F32;
    alista_deploys: alista, DICTIONARY, Alista, F32;
    hyperlista_deploys: hyperlista, DICTIONARY, HyperLista, F32;
    unfolded_ista_q8_deploys: unfolded_ista_q8, DICTIONARY, UnfoldedIsta, Q8;
    unfolded_iht_q8_deploys: unfolded_iht_q8, DICTIONARY, UnfoldedIht, Q8;
    lista_cp_q8_deploys: lista_cp_q8, DICTIONARY, ListaCp, Q8;
    alista_q8_deploys: alista_q8, DICTIONARY, Alista, Q8;
    hyperlista_q8_deploys: hyperlista_q8, DICTIONARY, HyperLista, Q8;
    lista_deploys: lista, ADJOINT, Lista, F32;
    ada_lista_deploys: ada_lista, DICTIONARY, AdaLista, F32;
    tista_deploys: tista, DICTIONARY, Tista, F32;
    lista_q8_deploys: lista_q8, ADJOINT, Lista, Q8;
    ada_lista_q8_deploys: ada_lista_q8, DICTIONARY, AdaLista, Q8;
    tista_q8_deploys: tista_q8, DICTIONARY, Tista, Q8;
    alista_spline_deploys: alista_spline, DICTIONARY, Alista, F32;
    lista_spline_deploys: lista_spline, ADJOINT, Lista, F32;
    ada_lista_spline_deploys: ada_lista_spline, DICTIONARY, AdaLista, F32;
    alista_spline_q8_deploys: alista_spline_q8, DICTIONARY, Alista, Q8;
    lista_spline_q8_deploys: lista_spline_q8, ADJOINT, Lista, Q8;
    ada_lista_spline_q8_deploys: ada_lista_spline_q8, DICTIONARY, AdaLista, Q8;
}

/// The bytes of a module's statics are those that `plan` counts.
#[test]
fn tables_have_the_bytes_that_were_foretold() {
    let demand = |kind, weights| Demand { kind, rows: 6, columns: 9, layers: 4, knots: 0, weights };
    let golden = size_of_val(&alista::GOLDEN_Y) + size_of_val(&alista::GOLDEN_X);
    let bytes = |parts: &[usize]| (parts.iter().sum::<usize>() + golden) as u64;
    assert_eq!(
        demand(Kind::UnfoldedIsta, Weights::F32).table_bytes(),
        bytes(&[size_of_val(&unfolded_ista::DICTIONARY), size_of_val(&unfolded_ista::STEPS)])
    );
    assert_eq!(
        demand(Kind::ListaCp, Weights::F32).table_bytes(),
        bytes(&[
            size_of_val(&lista_cp::DICTIONARY),
            size_of_val(&lista_cp::WEIGHTS),
            size_of_val(&lista_cp::NUMBERS),
        ])
    );
    assert_eq!(
        demand(Kind::HyperLista, Weights::F32).table_bytes(),
        bytes(&[
            size_of_val(&hyperlista::DICTIONARY),
            size_of_val(&hyperlista::WEIGHTS),
            size_of_val(&hyperlista::INVERSE_SCALES),
        ])
    );
    assert_eq!(
        demand(Kind::Lista, Weights::F32).table_bytes(),
        bytes(&[size_of_val(&lista::B), size_of_val(&lista::C), size_of_val(&lista::THRESHOLDS)])
    );
    assert_eq!(
        demand(Kind::AdaLista, Weights::F32).table_bytes(),
        bytes(&[
            size_of_val(&ada_lista::DICTIONARY),
            size_of_val(&ada_lista::W1),
            size_of_val(&ada_lista::W2),
            size_of_val(&ada_lista::NUMBERS),
        ])
    );
    assert_eq!(
        demand(Kind::Tista, Weights::F32).table_bytes(),
        bytes(&[
            size_of_val(&tista::DICTIONARY),
            size_of_val(&tista::WEIGHTS),
            size_of_val(&tista::STEPS),
        ])
    );
    // What refers to codes and scales is six words on a target: 24 bytes for each matrix.
    assert_eq!(
        demand(Kind::Alista, Weights::Q8).table_bytes(),
        2 * 24
            + bytes(&[
                size_of_val(&alista_q8::DICTIONARY_CODES),
                size_of_val(&alista_q8::DICTIONARY_SCALES),
                size_of_val(&alista_q8::WEIGHTS_0_CODES),
                size_of_val(&alista_q8::WEIGHTS_0_SCALES),
                size_of_val(&alista_q8::NUMBERS),
            ])
    );
    assert_eq!(
        demand(Kind::Lista, Weights::Q8).table_bytes(),
        2 * 24
            + bytes(&[
                size_of_val(&lista_q8::B_CODES),
                size_of_val(&lista_q8::B_SCALES),
                size_of_val(&lista_q8::C_CODES),
                size_of_val(&lista_q8::C_SCALES),
                size_of_val(&lista_q8::THRESHOLDS),
            ])
    );
}

#[test]
fn splines_have_the_bytes_that_were_foretold() {
    for (kind, bytes) in [
        (Kind::Alista, size_of_val(&alista_spline::SPLINES)),
        (Kind::Lista, size_of_val(&lista_spline::SPLINES)),
        (Kind::AdaLista, size_of_val(&ada_lista_spline::SPLINES)),
    ] {
        for weights in [Weights::F32, Weights::Q8] {
            let of = |knots| Demand { kind, rows: 6, columns: 9, layers: 4, knots, weights };
            let with = of(3).table_bytes() - of(0).table_bytes();
            assert_eq!(with, bytes as u64, "{kind}");
            assert_eq!(of(3).state_bytes(), of(0).state_bytes());
        }
    }
}

/// Another value of one spline is in the checksum, and in x.
#[test]
fn a_changed_spline_is_found_out() {
    use alista_spline as net;
    let sum = |splines: &[Spline<f32>]| {
        let mut sum = TableSum::new().reals(net::DICTIONARY.as_slice());
        sum = sum.reals(net::WEIGHTS[0].as_slice());
        for layer in &net::NUMBERS {
            sum = sum.reals(&[layer.step, layer.threshold, layer.passing]);
        }
        for spline in splines {
            sum = sum.reals(spline.knots()).reals(spline.values()).reals(spline.slopes());
        }
        sum.expect(net::CHECKSUM)
    };
    assert_eq!(sum(&net::SPLINES), Ok(()));
    let replay = |splines: &[Spline<f32>]| {
        let golden = Golden::new(&net::GOLDEN_Y, &net::GOLDEN_X, net::LAYERS);
        let layers = Coupled::new(&net::DICTIONARY, &net::WEIGHTS, &net::NUMBERS[..])
            .and_then(|layers| layers.with_shrinkage(splines));
        golden.replay(&net::DICTIONARY, &layers.expect("layers"), &mut net::start())
    };
    assert_eq!(replay(&net::SPLINES), Ok(()));
    for k in 0..net::SPLINES.len() {
        let mut other = net::SPLINES;
        let (knots, mut values) = (other[k].knots().to_vec(), other[k].values().to_vec());
        values[1] = f32::from_bits(values[1].to_bits() ^ 1);
        other[k] = Spline::new(&knots, &values).expect("a spline");
        let told = sum(&other);
        assert!(matches!(told, Err(SelfTestError::Checksum { .. })), "{k}: {told:?}");
    }
    let soft = [Spline::soft(&[1.0]).expect("a knot at the threshold"); 4];
    let told = replay(&soft);
    assert!(matches!(told, Err(SelfTestError::Signal { .. })), "{told:?}");
}

#[test]
fn the_state_s_formula_is_its_size() {
    type State<M> = NetworkState<SVector<f32, 128>, SVector<f32, 64>, M>;
    let demand =
        |kind| Demand { kind, rows: 64, columns: 128, layers: 16, knots: 0, weights: Weights::F32 };
    assert_eq!(demand(Kind::Alista).state_bytes(), size_of::<State<()>>() as u64);
    let with_memory = size_of::<State<HyperMemory<f32, SVector<f32, 128>>>>() as u64;
    assert_eq!(demand(Kind::HyperLista).state_bytes(), with_memory);
    let with_room = size_of::<State<AdaMemory<SVector<f32, 64>>>>() as u64;
    assert_eq!(demand(Kind::AdaLista).state_bytes(), with_room);
}

/// One bit of one table, wherever it is.
#[test]
fn a_changed_table_is_found_out() {
    let sum = |a: &SMatrix<f32, 6, 9>, w: &SMatrix<f32, 6, 9>, scales: &[f32]| {
        TableSum::new().reals(a.as_slice()).reals(w.as_slice()).reals(scales)
    };
    let (a, w) = (&hyperlista::DICTIONARY, &hyperlista::WEIGHTS);
    let scales = hyperlista::INVERSE_SCALES;
    assert_eq!(sum(a, w, &scales).expect(hyperlista::CHECKSUM), Ok(()));
    let flipped = |number: f32, bit: u32| f32::from_bits(number.to_bits() ^ (1 << bit));
    let expected = hyperlista::CHECKSUM;
    for (place, bit) in [(0, 0), (17, 31), (53, 12)] {
        let mut other = *a;
        other.as_mut_slice()[place] = flipped(a.as_slice()[place], bit);
        let told = sum(&other, w, &scales).expect(expected);
        assert!(matches!(told, Err(SelfTestError::Checksum { .. })), "{told:?}");
        let mut other = *w;
        other.as_mut_slice()[place] = flipped(w.as_slice()[place], bit);
        assert!(sum(a, &other, &scales).expect(expected).is_err());
    }
    let mut other = scales;
    other[8] = flipped(other[8], 3);
    assert!(sum(a, w, &other).expect(expected).is_err());
    // A table that is changed more than a rounding changes x.
    let mut other = *a;
    other[(2, 3)] += 0.25;
    let golden = Golden::new(&hyperlista::GOLDEN_Y, &hyperlista::GOLDEN_X, hyperlista::LAYERS);
    let layers = hyperlista::layers().expect("good tables");
    let told = golden.replay(&other, &layers, &mut hyperlista::start());
    assert!(matches!(told, Err(SelfTestError::Signal { .. })), "{told:?}");
}
