//! [`Omp`]: orthogonal matching pursuit.

use super::{RecoveryError, Refit, Sensing};
use crate::sum::{max_abs, norm};
use crate::system::restore_finite;
use crate::{Buffer, Certificate, ColumnOperator, Iteration, Real};

/// The column that is most like what is left, and least squares on all columns so far:
///
/// j = argmax |aⱼᵀ r| / ‖aⱼ‖, S ← S ∪ {j}, x = argmin ‖y − A x‖ over x that are zero outside S, r =
/// y − A x.
///
/// A tie takes the first column; columns of zeros are never taken. After k steps x has k non-zeros,
/// so the tolerance on ‖y − A x‖ decides how sparse x is, or the cap on the steps does. When K
/// columns are in and ‖r‖ is above the tolerance, or no column is left that has to do with r, the
/// run ends as [`Breakdown`](crate::Status::Breakdown): there is no room to go on.
///
/// Shapes: A is M × N, y has M entries, x has N. Storage: N + 2 numbers and the room here (the
/// norms of the columns); N + M numbers and the room in [`OmpState`]: K (K + 1) / 2 + K numbers and
/// K + 1 indices. Cost of the k-th step: one product with A, one with Aᵀ, and a [`Refit`] of k
/// columns.
///
/// ```
/// use solvekit::direct::packed;
/// use solvekit::recovery::{Omp, Refit, Sensing};
/// use solvekit::{SMatrix, SVector, Stop, operator::zeros, solve};
/// let a = SMatrix::<f32, 3, 4>::from([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.6, 0.0, 0.8]]);
/// let y = SVector::from([1.2, 0.5, 1.6]);
/// let refit = Refit::new(zeros::<f32, 2, 1>(), zeros::<f32, { packed(2) }, 1>());
/// let omp = Omp::new(Sensing::new(&a, &y)?, [0; 2], refit)?;
/// let mut state = omp.start();
/// let report = solve(&omp, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged() && report.iterations == 2);
/// assert_eq!(state.places(), [3, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Pati, Rezaiifar and Krishnaprasad 1993; Tropp 2004 (when it finds the true places).
#[derive(Clone, Debug)]
pub struct Omp<'a, R: Real, A: ColumnOperator<R>, I, V, W> {
    sensing: Sensing<'a, R, A>,
    /// 1 / ‖aⱼ‖; zero for a column of zeros.
    inverse_norms: A::Domain,
    places: I,
    refit: Refit<R, V, W>,
}

/// The iterate, its residual, the places in the order in which they came, and room for the least
/// squares on them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OmpState<R, X, Y, I, V, W> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew;
    /// the next step makes it from the places alone.
    pub x: X,
    r: Y,
    places: I,
    count: usize,
    refit: Refit<R, V, W>,
    /// Is r that of x?
    fresh: bool,
    broken: bool,
}

impl<R: Real, X, Y, I: AsRef<[usize]>, V, W> OmpState<R, X, Y, I, V, W> {
    /// No places yet; x is zeros. `const`, and so unchecked.
    pub const fn new(x: X, r: Y, places: I, refit: Refit<R, V, W>) -> Self {
        Self { x, r, places, count: 0, refit, fresh: false, broken: false }
    }

    /// The places in the order in which they came.
    pub fn places(&self) -> &[usize] {
        self.places.as_ref().get(..self.count).unwrap_or(&[])
    }

    /// The largest amount that was added to a pivot so far, relative to its diagonal entry.
    pub const fn added(&self) -> R {
        self.refit.added()
    }
}

type StateOf<R, A, I, V, W> = OmpState<
    R,
    <A as crate::LinearOperator<R>>::Domain,
    <A as crate::LinearOperator<R>>::Range,
    I,
    V,
    W,
>;

impl<'a, R, A, I, V, W> Omp<'a, R, A, I, V, W>
where
    R: Real,
    A: ColumnOperator<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<R>,
    W: Buffer<R>,
{
    /// K is the length of `places`.
    ///
    /// # Errors
    /// [`RecoveryError::Sparsity`] for K = 0, K > N or K > M; [`RecoveryError::Length`] where
    /// `refit` has too little room; [`RecoveryError::DictionarySize`] where squares of a column are
    /// no numbers.
    pub fn new(
        sensing: Sensing<'a, R, A>,
        places: I,
        refit: Refit<R, V, W>,
    ) -> Result<Self, RecoveryError> {
        let (a, asked) = (sensing.dictionary(), places.as_ref().len());
        let most = a.rows().min(a.columns());
        if asked == 0 || asked > most {
            return Err(RecoveryError::Sparsity { asked, most });
        }
        refit.check(asked)?;
        let mut inverse_norms = a.zero_domain();
        for (j, inverse) in inverse_norms.as_mut_slice().iter_mut().enumerate() {
            let squares = a.column_pair(j, j, |_| R::ONE);
            *inverse = if squares == R::ZERO { R::ZERO } else { R::ONE / squares.sqrt() };
            if !(squares.is_finite() && inverse.is_finite()) {
                return Err(RecoveryError::DictionarySize);
            }
        }
        Ok(Self { sensing, inverse_norms, places, refit })
    }

    /// The state with x = 0.
    pub fn start(&self) -> StateOf<R, A, I, V, W> {
        let a = self.sensing.dictionary();
        OmpState::new(a.zero_domain(), a.zero_range(), self.places.clone(), self.refit.clone())
    }

    fn look(&self, state: &mut StateOf<R, A, I, V, W>) {
        if !state.fresh {
            self.sensing.residual(&state.x, &mut state.r);
            state.fresh = true;
        }
    }

    /// The column most like r among those that are not in.
    fn most_alike(&self, state: &StateOf<R, A, I, V, W>) -> Option<usize> {
        let (a, taken) = (self.sensing.dictionary(), state.places());
        let (mut best, mut largest) = (None, R::ZERO);
        for (j, inverse) in self.inverse_norms.as_slice().iter().enumerate() {
            let alike = a.column_dot(j, &state.r).abs() * *inverse;
            if alike > largest && !taken.contains(&j) {
                (best, largest) = (Some(j), alike);
            }
        }
        best
    }
}

impl<R, A, I, V, W> Iteration for Omp<'_, R, A, I, V, W>
where
    R: Real,
    A: ColumnOperator<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<R>,
    W: Buffer<R>,
{
    type Real = R;
    type State = StateOf<R, A, I, V, W>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, state: &mut Self::State) {
        self.look(state);
        state.fresh = false;
        // From an x that is not finite no step is made.
        if !max_abs(state.x.as_slice()).is_finite() {
            return;
        }
        let best = self.most_alike(state);
        let (Some(best), Some(slot)) = (best, state.places.as_mut().get_mut(state.count)) else {
            state.broken = true;
            return;
        };
        *slot = best;
        state.count += 1;
        let places = state.places.as_ref().get(..state.count).unwrap_or(&[]);
        state.broken = !state.refit.solve(&self.sensing, places, &mut state.x);
    }

    fn residual(&self, state: &mut Self::State) -> R {
        self.look(state);
        // An x that is not finite where A has no entry shows too.
        norm(&state.r) + R::ZERO * max_abs(state.x.as_slice())
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        state.fresh = false;
        Some(self.residual(state))
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.broken
    }

    fn reference(&self) -> R {
        self.sensing.y_norm()
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
        state.fresh = false;
    }
}
