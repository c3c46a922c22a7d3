//! The forward pass of training is the deployed network.

use crate::planted::{KINDS, Kind, Planted, deployed, layer, numbers};
use solvekit::Real;
use solvekit_host::training::gradient::{Element, Packed, Unrolled, Weights};

fn unrolled<T: Element>(planted: &Planted, kind: Kind, layers: usize) -> Unrolled<T> {
    let (a, w) = (planted.matrix(&planted.a), planted.matrix(&planted.w));
    let weights = match kind {
        Kind::Ista | Kind::Iht => Weights::Dictionary,
        Kind::Shared => Weights::Shared(Packed::new(&w)),
        Kind::Each => {
            let each = |k: usize| if k.is_multiple_of(2) { &w } else { &a };
            Weights::Each((0..layers).map(|k| Packed::new(each(k))).collect())
        }
    };
    Unrolled::new(&a, weights).expect("the same shape")
}

fn compare<T: Element>(shape: (usize, usize), signals: usize) {
    const LAYERS: usize = 6;
    let planted = Planted::draw(7, shape, signals);
    let (a, w) = (planted.matrix::<T>(&planted.a), planted.matrix::<T>(&planted.w));
    let weights: Vec<_> =
        (0..LAYERS).map(|k| if k.is_multiple_of(2) { w.clone() } else { a.clone() }).collect();
    let mut least = usize::MAX;
    for kind in KINDS {
        let all: Vec<_> = (0..LAYERS).map(|k| numbers::<T>(kind, k)).collect();
        let layers: Vec<_> = all.iter().map(|one| layer(kind, *one, shape.1)).collect();
        let found = unrolled::<T>(&planted, kind, LAYERS).infer(&layers, &planted.batch());
        assert_eq!(found.len(), signals);
        let mut entries = 0;
        for (s, (found, y)) in found.iter().zip(&planted.y).enumerate() {
            let y: Vec<T> = y.iter().map(|y| T::from_f64(*y)).collect();
            let plain = deployed(kind, &a, &weights, &all, &y);
            // Debug writes enough digits to tell any two numbers apart, and the sign of a zero.
            assert_eq!(format!("{found:?}"), format!("{plain:?}"), "{kind:?}, signal {s}");
            entries += found.iter().filter(|x| **x != T::ZERO).count();
        }
        assert!(entries < signals * shape.1, "{kind:?} leaves {entries}");
        least = least.min(entries);
    }
    // A network that leaves nothing has nothing to compare; in the smallest dictionary one does.
    assert!(shape.1 < 30 || least > signals, "a network leaves {least} entries");
}

/// Sizes with and without whole quarters and panels; batches with and without whole tiles.
#[test]
fn a_batch_has_the_bits_of_each_signal_alone() {
    for shape in [(24, 48), (13, 37), (64, 128), (50, 99)] {
        compare::<f32>(shape, 19);
        compare::<f64>(shape, 9);
    }
}

#[test]
fn few_signals_and_small_dictionaries() {
    for signals in [1, 4, 8] {
        compare::<f32>((7, 11), signals);
    }
}

/// A NaN in one measurement shows in that signal only.
#[test]
fn what_is_not_a_number_stays_with_its_signal() {
    let mut planted = Planted::draw(3, (24, 48), 5);
    planted.y[2][5] = f64::NAN;
    let all: Vec<_> = (0..3).map(|k| numbers::<f32>(Kind::Ista, k)).collect();
    let layers: Vec<_> = all.iter().map(|one| layer(Kind::Ista, *one, 48)).collect();
    let found = unrolled::<f32>(&planted, Kind::Ista, 3).infer(&layers, &planted.batch());
    for (s, x) in found.iter().enumerate() {
        assert_eq!(x.iter().all(|x| x.is_nan()), s == 2);
        assert_eq!(x.iter().all(|x| Real::is_finite(*x)), s != 2);
    }
}
