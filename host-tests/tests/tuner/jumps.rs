//! How soon unimodal UCB follows a best ω that jumps.

use crate::toy::{Draw, uniforms};
use solvekit::tuner::{Arms, OmegaTuner, UnimodalUcb, WindowedUcb};
use std::num::NonZeroU32;

const K: usize = 20;

/// Rounds after a jump of the best ω until the tuner plays near the new one ten times in a row, and
/// the mean cost of the 1,000 rounds after the jump.
fn after_a_jump(mut tuner: impl OmegaTuner<f64>, from: f64, to: f64) -> (Option<u32>, f64) {
    let mut noise = uniforms(5);
    let (mut found, mut near, mut sum) = (None, 0, 0.0);
    for round in 0..3_000_u32 {
        let best = if round < 2_000 { from } else { to };
        let omega = tuner.draw(0.0);
        let cost = 30.0 + 200.0 * (omega - best).abs() + 4.0 * noise.next().expect("endless");
        tuner.pay(cost).expect("valid");
        if round >= 2_000 {
            sum += cost;
            near = if (omega - best).abs() < 0.06 { near + 1 } else { 0 };
            found = found.or((near == 10).then(|| round - 2_000 - 9));
        }
    }
    (found, sum / 1_000.0)
}

#[test]
#[allow(clippy::print_stdout, reason = "how soon it follows is worth a look")]
fn it_follows_a_jump_once_the_window_is_over() {
    fn follows<const W: usize>(from: f64, to: f64) {
        let arms = Arms::<f64, K>::evenly(1.0, 1.95).expect("valid");
        let (found, paid) = after_a_jump(WindowedUcb::<f64, K, W>::new(arms), from, to);
        let (_, kept) = after_a_jump(UnimodalUcb::new(arms), from, to);
        let memory = NonZeroU32::new(W as u32).expect("not zero");
        let discount = UnimodalUcb::new(arms).forgetting(memory);
        let (faded_found, faded) = after_a_jump(discount, from, to);
        println!(
            "{from} to {to}, window {W}: found after {found:?} rounds, {paid:.1} a round; \
             discount {faded_found:?}, {faded:.1}; never forgetting {kept:.1}"
        );
        // After W rounds no old cost is left; then there is a new neighbour at least every third.
        let steps = ((to - from).abs() / 0.05).round() as u32;
        let found = found.expect("found");
        assert!(found <= W as u32 + 3 * steps, "{from} to {to}, window {W}: {found}");
        assert!(paid < kept, "{from} to {to}, window {W}: {paid}, {kept} without");
    }
    for (from, to) in [(1.3, 1.8), (1.8, 1.3), (1.6, 1.7), (1.1, 1.9)] {
        follows::<15>(from, to);
        follows::<30>(from, to);
        follows::<50>(from, to);
        follows::<100>(from, to);
        follows::<200>(from, to);
    }
}
