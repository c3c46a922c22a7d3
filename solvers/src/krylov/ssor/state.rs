//! [`SsorCgState`]: what a run of [`SsorCg`](super::SsorCg) changes.

use crate::Scalar;
use crate::krylov::recurrence::Recurrence;

/// The iterate and the vectors r, p, u, s: 5 N + 8 words.
///
/// ```
/// use solvekit::{SVector, krylov::SsorCgState, operator::zeros};
/// static START: SsorCgState<f32, SVector<f32, 16>> = SsorCgState::new(zeros(), [zeros(); 4]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SsorCgState<T, X> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew.
    pub x: X,
    /// (D̂ + L)⁻¹ r (directly after a certificate r itself), p, u, s.
    pub(super) work: [X; 4],
    /// The last certificate.
    pub(super) norm: T,
    pub(super) recurrence: Recurrence<T>,
}

impl<T: Scalar, X> SsorCgState<T, X> {
    /// Starts from `x`; `const`, and so unchecked ([`SsorCg::start_at`](super::SsorCg::start_at) checks). What `work` holds
    /// does not matter.
    pub const fn new(x: X, work: [X; 4]) -> Self {
        Self { x, work, norm: T::ZERO, recurrence: Recurrence::BLANK }
    }

    /// uᵀAu / uᵀu ≤ 0 of the direction at which the method broke down, or the diagonal entry that
    /// is not positive, lane by lane; zero too in a lane that was solved. `None` as long as it has
    /// not.
    pub fn curvature(&self) -> Option<T> {
        self.recurrence.curvature()
    }
}
