//! Work and memory of a frame, counted.

use super::walk::{Walk, zeros};
use crate::problem::Shape;
use solvekit::calibration::Order;
use solvekit::calibration::tracking::{Forgetting, Frame, FrameRoom, FrameStatus, GainTracker};
use solvekit::direct::packed;
use solvekit::{ColumnOperator, LinearOperator};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};
use std::cell::Cell;

/// Counts how many rows of A are read.
struct Counting<'a>(&'a DenseMatrix<f64>, &'a Cell<usize>);

impl Counting<'_> {
    fn read(&self, rows: usize) {
        self.1.set(self.1.get() + rows);
    }
}

impl LinearOperator<f64> for Counting<'_> {
    type Domain = Vector<f64>;
    type Range = Vector<f64>;
    fn rows(&self) -> usize {
        self.0.rows()
    }
    fn columns(&self) -> usize {
        self.0.columns()
    }
    fn zero_domain(&self) -> Vector<f64> {
        self.0.zero_domain()
    }
    fn zero_range(&self) -> Vector<f64> {
        self.0.zero_range()
    }
    fn apply(&self, x: &Vector<f64>, y: &mut Vector<f64>) {
        self.read(self.columns());
        self.0.apply(x, y);
    }
    fn apply_adjoint(&self, y: &Vector<f64>, x: &mut Vector<f64>) {
        self.read(self.columns());
        self.0.apply_adjoint(y, x);
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        self.0.non_finite()
    }
}

impl ColumnOperator<f64> for Counting<'_> {
    fn column_dot(&self, column: usize, y: &Vector<f64>) -> f64 {
        self.read(1);
        self.0.column_dot(column, y)
    }
    fn add_column(&self, column: usize, factor: f64, y: &mut Vector<f64>) {
        self.read(1);
        self.0.add_column(column, factor, y);
    }
    fn visit_column(&self, column: usize, visit: impl FnMut(usize, f64)) {
        self.read(1);
        self.0.visit_column(column, visit);
    }
    fn column_pair(&self, first: usize, second: usize, weight: impl Fn(usize) -> f64) -> f64 {
        self.read(1);
        self.0.column_pair(first, second, weight)
    }
}

#[test]
fn a_frame_reads_its_rows_as_often_as_documented() {
    let shape = Shape { n: 8, m: 10, p: 4 };
    let rows_of_a_frame = shape.m * shape.p;
    for (gain, passes) in [(0.2, 2), (0.6, 4)] {
        let mut walk = Walk::new(1, shape, 0.001, 30.0);
        let tracker = GainTracker::new(Forgetting::Fixed { gain }).unwrap();
        let mut track = tracker.start(zeros(10));
        let (count, first) = (Cell::new(0), walk.next());
        let mut room =
            FrameRoom::new(&Counting(&first.rows, &count), zeros(10), zeros(packed(8))).unwrap();
        for t in 0..80 {
            if t == 60 {
                walk.gains.rotate_left(3);
            }
            let problem = walk.next();
            count.set(0);
            let rows = Counting(&problem.rows, &count);
            let frame = Frame::new(&rows, &problem.y, 10, Order::BySnapshot).unwrap();
            let report = tracker.advance(&mut track, &frame, &mut room).unwrap();
            let read = count.get().div_ceil(rows_of_a_frame);
            match report.status {
                FrameStatus::Tracked if report.suspicious == 0 => {
                    assert_eq!(count.get(), passes * rows_of_a_frame, "{t}: {report:?}");
                }
                FrameStatus::Tracked => assert!(read <= passes + 2, "{t}: {read}"),
                // Start, two steps without a halving, errors.
                _ => assert!(read <= passes + 18, "{t}: {read}"),
            }
        }
    }
}

#[test]
fn offsets_take_no_pass_more() {
    use super::offset_walk::OffsetWalk;
    let shape = Shape { n: 8, m: 10, p: 4 };
    for (gain, offset, passes) in [(0.2, 0.1, 2), (0.6, 0.1, 4), (0.2, 0.4, 4)] {
        let mut walk = OffsetWalk::new(1, shape, [0.001, 0.001], 30.0);
        let tracker = GainTracker::new(Forgetting::Fixed { gain })
            .and_then(|own| own.forgetting_offsets(Forgetting::Fixed { gain: offset }))
            .unwrap();
        let mut track = tracker.start(zeros(10)).with_offsets(zeros(10)).unwrap();
        let (count, first) = (Cell::new(0), walk.next());
        let mut room =
            FrameRoom::new(&Counting(&first.rows, &count), zeros(10), zeros(packed(8))).unwrap();
        for t in 0..40 {
            let problem = walk.next();
            count.set(0);
            let rows = Counting(&problem.rows, &count);
            let frame = Frame::new(&rows, &problem.y, 10, Order::BySnapshot).unwrap();
            let report = tracker.advance(&mut track, &frame, &mut room).unwrap();
            if t > 0 && report.suspicious == 0 {
                assert_eq!(report.status, FrameStatus::Tracked);
                assert_eq!(count.get(), passes * 40, "{t}: {report:?}");
            }
        }
    }
}

#[test]
fn track_and_room_have_the_documented_size() {
    use solvekit::SMatrix;
    use solvekit::SVector;
    use solvekit::calibration::tracking::{FrameRoomOf, Track};
    const N: usize = 8;
    const M: usize = 10;
    const MP: usize = 40;
    // 3 m + 7 numbers, 4 counts and a word for the gauge; 4 m more with offsets.
    assert_eq!(size_of::<Track<f32, SVector<f32, M>>>(), 4 * (3 * M + 7 + 4 + 1));
    type Both = Track<f32, SVector<f32, M>, SVector<f32, M>>;
    assert_eq!(size_of::<Both>(), 4 * (7 * M + 7 + 4 + 1));
    type Room = FrameRoomOf<f32, SMatrix<f32, N, MP>, SVector<f32, M>, SVector<f32, 36>>;
    // 9 n + 4 m + 2 m p + n (n + 1) / 2 + 3 numbers and a word for the gauge.
    assert_eq!(size_of::<Room>(), 4 * (9 * N + 4 * M + 2 * MP + packed(N) + 3 + 1));
}
