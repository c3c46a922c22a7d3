//! Calibration without anything to choose.

use crate::problem::{Problem, Shape, draw, error, median, normal};
use rand_pcg::Pcg32;
use solvekit::calibration::{
    Answer, Auto, AutoStateOf, CalibrationError, Order, Sensor, Snapshots, Verdict, search,
};
use solvekit::direct::packed;
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

pub(crate) type Calibration<'a> = Auto<'a, f64, DenseMatrix<f64>, Vector<f64>, Vector<f64>>;
pub(crate) type State =
    AutoStateOf<f64, DenseMatrix<f64>, Vector<f64>, Vector<f64>, Vector<f64>, Vec<Sensor>>;

pub(crate) fn start(auto: &Calibration<'_>, shape: Shape) -> State {
    let room = Vector::filled(search(shape.n, shape.p), 0.0);
    auto.start(Vector::filled(packed(shape.n), 0.0), room, vec![Sensor::Sound; shape.m])
        .expect("room")
}

fn calibrated(problem: &Problem) -> (State, Verdict<f64>) {
    let auto = Auto::new(problem.snapshots()).expect("enough equations");
    let mut state = start(&auto, problem.shape);
    let verdict = auto.solve(&mut state);
    (state, verdict)
}

#[test]
fn without_noise_it_is_right_down_to_one_equation_more_than_needed() {
    let sizes = [8_usize, 16, 32, 64];
    for (n, m) in sizes.into_iter().flat_map(|n| sizes.map(|m| (n, m))) {
        let p = (n + m).div_ceil(m);
        for rho in [0.1, 0.5, 0.9] {
            for seed in 0..20 {
                let problem = draw(seed, Shape { n, m, p }, n, rho, f64::INFINITY);
                let (state, verdict) = calibrated(&problem);
                let off = problem.error(state.x(), state.gains());
                assert!(off < 1e-6, "{n} {m} {p} {rho} {seed}: {off} {verdict:?}");
                assert_eq!(verdict.answer, Answer::Likelihood);
                assert!(verdict.predicted < 1e-6 && verdict.sigma < 1e-9, "{verdict:?}");
            }
        }
    }
}

/// Two measurements of a sensor of small gain are both small in three of the first 400 draws; rows can be
/// such that a sound sensor measures the same each time, as often as it must at (32, 16, 3), where
/// 15 sensors are too few.
#[test]
fn sound_sensors_that_look_faulty_are_cleared() {
    let mut problems = [61, 166, 267]
        .map(|seed| draw(seed, Shape { n: 8, m: 64, p: 2 }, 8, 0.9, f64::INFINITY))
        .to_vec();
    for shape in [Shape { n: 8, m: 16, p: 3 }, Shape { n: 32, m: 16, p: 3 }] {
        let mut problem = draw(1, shape, shape.n, 0.5, f64::INFINITY);
        let mut entries = problem.rows.values().to_vec();
        for snapshot in 0..3 {
            let row = &mut entries[snapshot * shape.m * shape.n..][..shape.n];
            let seen: f64 = row.iter().zip(&problem.x).map(|(a, x)| a * x).sum();
            row.iter_mut().for_each(|entry| *entry /= seen);
            problem.y[snapshot * shape.m] = problem.gains[0];
        }
        problem.rows = DenseMatrix::from_columns(shape.n, entries).unwrap();
        problems.push(problem);
    }
    for problem in problems {
        let shape = problem.shape;
        let (state, verdict) = calibrated(&problem);
        assert_eq!(verdict.answer, Answer::Likelihood, "{shape:?} {verdict:?}");
        assert_eq!(verdict.kept, shape.m, "{shape:?} {:?}", state.sensors());
        let off = problem.error(state.x(), state.gains());
        assert!(off < 1e-6, "{shape:?}: {off} {verdict:?}");
    }
}

/// Median error of the signal at the counting bound, of the answer and of uncalibrated least squares.
fn near_the_bound(shape: Shape, rho: f64, snr: f64, trials: u64) -> f64 {
    let of = |seed| {
        let problem = draw(seed, shape, shape.n, rho, snr);
        let (state, verdict) = calibrated(&problem);
        // A refusal is an error of 1.
        assert_eq!(verdict.answer.is_given(), state.x().iter().any(|x| *x != 0.0));
        error(state.x(), &problem.x)
    };
    median((0..trials).map(of).collect())
}

#[test]
fn near_the_counting_bound_learned_widths_keep_the_error_small() {
    let shape = Shape { n: 32, m: 32, p: 2 };
    for (snr, most) in [(40.0, 0.06), (30.0, 0.10), (20.0, 0.22)] {
        let found = near_the_bound(shape, 0.5, snr, 300);
        println!("{snr} dB: {found:.4}");
        assert!(found <= most, "{snr} dB: {found}");
    }
}

#[test]
#[ignore = "takes a minute"]
fn near_the_counting_bound_all_cells() {
    for (n, m, p) in [(16, 16, 2), (32, 32, 2), (32, 32, 3), (32, 32, 4), (64, 16, 6)] {
        for rho in [0.1, 0.5, 0.9] {
            let found = [40.0, 30.0, 20.0, 10.0]
                .map(|snr| format!("{:.4}", near_the_bound(Shape { n, m, p }, rho, snr, 100)));
            println!("{n} {m} {p} rho {rho}: {found:?}");
        }
    }
}

#[test]
fn far_from_the_bound_it_is_the_likelihood_answer_with_errors_that_hold() {
    let shape = Shape { n: 16, m: 16, p: 4 };
    let (mut gains_in, mut signal_in, trials) = (0, 0, 300);
    for seed in 0..trials {
        let problem = draw(seed, shape, 16, 0.5, 30.0);
        let (state, verdict) = calibrated(&problem);
        assert_eq!(verdict.answer, Answer::Likelihood, "{verdict:?}");
        let held = |v: &[f64], errors: &[f64], truth: &[f64]| {
            let pairs = v.iter().zip(errors).zip(truth);
            pairs.filter(|((v, e), t)| (**v - **t).abs() <= verdict.quantile * **e).count()
        };
        gains_in += held(state.gains(), state.gain_errors(), &problem.gains);
        signal_in += held(state.x(), state.signal_errors(), &problem.x);
    }
    let share = |count: usize| count as f64 / (16 * trials) as f64;
    println!("gains {:.4}, signal {:.4}", share(gains_in), share(signal_in));
    assert!((0.93..=0.96).contains(&share(gains_in)), "{}", share(gains_in));
    assert!((0.93..=0.96).contains(&share(signal_in)), "{}", share(signal_in));
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    Dead,
    DeadNoisy,
    Stuck,
    Flipped,
    Spike,
}

/// The sensor at fault is the third one.
fn faulty(seed: u64, shape: Shape, snr: f64, fault: Fault) -> Problem {
    let mut problem = draw(seed, shape, shape.n, 0.5, f64::INFINITY);
    let mut random = Pcg32::new(seed, 77);
    let size = (problem.y.iter().map(|y| y * y).sum::<f64>() / problem.y.len() as f64).sqrt();
    let sigma = size * 10_f64.powf(-snr / 20.0);
    for k in 0..problem.y.len() {
        let noise = sigma * normal(&mut random);
        let y = &mut problem.y[k];
        if k % shape.m != 2 {
            *y += noise;
            continue;
        }
        *y = match fault {
            Fault::None => *y + noise,
            Fault::Dead => 0.0,
            // A hundredth of the noise of the others reaches a dead input.
            Fault::DeadNoisy => 0.5 * noise,
            // At its rail, with what noise is left there.
            Fault::Stuck => 1.0 + 0.1 * noise,
            Fault::Flipped => noise - *y,
            Fault::Spike if k / shape.m == 1 => *y + noise + 3.0 * size,
            Fault::Spike => *y + noise,
        };
    }
    problem
}

#[test]
fn faulty_sensors_are_found_named_and_left_out() {
    let trials = 50;
    for shape in [Shape { n: 16, m: 16, p: 4 }, Shape { n: 16, m: 16, p: 6 }] {
        for fault in
            [Fault::None, Fault::Dead, Fault::DeadNoisy, Fault::Stuck, Fault::Flipped, Fault::Spike]
        {
            let (mut found, mut false_alarms) = (0, 0);
            let mut errors = Vec::new();
            for seed in 0..trials {
                let problem = faulty(seed, shape, 40.0, fault);
                let (state, verdict) = calibrated(&problem);
                assert!(verdict.answer.is_given(), "{verdict:?}");
                let marks = state.sensors();
                let named = match fault {
                    Fault::None => true,
                    Fault::Dead => marks[2] == Sensor::Dead,
                    // Noise may lift it above a hundredth of the others.
                    Fault::DeadNoisy => matches!(marks[2], Sensor::Dead | Sensor::Weak),
                    Fault::Stuck => matches!(marks[2], Sensor::Stuck | Sensor::Erratic),
                    Fault::Flipped => marks[2] == Sensor::Flipped,
                    Fault::Spike => marks[2] == Sensor::Erratic,
                };
                found += u64::from(named);
                let others = marks.iter().enumerate().filter(|(i, _)| *i != 2);
                false_alarms += others.filter(|(_, mark)| **mark != Sensor::Sound).count();
                // Up to the gauge, which the others decide.
                let along: f64 = state.x().iter().zip(&problem.x).map(|(a, b)| a * b).sum();
                let scaled: Vec<f64> = state.x().iter().map(|x| x / along).collect();
                errors.push(error(&scaled, &problem.x));
            }
            let alarms = false_alarms as f64 / trials as f64;
            let middle = median(errors);
            println!(
                "{shape:?} {fault:?}: {found} of {trials}, {alarms} false alarms a run, error {middle:.4}"
            );
            // Found by a test at one in a hundred, a spike may rarely pass.
            let least = if fault == Fault::Spike { trials * 9 / 10 } else { trials };
            assert!(found >= least, "{shape:?} {fault:?}: {found}");
            // .02 a run; of 50 runs three are within what chance makes of that.
            assert!(alarms <= 0.06, "{shape:?} {fault:?}: {alarms}");
            assert!(middle < 0.02, "{shape:?} {fault:?}: {middle}");
        }
    }
}

#[test]
#[ignore = "takes a minute"]
fn false_alarms_over_many_runs() {
    for shape in
        [Shape { n: 16, m: 16, p: 4 }, Shape { n: 8, m: 16, p: 4 }, Shape { n: 32, m: 32, p: 4 }]
    {
        for snr in [40.0, 20.0] {
            let alarms: usize = (0..500)
                .map(|seed| {
                    let (state, _) = calibrated(&faulty(seed, shape, snr, Fault::None));
                    state.sensors().iter().filter(|mark| **mark != Sensor::Sound).count()
                })
                .sum();
            println!("{shape:?} {snr} dB: {} false alarms a run", alarms as f64 / 500.0);
        }
    }
}

#[test]
fn slices_change_nothing() {
    for (shape, snr) in [(Shape { n: 12, m: 10, p: 4 }, 40.0), (Shape { n: 12, m: 12, p: 2 }, 20.0)]
    {
        let problem = draw(3, shape, 12, 0.5, snr);
        let auto = Auto::new(problem.snapshots()).unwrap();
        let mut whole = start(&auto, shape);
        let verdict = auto.solve(&mut whole);
        for slice in [1, 2, 5] {
            let mut state = start(&auto, shape);
            let mut advances = 0;
            let last = loop {
                advances += slice;
                if let Some(verdict) = auto.advance(&mut state, slice) {
                    break verdict;
                }
                // A clone goes on as the state it was made of does.
                state = state.clone();
            };
            assert!(advances <= Calibration::MOST + slice);
            assert_eq!((last, format!("{state:?}")), (verdict, format!("{whole:?}")));
        }
        assert_eq!(auto.advance(&mut whole.clone(), 100), Some(verdict));
    }
}

#[test]
fn what_cannot_be_answered_is_refused_with_its_reason() {
    let shape = Shape { n: 12, m: 10, p: 4 };
    let problem = draw(2, shape, 12, 0.5, 40.0);
    // One snapshot.
    let single = draw(2, Shape { n: 64, m: 64, p: 1 }, 64, 0.5, 40.0);
    let error = Auto::<f64, _, _, Vector<f64>>::new(single.snapshots()).err().unwrap();
    assert!(matches!(error, CalibrationError::Unidentifiable(_)));
    // Equal snapshots.
    let mut equal = problem.clone();
    let first: Vec<f64> = problem.rows.values()[..120].to_vec();
    equal.rows = DenseMatrix::from_columns(12, first.repeat(4)).unwrap();
    let once = problem.y[..10].to_vec();
    equal.y = once.repeat(4).into();
    let (state, verdict) = calibrated(&equal);
    // Each sensor measures the same again and again: stuck, as far as the data tell.
    assert_eq!(verdict.answer, Answer::TooFew, "{verdict:?}");
    assert!(state.sensors().iter().all(|sensor| *sensor == Sensor::Stuck));
    let mut random = Pcg32::new(1, 1);
    equal.y.iter_mut().for_each(|y| *y += 0.1 * normal(&mut random));
    let (state, verdict) = calibrated(&equal);
    assert!(matches!(verdict.answer, Answer::Singular | Answer::TooFew), "{verdict:?}");
    assert!(state.x().iter().all(|x| *x == 0.0) && state.gains().iter().all(|gain| *gain == 1.0));
    assert!(state.gain_errors().iter().all(|error| error.is_infinite()));
    // Too few sensors are left.
    let mut dying = draw(2, Shape { n: 12, m: 4, p: 4 }, 12, 0.5, 40.0);
    dying.y.iter_mut().enumerate().for_each(|(k, y)| *y = if k % 4 < 1 { 0.0 } else { *y });
    let (state, verdict) = calibrated(&dying);
    assert_eq!(verdict.answer, Answer::TooFew);
    assert_eq!(state.sensors()[0], Sensor::Dead);
    // As many equations as unknowns: no freedom.
    let tight = draw(2, Shape { n: 9, m: 8, p: 2 }, 9, 0.5, f64::INFINITY);
    let (state, verdict) = calibrated(&tight);
    assert_eq!((verdict.answer, verdict.freedom), (Answer::Unchecked, 0), "{verdict:?}");
    assert!(tight.error(state.x(), state.gains()) < 1e-6);
    assert!(state.gain_errors().iter().all(|error| error.is_infinite()));
    // Nothing but noise: gains are not told by it.
    let mut noise = draw(2, Shape { n: 16, m: 16, p: 2 }, 16, 0.5, 40.0);
    let mut random = Pcg32::new(5, 1);
    noise.y.iter_mut().for_each(|y| *y = normal(&mut random));
    let (_, verdict) = calibrated(&noise);
    assert!(verdict.answer != Answer::Likelihood, "{verdict:?}");
}

#[test]
fn offsets_are_found_too() {
    let shape = Shape { n: 12, m: 10, p: 6 };
    let mut problem = draw(4, shape, 12, 0.5, 50.0);
    let offsets: Vec<f64> = (0..10).map(|i| 0.4 - 0.1 * f64::from(i)).collect();
    problem.y.iter_mut().enumerate().for_each(|(k, y)| *y += offsets[k % 10]);
    let auto = Auto::new(problem.snapshots()).unwrap().with_offsets().unwrap();
    let mut state = start(&auto, shape);
    let verdict = auto.solve(&mut state);
    assert_eq!(verdict.answer, Answer::Likelihood, "{verdict:?}");
    let mut found = Vector::filled(10, 0.0);
    auto.offsets(&state, &mut found);
    // Noise of .3 % over six snapshots.
    assert!(problem.error(state.x(), state.gains()) < 0.02);
    assert!(error(&found, &offsets) < 0.02, "{found:?}");
}

#[test]
fn units_of_the_measurements_change_nothing_else() {
    let shape = Shape { n: 12, m: 12, p: 2 };
    let problem = draw(6, shape, 12, 0.5, 25.0);
    let (state, verdict) = calibrated(&problem);
    assert_eq!(verdict.answer, Answer::Posterior, "{verdict:?}");
    // Powers of two, in which nothing is rounded.
    for factor in [4096.0, 2.0_f64.powi(-70), 2.0_f64.powi(70)] {
        let mut scaled = problem.clone();
        scaled.y.iter_mut().for_each(|y| *y *= factor);
        let (other, told) = calibrated(&scaled);
        let back: Vec<f64> = other.x().iter().map(|x| x / factor).collect();
        assert_eq!((&back[..], &other.gains()[..]), (&state.x()[..], &state.gains()[..]));
        assert_eq!(told.answer, verdict.answer);
        assert_eq!((told.sigma / factor, told.predicted), (verdict.sigma, verdict.predicted));
    }
}

#[test]
fn room_of_another_size_is_refused() {
    let shape = Shape { n: 12, m: 10, p: 4 };
    let problem = draw(2, shape, 12, 0.5, 40.0);
    let auto = Auto::new(problem.snapshots()).unwrap();
    let marks = |m| vec![Sensor::Sound; m];
    let (memory, room) = (Vector::filled(packed(12), 0.0), Vector::filled(search(12, 4), 0.0));
    let length = |expected, found| Some(CalibrationError::Length { expected, found });
    let short = auto.start(memory.clone(), room.clone(), marks(9)).err();
    assert_eq!(short, length(10, 9));
    let short = auto.start(memory.clone(), Vector::filled(3, 0.0), marks(10)).err();
    assert_eq!(short, length(search(12, 4), 3));
    let short = auto.start(Vector::filled(3, 0.0), room, marks(10)).err();
    assert_eq!(short, length(packed(12), 3));
    // None is fine: erratic sensors are then not looked for.
    let mut state = auto.start(memory, Vector::filled(0, 0.0), marks(10)).unwrap();
    assert_eq!(auto.solve(&mut state).answer, Answer::Likelihood);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = auto.clone().with_noise(bad).err();
        assert_eq!(error, Some(CalibrationError::Precision));
    }
}

/// In f32, as on a target: shapes of one and two, sizes at both ends of the range, broken sensors.
#[test]
fn every_small_problem_ends_with_numbers() {
    let mut random = Pcg32::new(9, 9);
    let mut answers = std::collections::BTreeSet::new();
    for n in 1..4 {
        for m in 1..5 {
            for p in 2..5 {
                for kind in 0..6 {
                    let values: Vec<f32> = (0..n * m * p)
                        .map(|k| match kind {
                            1 => f32::from(u8::from(k % n == k / n % n)),
                            2 => 1.0,
                            _ => normal(&mut random) as f32,
                        })
                        .collect();
                    let rows = DenseMatrix::from_columns(n, values).unwrap();
                    let y: Vector<f32> = (0..m * p)
                        .map(|k| match kind {
                            3 => 1e30 * normal(&mut random) as f32,
                            4 => 1e-30 * normal(&mut random) as f32,
                            5 => f32::from(u8::from(k == 0)),
                            _ => rows.column(k).iter().sum(),
                        })
                        .collect();
                    let room = Vector::filled(m, 0.0);
                    let Ok(snapshots) = Snapshots::new(&rows, &y, room, Order::BySnapshot) else {
                        continue;
                    };
                    for offsets in [false, true] {
                        let auto = Auto::new(snapshots.clone())
                            .and_then(|auto| if offsets { auto.with_offsets() } else { Ok(auto) });
                        let Ok(auto) = auto else { continue };
                        let memory = Vector::filled(packed(n), 0.0);
                        let room = Vector::filled(search(n, p), 0.0);
                        let mut state = auto.start(memory, room, vec![Sensor::Sound; m]).unwrap();
                        let verdict = auto.solve(&mut state);
                        let told = format!("{n} {m} {p} {kind} {offsets}: {verdict:?} {state:?}");
                        let numbers = state.x().iter().chain(state.gains().iter());
                        assert!(numbers.copied().all(f32::is_finite), "{told}");
                        let errors = state.gain_errors().iter().chain(state.signal_errors().iter());
                        assert!(errors.copied().all(|e| e >= 0.0), "{told}");
                        answers.insert(verdict.answer.name());
                    }
                }
            }
        }
    }
    println!("{answers:?}");
    assert!(answers.len() >= 4, "{answers:?}");
}
