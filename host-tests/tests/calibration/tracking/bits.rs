//! The same bits after a cut anywhere; f32 as good as f64.

use super::walk::{Matrix, Walk, advance, off, room, room_of, zeros};
use crate::problem::{Problem, Shape};
use solvekit::SVector;
use solvekit::calibration::Order;
use solvekit::calibration::tracking::{Forgetting, Frame, FrameRoom, GainTracker};
use solvekit::direct::packed;
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

const SHAPE: Shape = Shape { n: 6, m: 8, p: 4 };

#[test]
fn a_copy_goes_on_to_the_same_bits_in_other_memory() {
    let tracker = GainTracker::steered();
    let problems: Vec<Problem> = {
        let mut walk = Walk::new(1, SHAPE, 0.02, 30.0);
        (0..40)
            .map(|t| {
                let mut problem = walk.next();
                if t % 7 == 3 {
                    problem.y[t % 32] = f64::NAN;
                }
                problem
            })
            .collect()
    };
    let fresh = SVector::<f64, 8>::zeros();
    let mut steady = tracker.start(fresh);
    let mut one_room = room_of(SHAPE, fresh);
    let mut cut = steady;
    for problem in &problems {
        let report = advance(&tracker, &mut steady, problem, &mut one_room);
        // Another room, that has seen something else.
        let mut other_room = room_of(SHAPE, fresh);
        let mut stranger = tracker.start(fresh);
        let _ = advance(&tracker, &mut stranger, &problems[7], &mut other_room);
        let text = serde_json::to_string(&cut).expect("serialisable");
        cut = serde_json::from_str(&text).expect("what was written");
        assert_eq!(advance(&tracker, &mut cut, problem, &mut other_room), report);
        assert_eq!(cut, steady);
    }
}

/// A frame in single precision.
fn single(problem: &Problem) -> (DenseMatrix<f32>, Vector<f32>) {
    let entries = problem.rows.values().iter().map(|v| *v as f32).collect();
    let rows = DenseMatrix::from_columns(problem.shape.n, entries).expect("rows");
    (rows, problem.y.iter().map(|y| *y as f32).collect::<Vec<_>>().into())
}

/// Root mean square errors in both precisions over frames after the fiftieth.
fn both(shape: Shape, drift: f64, snr: f64, gain: f64, frames: u32) -> [f64; 2] {
    let mut walk = Walk::new(5, shape, drift, snr);
    let tracker = GainTracker::new(Forgetting::Fixed { gain }).unwrap();
    let narrow = GainTracker::new(Forgetting::Fixed { gain: gain as f32 }).unwrap();
    let (mut track, mut room) = (tracker.start(zeros(shape.m)), room(shape));
    let mut other = narrow.start(Vector::filled(shape.m, 0.0_f32));
    let rows = DenseMatrix::from_columns(shape.n, vec![0.0_f32; shape.n * shape.m * shape.p]);
    let mut other_room = FrameRoom::new(
        &rows.expect("rows"),
        Vector::filled(shape.m, 0.0_f32),
        Vector::filled(packed(shape.n), 0.0_f32),
    )
    .expect("room");
    let mut squares = [0.0; 2];
    for t in 0..frames {
        let problem = walk.next();
        let _ = advance(&tracker, &mut track, &problem, &mut room);
        let (rows, y) = single(&problem);
        let frame = Frame::new(&rows, &y, shape.m, Order::BySnapshot).expect("a frame");
        let _ = narrow.advance(&mut other, &frame, &mut other_room).expect("a room of that size");
        if t >= 50 {
            squares[0] += off(&track, &problem.gains).powi(2);
            let apart = other.gains().iter().zip(&problem.gains);
            let square: f64 = apart.map(|(a, b)| (f64::from(*a) - b).powi(2)).sum();
            squares[1] += square / shape.m as f64;
        }
    }
    squares.map(|square| (square / f64::from(frames - 50)).sqrt())
}

#[test]
fn single_precision_is_as_good() {
    let [double, single] = both(SHAPE, 0.003, 30.0, 0.2, 400);
    println!("{double} {single}");
    // Rounding of 1e-7 beside errors of .01.
    assert!((single / double - 1.0).abs() < 1e-4, "{single} {double}");
    // What does not move and hardly makes noise, for a thousand frames: rounding begins to be seen.
    let [double, single] = both(SHAPE, 0.0, 60.0, 0.005, 400);
    println!("{double} {single}");
    assert!(single < 1.1 * double + 1e-6, "{single} {double}");
}

#[test]
#[ignore = "takes minutes"]
fn single_precision_over_20000_frames() {
    let shape = Shape { n: 16, m: 16, p: 4 };
    let [double, single] = both(shape, 0.003, 30.0, 0.2, 20_000);
    println!("s .003, 30 dB: {double} {single}");
    assert!((single / double - 1.0).abs() < 1e-4);
    let [double, single] = both(shape, 0.0, 60.0, 0.001, 20_000);
    println!("s 0, 60 dB, K .001: {double} {single}");
    assert!(single < 1.2 * double);
}

#[test]
fn rows_are_only_read() {
    let problem = Walk::new(1, SHAPE, 0.0, 30.0).next();
    let before: Matrix = problem.rows.clone();
    let (y, tracker) = (problem.y.clone(), GainTracker::steered());
    let _ = advance(&tracker, &mut tracker.start(zeros(8)), &problem, &mut room(SHAPE));
    assert_eq!((before.values(), y), (problem.rows.values(), problem.y.clone()));
}
