//! Balancing a battery: which cell hands how much charge to its neighbour, within what the
//! converters can carry.

use crate::Line;
use solvekit::sor::ProjectedSor;
use solvekit::{Banded, SVector, Status, Stop, solve};

/// Cells in series.
pub const CELLS: usize = 12;
/// A converter between each two neighbours.
pub const CONVERTERS: usize = CELLS - 1;
/// What a converter carries in one round: 1.5 A for 300 s, in coulombs.
pub const LIMIT: f32 = 450.0;
/// What arrives of a coulomb sent.
pub const EFFICIENCY: f32 = 0.9;
/// What sending costs against being uneven: without it charge would be sent to and fro for nothing.
pub const RELUCTANCE: f32 = 0.05;
/// Relative tolerance in f32.
pub const TOLERANCE: f32 = 1e-5;

/// The charge of each cell above an empty one, coulombs; a full cell of 2.5 Ah holds 9000.
pub type Cells = SVector<f32, CELLS>;
/// The charge each converter hands from cell k to cell k + 1, coulombs.
pub type Transfers = SVector<f32, CONVERTERS>;

/// A pack after a year: two weak cells, and one that was replaced.
pub fn pack() -> Cells {
    Cells::from([
        6210.0, 6150.0, 4980.0, 6120.0, 6180.0, 6240.0, 7950.0, 6160.0, 6090.0, 5310.0, 6200.0,
        6170.0,
    ])
}

/// The matrix of the round: with D the differences of neighbours, D Dᵀ + ρ I.
///
/// Least ½ ‖q + Dᵀy‖² + ½ ρ ‖y‖² over |yₖ| ≤ limit: q the charges, y the transfers. Its gradient is
/// (D Dᵀ + ρ I) y + D q, so b = −D q: bₖ = q_k − q_{k+1}, the step from a cell down to the next.
///
/// # Panics
/// If three diagonals were refused; they are not.
pub fn matrix() -> Banded<f32, CONVERTERS, 3> {
    let entry = |i, j| if i == j { 2.0 + RELUCTANCE } else { -1.0 };
    Banded::from_fn(entry).expect("an odd number of diagonals")
}

/// The step from each cell down to the next, coulombs.
pub fn steps(cells: &Cells) -> Transfers {
    Transfers::from_fn(|k, _| cells[k] - cells[k + 1])
}

/// Carries out the transfers; what is lost on the way is heat.
pub fn carry_out(cells: &mut Cells, transfers: &Transfers) {
    for k in 0..CONVERTERS {
        let sent = transfers[k];
        let (from, to) = if sent >= 0.0 { (1.0, EFFICIENCY) } else { (EFFICIENCY, 1.0) };
        cells[k] -= from * sent;
        cells[k + 1] += to * sent;
    }
}

/// The fullest cell above the emptiest, coulombs.
pub fn spread(cells: &Cells) -> f32 {
    cells.max() - cells.min()
}

/// The story: rounds of five minutes, each planned from the charges that the last one left.
///
/// # Panics
/// If the problem is refused; it is not.
pub fn story(say: &mut impl FnMut(Line)) {
    let (matrix, mut cells) = (matrix(), pack());
    let (down, up) = (Transfers::repeat(-LIMIT), Transfers::repeat(LIMIT));
    let stop = Stop::relative(TOLERANCE).expect("a valid tolerance");
    let mut plan = Transfers::zeros();
    say(Line::Real("spread in C", spread(&cells)));
    for _ in 0..5 {
        let b = steps(&cells);
        let sor = ProjectedSor::new(&matrix, &b, 1.4, &down, &up).expect("a valid problem");
        // The last plan is a good first guess.
        let mut state = sor.start_at(plan).expect("finite transfers");
        let report = solve(&sor, &mut state, stop);
        plan = state.x;
        carry_out(&mut cells, &plan);
        let converged = report.status == Status::Converged;
        say(Line::Text(if converged { "planned" } else { "not planned" }));
        say(Line::Count("  sweeps", report.iterations));
        say(Line::Real("  natural residual in C", report.residual));
        let full = plan.iter().filter(|sent| sent.abs() >= LIMIT).count();
        say(Line::Count("  converters at their limit", full as u32));
        say(Line::Real("  spread in C", spread(&cells)));
    }
}
