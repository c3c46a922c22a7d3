//! A small steel frame: finite-element assembly and a stiffness solve, all on the device.

use crate::Line;
use solvekit::sor::{AdaptiveSor, Sor};
use solvekit::{CsrError, CsrVec, Report, SVector, Status, Stop, solve};

/// Storeys of the frame.
pub const STOREYS: usize = 4;
/// Columns side by side.
pub const COLUMNS: usize = 4;
/// Unknowns: two displacements (m) and a rotation (rad) of every joint above the ground.
pub const UNKNOWNS: usize = 3 * STOREYS * COLUMNS;
/// Entries of the stiffness matrix that can be non-zero.
pub const ENTRIES: usize = 512;
/// Relative tolerance in f32.
pub const TOLERANCE: f32 = 1e-5;

/// The stiffness matrix, kN per m (or kN·m per rad).
pub type Stiffness = CsrVec<f32, UNKNOWNS, UNKNOWNS, ENTRIES>;
/// Displacements or loads of all joints.
pub type Joints = SVector<f32, UNKNOWNS>;

/// A straight elastic member in the plane.
struct Member {
    /// Axial stiffness EA, kN.
    axial: f32,
    /// Bending stiffness EI, kN·m².
    bending: f32,
    /// From the first joint to the second, m.
    across: f32,
    up: f32,
}

/// HEA 200 columns of 3 m, IPE 270 beams of 5 m, E = 210 GPa.
const COLUMN: Member = Member { axial: 1_130_000.0, bending: 7_753.0, across: 0.0, up: 3.0 };
const BEAM: Member = Member { axial: 964_000.0, bending: 12_160.0, across: 5.0, up: 0.0 };

impl Member {
    /// The 6 × 6 stiffness between (u, v, θ) of both ends, Euler–Bernoulli, in frame coordinates.
    fn stiffness(&self) -> [[f32; 6]; 6] {
        let squared = self.across * self.across + self.up * self.up;
        let length = libm::sqrtf(squared);
        let (c, s) = (self.across / length, self.up / length);
        let a = self.axial / length;
        let k = self.bending / (length * squared);
        let (k12, k6, k4) = (12.0 * k, 6.0 * k * length, 4.0 * k * squared);
        let (xx, xy, yy) = (a * c * c + k12 * s * s, (a - k12) * c * s, a * s * s + k12 * c * c);
        let (xt, yt) = (-k6 * s, k6 * c);
        [
            [xx, xy, xt, -xx, -xy, xt],
            [xy, yy, yt, -xy, -yy, yt],
            [xt, yt, k4, -xt, -yt, 0.5 * k4],
            [-xx, -xy, -xt, xx, xy, -xt],
            [-xy, -yy, -yt, xy, yy, -yt],
            [xt, yt, 0.5 * k4, -xt, -yt, k4],
        ]
    }
}

/// The first unknown of a joint; `None` on the ground, which does not move.
fn joint(storey: usize, column: usize) -> Option<usize> {
    storey.checked_sub(1).map(|above| 3 * (above * COLUMNS + column))
}

/// Every member with the unknowns of its two ends.
fn members() -> impl Iterator<Item = (&'static Member, [Option<usize>; 2])> {
    (1..=STOREYS).flat_map(|storey| {
        let columns =
            (0..COLUMNS).map(move |c| (&COLUMN, [joint(storey - 1, c), joint(storey, c)]));
        let beams = (1..COLUMNS).map(move |c| (&BEAM, [joint(storey, c - 1), joint(storey, c)]));
        columns.chain(beams)
    })
}

/// Every contribution of every member: (row, column, value), entries repeated.
pub fn contributions() -> impl Iterator<Item = (usize, usize, f32)> {
    members().flat_map(|(member, ends)| {
        let stiffness = member.stiffness();
        let place = move |k: usize| ends[k / 3].map(|first| first + k % 3);
        (0..36).filter_map(move |entry| {
            let (i, j) = (entry / 6, entry % 6);
            let value = stiffness[i][j];
            (value != 0.0).then_some((place(i)?, place(j)?, value))
        })
    })
}

/// Assembles the frame in place.
///
/// # Errors
/// Never for an empty matrix of this capacity: the frame fits.
pub fn assemble(stiffness: &mut Stiffness) -> Result<(), CsrError> {
    contributions().try_for_each(|(row, column, value)| stiffness.add(row, column, value))
}

/// Wind of 10 kN from the left at every storey, 40 kN of weight on every joint.
pub fn loads() -> Joints {
    Joints::from_fn(|unknown, _| match (unknown % 3, unknown / 3 % COLUMNS) {
        (0, 0) => 10.0,
        (1, _) => -40.0,
        _ => 0.0,
    })
}

/// Solves the frame with a fixed ω, or adaptively.
///
/// # Panics
/// If SOR refuses the frame; it does not.
pub fn sway(stiffness: &Stiffness, omega: Option<f32>) -> (Report<f32>, Joints) {
    let b = loads();
    let stop = Stop::relative(TOLERANCE).expect("a valid tolerance");
    if let Some(omega) = omega {
        let sor = Sor::new(stiffness, &b, omega).expect("a valid frame");
        let mut state = sor.start();
        (solve(&sor, &mut state, stop), state.x)
    } else {
        let sor = AdaptiveSor::new(stiffness, &b).expect("a valid frame");
        let mut state = sor.start();
        (solve(&sor, &mut state, stop), state.x)
    }
}

/// The story: the frame under wind and weight, solved two ways.
///
/// # Panics
/// If the frame does not fit its capacity; it does.
pub fn story(say: &mut impl FnMut(Line)) {
    let mut stiffness = Stiffness::new();
    assemble(&mut stiffness).expect("the frame fits");
    say(Line::Count("unknowns", UNKNOWNS as u32));
    for (title, omega) in [("omega 1.9", Some(1.9)), ("adaptive omega", None)] {
        let (report, x) = sway(&stiffness, omega);
        say(Line::Text(title));
        say(Line::Text(if report.status == Status::Converged {
            "  converged"
        } else {
            "  not converged"
        }));
        say(Line::Count("  sweeps", report.iterations));
        say(Line::Real("  residual", report.residual));
        say(Line::Real("  roof sway in m", x[UNKNOWNS - 3]));
        say(Line::Real("  roof sinking in m", x[UNKNOWNS - 2]));
    }
}
