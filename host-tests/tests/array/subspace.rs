//! Signals in a known subspace.

use crate::oracle::{alternating, residual};
use crate::problem::{Array, Basis, Shape, draw, drawn, error, moments, start};
use solvekit::calibration::array::SubspaceFit;
use solvekit::{Iteration, Real, Run, Status, Stop, solve};
use solvekit_host::vector::Vector;

/// As few frames as there may be.
pub(crate) const TIGHT: [(usize, usize); 7] =
    [(8, 2), (8, 4), (16, 4), (16, 8), (32, 8), (64, 16), (32, 28)];

/// The error of the gains after the start alone.
pub(crate) fn started<R: Real + Into<f64>>(problem: &crate::problem::Problem) -> f64 {
    let basis = problem.matrix::<R>();
    let sums = moments::<R>(&problem.frames, false);
    let fit = SubspaceFit::new(&sums, &basis).expect("enough frames");
    let mut state = start(&fit);
    fit.step(&mut state);
    let found: Vec<f64> = state.gains().iter().map(|gain| (*gain).into()).collect();
    error(&found, &problem.gains)
}

#[test]
fn without_noise_the_start_is_right_down_to_the_last_frame() {
    for (m, k) in TIGHT {
        let p = (m - 1).div_ceil(m - k);
        for (rho, seed) in [(0.5, 0), (0.9, 1)] {
            let off = started::<f64>(&draw(seed, Shape { m, k, p }, rho, f64::INFINITY));
            assert!(off < 1e-6, "{m} {k} {p} {rho}: {off}");
        }
    }
}

#[test]
fn single_precision_is_enough() {
    for seed in 0..5 {
        let problem = draw(seed, Shape { m: 32, k: 8, p: 8 }, 0.5, f64::INFINITY);
        let basis = problem.matrix::<f32>();
        let sums = moments::<f32>(&problem.frames, false);
        let fit = SubspaceFit::new(&sums, &basis).expect("enough frames");
        let mut state = start(&fit);
        let report = solve(&fit, &mut state, Stop::relative(1e-6).expect("a tolerance"));
        assert_eq!(report.status, Status::Converged, "{report:?}");
        let found: Vec<f64> = state.gains().iter().map(|gain| f64::from(*gain)).collect();
        let off = error(&found, &problem.gains);
        assert!(off <= 1e-6, "{seed}: {off}");
    }
}

/// With noise, flips, a basis of cosines, offsets.
#[test]
fn it_is_the_least_squares_fit() {
    let shape = Shape { m: 12, k: 3, p: 20 };
    for (basis, flips) in [(Basis::Random, 0), (Basis::LowPass, 0), (Basis::Random, 3)] {
        for offsets in [false, true] {
            let mut problem = drawn(5, shape, 0.6, 20.0, basis, flips);
            if offsets {
                for frame in &mut problem.frames {
                    frame.iter_mut().enumerate().for_each(|(i, y)| *y += 0.3 - 0.1 * i as f64);
                }
            }
            let matrix = problem.matrix::<f64>();
            let sums = moments::<f64>(&problem.frames, offsets);
            let fit = SubspaceFit::new(&sums, &matrix).expect("enough frames");
            let mut state = start(&fit);
            let report = solve(&fit, &mut state, Stop::relative(1e-12).expect("a tolerance"));
            assert_eq!(report.status, Status::Converged, "{report:?}");
            assert!(report.iterations <= 12, "{report:?}");
            let due = alternating(&problem.basis, &problem.frames, &problem.gains, offsets);
            // Alternation stops where it moves by 1e-14 a round, some hundred rounds from its end.
            let off = error(state.gains(), &due);
            assert!(off < 1e-10, "{basis:?} {flips} {offsets}: {off}");
        }
    }
}

#[test]
fn as_many_negative_gains_as_positive_ones_are_found() {
    for seed in 0..10 {
        let mut problem = draw(seed, Shape { m: 8, k: 3, p: 6 }, 0.5, f64::INFINITY);
        // ± 1 in pairs: their sum, and that of their reciprocals, is zero.
        let signs = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0];
        for frame in &mut problem.frames {
            for ((y, gain), sign) in frame.iter_mut().zip(&problem.gains).zip(signs) {
                *y *= sign / gain;
            }
        }
        let matrix = problem.matrix::<f64>();
        let sums = moments::<f64>(&problem.frames, false);
        let fit = SubspaceFit::new(&sums, &matrix).expect("enough frames");
        let mut state = start(&fit);
        let report = solve(&fit, &mut state, Stop::relative(1e-10).expect("a tolerance"));
        assert_eq!(report.status, Status::Converged, "{report:?}");
        let turned = state.gains()[0].signum();
        let off = state.gains().iter().zip(signs).map(|(g, s)| (g * turned - s).abs());
        assert!(off.fold(0.0, f64::max) < 1e-8, "{seed}: {:?}", state.gains());
    }
}

#[test]
fn slices_change_no_bit_and_f_never_rises() {
    let problem = draw(7, Shape { m: 10, k: 4, p: 8 }, 0.9, 10.0);
    let matrix = problem.matrix::<f64>();
    let sums = moments::<f64>(&problem.frames, false);
    let fit = SubspaceFit::new(&sums, &matrix).expect("enough frames");
    let stop = Stop::relative(0.0).expect("a tolerance").max_iterations(12);
    let (mut whole, mut sliced) = (start(&fit), start(&fit));
    let _ = solve(&fit, &mut whole, stop);
    let mut run = Run::new(stop);
    let mut before = f64::INFINITY;
    loop {
        let report = run.advance(&fit, &mut sliced, 1);
        let now = residual(&problem.basis, &problem.frames, sliced.gains());
        // Rounding of the whole, of which the residual is a tenth.
        assert!(now <= before * (1.0 + 1e-12), "{now} {before}");
        before = now;
        if report.status.is_final() {
            break;
        }
    }
    assert_eq!(format!("{whole:?}"), format!("{sliced:?}"));
}

/// What the moments hold is all there is: units and the order of frames do not matter.
#[test]
fn units_change_nothing_else() {
    let problem = draw(8, Shape { m: 9, k: 3, p: 12 }, 0.5, 30.0);
    let matrix = problem.matrix::<f64>();
    let found = |factor: f64| {
        let scaled: Vec<Vec<f64>> =
            problem.frames.iter().map(|frame| frame.iter().map(|y| y * factor).collect()).collect();
        let sums = moments::<f64>(&scaled, false);
        let fit = SubspaceFit::new(&sums, &matrix).expect("enough frames");
        let mut state = start(&fit);
        (0..4).for_each(|_| fit.step(&mut state));
        let mut errors = Vector::filled(9, 0.0);
        let sigma = fit.errors(&mut state, &mut errors).expect("freedom");
        (state.gains().to_vec(), errors, sigma / factor)
    };
    // Powers of two, in which nothing is rounded.
    assert_eq!(found(1.0), found(2.0_f64.powi(80)));
    assert_eq!(found(1.0), found(2.0_f64.powi(-80)));
}

#[test]
fn the_signal_of_a_frame_and_offsets_come_back() {
    let shape = Shape { m: 10, k: 3, p: 30 };
    let mut problem = draw(9, shape, 0.5, f64::INFINITY);
    let offsets: Vec<f64> = (0..10).map(|i| 0.2 * f64::from(i) - 1.0).collect();
    for frame in &mut problem.frames {
        frame.iter_mut().zip(&offsets).for_each(|(y, o)| *y += o);
    }
    let matrix = problem.matrix::<f64>();
    let sums = moments::<f64>(&problem.frames, true);
    let fit: Array<'_, f64> = SubspaceFit::new(&sums, &matrix).expect("enough frames");
    let mut state = start(&fit);
    let _ = solve(&fit, &mut state, Stop::relative(1e-12).expect("a tolerance"));
    let (mut z, mut found) = (Vector::filled(3, 0.0), Vector::filled(10, 0.0));
    fit.offsets(&mut state, &mut found);
    // With these offsets and these signals every frame is explained, and no signal is in offsets.
    for frame in &problem.frames {
        fit.signal(&mut state, frame, &mut z).expect("a good frame");
        for i in 0..10 {
            let field: f64 = (0..3).map(|j| problem.basis[(i, j)] * z[j]).sum();
            let made = state.gains()[i] * field + found[i];
            assert!((made - frame[i]).abs() < 1e-10, "{made} {}", frame[i]);
        }
    }
    for j in 0..3 {
        let shared: f64 =
            (0..10).map(|i| problem.gains[i] * problem.basis[(i, j)] * found[i]).sum();
        assert!(shared.abs() < 1e-10, "{shared}");
    }
}

/// Gains that change are followed with forgetting; without it they are a mixture.
#[test]
fn forgetting_follows_gains_that_change() {
    let (before, after) = (
        draw(10, Shape { m: 8, k: 2, p: 200 }, 0.5, 40.0),
        draw(11, Shape { m: 8, k: 2, p: 200 }, 0.5, 40.0),
    );
    let follow = |lambda: f64| {
        let mut sums = crate::problem::empty::<f64>(8).with_forgetting(lambda).expect("a factor");
        let field = |frame: &Vec<f64>, gains: &[f64], new: &[f64]| -> Vec<f64> {
            frame.iter().zip(gains).zip(new).map(|((y, gain), new)| y / gain * new).collect()
        };
        for frame in &before.frames {
            sums.add(frame).expect("a frame");
        }
        for frame in &before.frames {
            sums.add(&field(frame, &before.gains, &after.gains)).expect("a frame");
        }
        let matrix = before.matrix::<f64>();
        let fit: Array<'_, f64> = SubspaceFit::new(&sums, &matrix).expect("enough frames");
        let mut state = start(&fit);
        (0..4).for_each(|_| fit.step(&mut state));
        let mut errors = Vector::filled(8, 0.0);
        fit.errors(&mut state, &mut errors);
        (error(state.gains(), &after.gains), errors[0])
    };
    let ((near, own), (far, _)) = (follow(0.9), follow(1.0));
    assert!(near < 0.01 && far > 0.05, "{near} {far}");
    // Nineteen frames count.
    assert!((0.2..5.0).contains(&(near / own)), "{near} {own}");
}
