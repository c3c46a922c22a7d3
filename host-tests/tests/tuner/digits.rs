//! What rounding leaves of a window in f32.

use crate::toy::{Draw, uniforms};
use serde::Deserialize;
use solvekit::tuner::{Arms, WindowedUcb};

/// One arm in f32, with the mean and the squares of its window by the definition.
struct Single<const W: usize> {
    tuner: WindowedUcb<f32, 1, W>,
    costs: Vec<f64>,
}

impl<const W: usize> Single<W> {
    fn new() -> Self {
        Self { tuner: WindowedUcb::new(Arms::new([1.5]).expect("valid")), costs: Vec::new() }
    }

    fn pay(&mut self, cost: f32) {
        self.tuner.draw(0.0);
        self.tuner.pay(cost).expect("valid");
        self.costs.push(f64::from(cost));
    }

    /// The relative errors of the mean and of the root of the squares.
    fn errors(&self) -> (f64, f64) {
        #[derive(Deserialize)]
        struct One {
            _arm: f32,
            mean: f32,
            _count: u32,
            squares: f32,
        }
        let bytes = postcard::to_stdvec(&self.tuner).expect("serialisable");
        let (one, _): (One, _) = postcard::take_from_bytes(&bytes).expect("the layout");
        let last = &self.costs[self.costs.len().saturating_sub(W)..];
        let mean = last.iter().sum::<f64>() / last.len() as f64;
        let root = last.iter().map(|cost| (cost - mean).powi(2)).sum::<f64>().sqrt();
        let (got, squares) = (f64::from(one.mean), f64::from(one.squares));
        ((got - mean).abs() / mean, (squares.sqrt() - root).abs() / root)
    }
}

#[test]
fn a_huge_cost_that_left_is_forgotten_at_once() {
    // While it is there it takes every digit that f32 has for the others.
    let mut single = Single::<24>::new();
    for round in 0..200_u8 {
        single.pay(if round % 31 == 5 { 4e9 } else { 30.0 + f32::from(round % 7) });
        if round % 31 == 5 + 24 {
            let (mean, root) = single.errors();
            // Counted anew in this round, by 24 additions: a rounding each.
            let slack = 24.0 * f64::from(f32::EPSILON);
            assert!(mean <= slack && root <= slack, "round {round}: {mean}, {root}");
        }
    }
}

#[test]
fn rounding_does_not_add_up() {
    let mut single = Single::<50>::new();
    let mut random = uniforms(9);
    // At most 50 rounds came and 50 went since all was counted anew, a rounding each. Without that the
    // roundings of 600,000 steps would add up to three times as much.
    let slack = 2.0 * 50.0 * f64::from(f32::EPSILON);
    for round in 0..300_000 {
        single.pay((20.0 + 100.0 * random.next().expect("endless")) as f32);
        // A whole turn of the ring, now and then.
        if round >= 1000 && round % 1000 < 50 {
            let (mean, root) = single.errors();
            assert!(mean <= slack && root <= slack, "round {round}: {mean}, {root}");
        }
    }
}
