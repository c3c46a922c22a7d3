//! What is no network is refused, with its cause and place.

use crate::analytic::weight;
use crate::problem::draw;
use solvekit::network::{
    AdaLayer, AdaLista, BernoulliGaussian, Coupled, CoupledLayer, Energies, Hyper, HyperNumbers,
    Lista, NetworkError, Spline, Tista, Unfolded, Weight,
};
use solvekit::penalty::L1;
use solvekit_host::matrix::DenseMatrix;
use std::slice::from_ref;

#[test]
fn steps_are_positive_numbers() {
    let new = |steps: &[f64]| Unfolded::new(L1::new(0.1).unwrap(), steps.to_vec()).err();
    assert_eq!(new(&[]), Some(NetworkError::Empty));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(new(&[1.0, 2.0, bad]), Some(NetworkError::Layer { layer: 2 }), "{bad}");
    }
    assert_eq!(new(&[35.0]), None);
}

#[test]
fn weights_have_the_dictionary_s_shape_and_layers_their_ranges() {
    let problem = draw(1, (6, 9), 2, 0.0);
    let (a, (w, _)) = (&problem.dictionary, weight(&problem.dictionary, 6));
    let layer = CoupledLayer { step: 1.0, threshold: 0.1, passing: 0.2 };
    let new = |weights: &[DenseMatrix<f64>], layers: &[CoupledLayer<f64>]| {
        Coupled::new(a, weights, layers.to_vec()).err()
    };
    assert_eq!(new(from_ref(&w), &[]), Some(NetworkError::Empty));
    let length = NetworkError::Length { expected: 3, found: 2 };
    assert_eq!(new(&[w.clone(), w.clone()], &[layer; 3]), Some(length));
    let other = DenseMatrix::from_columns(6, vec![0.0; 48]).unwrap();
    let shape = Some(NetworkError::Shape { layer: 1 });
    assert_eq!(new(&[w.clone(), other], &[layer; 2]), shape);
    let mut values = w.values().to_vec();
    values[7] = f64::NAN;
    let broken = DenseMatrix::from_columns(6, values).unwrap();
    assert_eq!(new(&[broken], &[layer]), Some(NetworkError::NonFiniteWeight { layer: 0 }));
    let refused = |layer| new(from_ref(&w), &[layer]);
    let bad = Some(NetworkError::Layer { layer: 0 });
    assert_eq!(refused(CoupledLayer { step: 0.0, ..layer }), bad);
    assert_eq!(refused(CoupledLayer { threshold: -0.1, ..layer }), bad);
    assert_eq!(refused(CoupledLayer { threshold: f64::INFINITY, ..layer }), bad);
    assert_eq!(refused(CoupledLayer { passing: 1.1, ..layer }), bad);
    assert_eq!(refused(CoupledLayer { passing: f64::NAN, ..layer }), bad);
    assert_eq!(refused(CoupledLayer { passing: 1.0, ..layer }), None);
}

#[test]
fn three_numbers_and_scales_are_not_negative() {
    let problem = draw(1, (6, 9), 2, 0.0);
    let (w, scales) = weight(&problem.dictionary, 6);
    let good = HyperNumbers { threshold: 0.1, momentum: 0.1, passing: 0.1 };
    let new = |scales: &[f64], numbers| {
        Hyper::new(&problem.dictionary, &w, scales.to_vec(), numbers).err()
    };
    assert_eq!(new(&scales, good), None);
    let length = NetworkError::Length { expected: 9, found: 8 };
    assert_eq!(new(&scales[1..], good), Some(length));
    let parameter = Some(NetworkError::Parameter);
    assert_eq!(new(&[f64::NAN; 9], good), parameter);
    assert_eq!(new(&scales, HyperNumbers { threshold: -1.0, ..good }), parameter);
    assert_eq!(new(&scales, HyperNumbers { momentum: f64::NAN, ..good }), parameter);
    assert_eq!(new(&scales, HyperNumbers { passing: f64::INFINITY, ..good }), parameter);
}

#[test]
fn lista_s_matrices_are_named() {
    let problem = draw(1, (6, 9), 2, 0.0);
    let a = &problem.dictionary;
    let zeros = |rows: usize, columns: usize| {
        DenseMatrix::from_columns(rows, vec![0.0; rows * columns]).unwrap()
    };
    let (b, c) = (zeros(9, 6), zeros(9, 9));
    type Matrices<'a> = &'a [DenseMatrix<f64>];
    let new = |b: Matrices, c: Matrices, thetas: &[f64]| Lista::new(a, b, c, thetas).err();
    let (b1, c1) = (from_ref(&b), from_ref(&c));
    assert_eq!(new(b1, c1, &[0.0, 0.1]), None);
    assert_eq!(new(b1, c1, &[]), Some(NetworkError::Empty));
    let length = Some(NetworkError::Length { expected: 3, found: 2 });
    assert_eq!(new(&[b.clone(), b.clone()], c1, &[0.1; 3]), length);
    assert_eq!(new(b1, &[c.clone(), c.clone()], &[0.1; 3]), length);
    for bad in [-0.1, f64::NAN, f64::INFINITY] {
        assert_eq!(new(b1, c1, &[0.1, bad]), Some(NetworkError::Layer { layer: 1 }), "{bad}");
    }
    let shape = |weight, columns| Some(NetworkError::WeightShape { weight, rows: 9, columns });
    assert_eq!(new(&[b.clone(), c.clone()], c1, &[0.1; 2]), shape(Weight::B { layer: 1 }, 6));
    assert_eq!(new(b1, &[b.clone(), c.clone()], &[0.1; 2]), shape(Weight::C { layer: 0 }, 9));
    let broken = |matrix: &DenseMatrix<f64>| {
        let mut values = matrix.values().to_vec();
        values[9 * 3 + 4] = f64::NEG_INFINITY;
        DenseMatrix::from_columns(9, values).unwrap()
    };
    let entry = |weight| NetworkError::WeightEntry { weight, row: 4, column: 3 };
    assert_eq!(new(&[broken(&b)], c1, &[0.1]), Some(entry(Weight::B { layer: 0 })));
    let found = new(b1, &[c.clone(), broken(&c)], &[0.1; 2]);
    assert_eq!(found, Some(entry(Weight::C { layer: 1 })));
    let told = found.unwrap().to_string();
    assert_eq!(told, "entry (4, 3) of weight matrix C 1 is not a finite number");
    let splines = [Spline::soft(&[1.0]).unwrap(); 2];
    let lista = Lista::new(a, b1, c1, [0.1; 3]).unwrap();
    assert_eq!(lista.clone().with_shrinkage(&splines[..]).err(), length);
    assert_eq!(lista.clone().with_shrinkage(splines).err(), length);
}

#[test]
fn ada_lista_s_matrices_are_square_as_measurements() {
    let problem = draw(1, (6, 9), 2, 0.0);
    let a = &problem.dictionary;
    let good = DenseMatrix::from_columns(6, vec![0.5; 36]).unwrap();
    let layer = AdaLayer { step: 0.1, threshold: 0.0 };
    type Matrix = DenseMatrix<f64>;
    let new =
        |w1: &Matrix, w2: &Matrix, layers: &[AdaLayer<f64>]| AdaLista::new(a, w1, w2, layers).err();
    assert_eq!(new(&good, &good, &[layer]), None);
    assert_eq!(new(&good, &good, &[]), Some(NetworkError::Empty));
    let shape = |weight| Some(NetworkError::WeightShape { weight, rows: 6, columns: 6 });
    assert_eq!(new(a, &good, &[layer]), shape(Weight::W1));
    assert_eq!(new(&good, a, &[layer]), shape(Weight::W2));
    let mut values = good.values().to_vec();
    values[6 * 2 + 5] = f64::NAN;
    let broken = DenseMatrix::from_columns(6, values).unwrap();
    let entry = |weight| Some(NetworkError::WeightEntry { weight, row: 5, column: 2 });
    assert_eq!(new(&broken, &good, &[layer]), entry(Weight::W1));
    assert_eq!(new(&good, &broken, &[layer]), entry(Weight::W2));
    for bad in [
        AdaLayer { step: 0.0, ..layer },
        AdaLayer { step: f64::NAN, ..layer },
        AdaLayer { step: f64::INFINITY, ..layer },
        AdaLayer { threshold: -1.0, ..layer },
        AdaLayer { threshold: f64::NAN, ..layer },
    ] {
        let found = new(&good, &good, &[layer, bad]);
        assert_eq!(found, Some(NetworkError::Layer { layer: 1 }), "{bad:?}");
    }
    let layers = AdaLista::new(a, &good, &good, [layer; 2]).unwrap();
    let splines = [Spline::soft(&[1.0]).unwrap(); 3];
    let length = NetworkError::Length { expected: 2, found: 3 };
    assert_eq!(layers.clone().with_shrinkage(splines).err(), Some(length));
}

#[test]
fn tista_s_numbers_are_named() {
    for p in [0.0, -0.1, 1.1, f64::NAN, 5e-324] {
        assert_eq!(BernoulliGaussian::new(p, 1.0), Err(NetworkError::Density), "{p}");
    }
    for variance in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(BernoulliGaussian::new(0.1, variance), Err(NetworkError::Variance));
    }
    let problem = draw(1, (6, 9), 2, 0.0);
    let (a, (w, _)) = (&problem.dictionary, weight(&problem.dictionary, 6));
    let prior = BernoulliGaussian::new(0.1, 1.0).unwrap();
    let new = |noise, steps: &[f64]| Tista::new(a, &w, prior, noise, steps).err();
    assert_eq!(new(0.0, &[1.0]), None);
    assert_eq!(new(0.0, &[]), Some(NetworkError::Empty));
    for noise in [-0.1, f64::NAN, f64::INFINITY] {
        assert_eq!(new(noise, &[1.0]), Some(NetworkError::Noise), "{noise}");
    }
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let found = new(0.1, &[1.0, 1.0, bad]);
        assert_eq!(found, Some(NetworkError::Layer { layer: 2 }), "{bad}");
    }
    let other = DenseMatrix::from_columns(6, vec![0.0; 48]).unwrap();
    let found = Tista::new(a, &other, prior, 0.1, [1.0]).err();
    assert_eq!(found, Some(NetworkError::Shape { layer: 0 }));
    let mut values = w.values().to_vec();
    values[7] = f64::NAN;
    let broken = DenseMatrix::from_columns(6, values).unwrap();
    let found = Tista::new(a, &broken, prior, 0.1, [1.0]).err();
    assert_eq!(found, Some(NetworkError::NonFiniteWeight { layer: 0 }));
    let good = Energies::of(a, &w);
    let with = |energies| Tista::with_energies(a, &w, prior, 0.1, energies, [1.0]).err();
    assert_eq!(with(good), None);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let found = with(Energies { dictionary: bad, ..good });
        assert_eq!(found, Some(NetworkError::DictionaryEnergy), "{bad}");
        let found = with(Energies { weight: bad, ..good });
        assert_eq!(found, Some(NetworkError::WeightEnergy), "{bad}");
    }
    let nothing = DenseMatrix::from_columns(6, vec![0.0; 54]).unwrap();
    let found = Tista::new(a, &nothing, prior, 0.1, [1.0]).err();
    assert_eq!(found, Some(NetworkError::WeightEnergy));
}

#[test]
fn a_spline_has_knots_that_rise_and_values_that_do_not_fall() {
    let new = |knots: &[f64], values: &[f64]| Spline::new(knots, values).err();
    assert_eq!(new(&[], &[]), Some(NetworkError::KnotCount { found: 0 }));
    let many: Vec<f64> = (1..=17).map(f64::from).collect();
    assert_eq!(new(&many, &many), Some(NetworkError::KnotCount { found: 17 }));
    assert_eq!(new(&many[..16], &many[..16]), None);
    let length = NetworkError::Length { expected: 2, found: 1 };
    assert_eq!(new(&[1.0, 2.0], &[0.0]), Some(length));
    for bad in [1.0, 0.5, f64::NAN, f64::INFINITY] {
        let found = new(&[1.0, bad], &[0.0, 1.0]);
        assert_eq!(found, Some(NetworkError::Knot { knot: 1 }), "{bad}");
    }
    assert_eq!(new(&[0.0], &[0.0]), Some(NetworkError::Knot { knot: 0 }));
    for bad in [0.1, -1.0, f64::NAN, f64::INFINITY] {
        let found = new(&[1.0, 2.0, 3.0], &[0.1, 0.2, bad]);
        assert_eq!(found, Some(NetworkError::KnotValue { knot: 2 }), "{bad}");
    }
    assert_eq!(new(&[1.0], &[-0.1]), Some(NetworkError::KnotValue { knot: 0 }));
    // As steep as no number.
    assert_eq!(new(&[5e-324], &[1.0]), Some(NetworkError::KnotValue { knot: 0 }));
    assert_eq!(new(&[1.0, 2.0], &[0.5, 0.5]), None);
    let soft = |knots: &[f64]| Spline::soft(knots).err();
    assert_eq!(soft(&[0.5, 1.0, 2.0]), None);
    assert_eq!(soft(&[0.5, 2.0]), Some(NetworkError::NoKnotAtThreshold));
    assert_eq!(soft(&[1.0, 0.5]), Some(NetworkError::Knot { knot: 1 }));
    assert_eq!(soft(&[f64::NAN]), Some(NetworkError::Knot { knot: 0 }));
    assert_eq!(soft(&[]), Some(NetworkError::KnotCount { found: 0 }));
    assert_eq!(soft(&many), Some(NetworkError::KnotCount { found: 17 }));
    let problem = draw(1, (6, 9), 2, 0.0);
    let a = &problem.dictionary;
    let layer = CoupledLayer { step: 1.0, threshold: 0.1, passing: 0.2 };
    let coupled = Coupled::new(a, from_ref(a), [layer; 2]).unwrap();
    let splines = [Spline::soft(&[1.0]).unwrap(); 3];
    let length = NetworkError::Length { expected: 2, found: 3 };
    assert_eq!(coupled.clone().with_shrinkage(splines).err(), Some(length));
}

/// Its constructor alone makes it: nothing that was read skips the check of the steps.
#[test]
fn unfolded_layers_are_not_read() {
    use std::marker::PhantomData;

    struct Read<T>(PhantomData<T>);
    trait Otherwise {
        const IS: bool = false;
    }
    impl<T> Otherwise for Read<T> {}
    // An own constant comes before a trait's.
    impl<T: serde::de::DeserializeOwned> Read<T> {
        const IS: bool = true;
    }
    let read = [Read::<L1<f32>>::IS, Read::<Unfolded<L1<f32>, [f32; 4]>>::IS];
    assert_eq!(read, [true, false]);
}
