//! One symmetric system of the caller's, solved without knowing ω: for the demo, which brings a
//! real stiffness matrix.

use crate::relax::{TOLERANCE, checksum};
use crate::{Line, Meter};
use solvekit::sor::{AdaptiveSor, Sor};
use solvekit::{Buffer, Report, RowOperator, Status, Stop, solve};

/// The two ways it is solved.
pub const TITLES: [&str; 2] = ["Gauss-Seidel", "omega adapted inside the solve"];
/// Sweeps after which it is given up.
pub const CAP: u32 = 20_000;

/// Solves A x = b by Gauss–Seidel and adaptively, from zero, and tells how it went.
///
/// # Panics
/// If SOR refuses the system: the caller has checked it.
pub fn compare<A: RowOperator<f32>>(
    a: &A,
    b: &A::Range,
    meter: &mut impl Meter,
    say: &mut impl FnMut(Line),
) {
    let stop = Stop::relative(TOLERANCE).expect("a valid tolerance").max_iterations(CAP);
    say(Line::Count("unknowns", a.columns() as u32));
    let sor = Sor::new(a, b, 1.0).expect("a system that was checked");
    let mut state = sor.start();
    let report = meter.measure(TITLES[0], || solve(&sor, &mut state, stop));
    tell(TITLES[0], report, 1.0, state.x.as_slice(), say);
    let sor = AdaptiveSor::new(a, b).expect("a system that was checked");
    let mut state = sor.start();
    let report = meter.measure(TITLES[1], || solve(&sor, &mut state, stop));
    tell(TITLES[1], report, state.omega(), state.x.as_slice(), say);
}

fn tell(
    title: &'static str,
    report: Report<f32>,
    omega: f32,
    x: &[f32],
    say: &mut impl FnMut(Line),
) {
    say(Line::Text(title));
    say(Line::Count("  sweeps", report.iterations));
    say(Line::Count("  not converged", u32::from(report.status != Status::Converged)));
    say(Line::Real("  worst residual", report.relative()));
    say(Line::Real("  last omega", omega));
    say(Line::Count("  checksum of all solutions", checksum(0, x)));
}
