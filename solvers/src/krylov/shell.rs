//! [`ConjugateDirections`]: any direction made safe.

use super::direction::Direction;
use super::recurrence::{rayleigh, squares, unscaled_norm};
use crate::sum::{dot, max_abs, square};
use crate::system::{System, restore_finite};
use crate::{Buffer, Certificate, Iteration, LinearOperator, Real, Scalar, SystemError};

/// Flexible conjugate directions for A x = b, A symmetric positive definite, with directions from
/// anywhere. Per step:
///
/// 1. the [`Direction`] proposes q from r;
/// 2. p = q − Σ ⟨q, A pⱼ⟩ / ⟨pⱼ, A pⱼ⟩ pⱼ over the last two directions;
/// 3. x ← x + ⟨p, r⟩ / ⟨p, A p⟩ p, the exact minimum along p;
/// 4. r ← b − A x, recomputed.
///
/// Whatever is proposed, the error ‖x − A⁻¹b‖_A does not grow. Where q is zero or not finite, where
/// the last two directions leave
/// nothing of q (‖p‖² ≤ ε ‖q‖²), where p has nothing of r (cos² ≤ ε) or no positive curvature, r is taken in its place, for that step
/// and that lane; where not even that has positive curvature, the run ends as
/// [`Breakdown`](crate::Status::Breakdown), and the state says which was found.
///
/// Shapes: A is N × N, b and x have N entries. Storage: 2 numbers and the direction here, 7 N + 8
/// words in the state. Cost: a step is two products with A (three where r had to stand in), the
/// proposal, and about 10 N multiplications and additions; a check is free, the certificate at the
/// start and at the end is another product each.
///
/// With `T` = [`Lanes`](crate::Lanes) it solves several systems of one shape side by side.
///
/// ```
/// use solvekit::{FivePoint, SMatrix, Stop, krylov::ConjugateDirections, solve};
/// type Grid = SMatrix<f32, 8, 8>;
/// let a = FivePoint::<f32, 8, 8>::laplacian(0.1);
/// let b = Grid::repeat(1.0);
/// // A guess that is no operator at all: the sign of the residual.
/// let guess = |r: &Grid, q: &mut Grid| *q = r.map(f32::signum);
/// let shell = ConjugateDirections::new(&a, &b, guess)?;
/// let mut state = shell.start();
/// assert!(solve(&shell, &mut state, Stop::relative(1e-4)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Kaneda et al., *A Deep Conjugate Direction Method for Iteratively Solving Linear
/// Systems*, ICML 2023 (arXiv 2205.10763), algorithm 1, with any direction for its network.
#[derive(Clone, Debug)]
pub struct ConjugateDirections<'a, T: Scalar, A: LinearOperator<T>, D> {
    system: System<'a, T, A>,
    direction: D,
}

/// The iterate, its residual, three directions and two products: 7 N + 8 words.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ConjugateDirectionsState<T, X, Y> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew.
    pub x: X,
    /// The last direction, the one before, and the one in work.
    directions: [X; 3],
    /// A p of the last two directions, scaled to about 1.
    products: [Y; 2],
    r: Y,
    /// ⟨p, A p⟩ of the last two, scaled alike; zero where there is none.
    curvatures: [T; 2],
    residual_scale: T,
    found: T,
    looked: bool,
    broken: bool,
}

impl<T: Scalar, X, Y> ConjugateDirectionsState<T, X, Y> {
    /// Starts from `x`; `const`, and so unchecked ([`ConjugateDirections::start_at`] checks). The
    /// others must hold zeros.
    pub const fn new(x: X, directions: [X; 3], products: [Y; 2], r: Y) -> Self {
        Self {
            x,
            directions,
            products,
            r,
            curvatures: [T::ZERO; 2],
            residual_scale: T::ONE,
            found: T::ZERO,
            looked: false,
            broken: false,
        }
    }

    /// pᵀAp / pᵀp ≤ 0 of the direction at which the method broke down, lane by lane; zero too in a
    /// lane that was solved. `None` as long as it has not.
    pub fn curvature(&self) -> Option<T> {
        self.broken.then_some(self.found)
    }
}

impl<'a, T: Scalar, A: LinearOperator<T>, D: Direction<T, A>> ConjugateDirections<'a, T, A, D> {
    /// Checks the system once, so that no step has to. Symmetry is not checked.
    ///
    /// # Errors
    /// As [`Cg::new`](super::Cg::new).
    pub fn new(a: &'a A, b: &'a A::Range, direction: D) -> Result<Self, SystemError> {
        Ok(Self { system: System::new(a, b)?, direction })
    }

    /// The state with x = 0.
    pub fn start(&self) -> ConjugateDirectionsState<T, A::Domain, A::Range> {
        self.fresh(self.system.a.zero_domain())
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`SystemError::Length`], [`SystemError::NonFiniteStart`].
    pub fn start_at(
        &self,
        x: A::Domain,
    ) -> Result<ConjugateDirectionsState<T, A::Domain, A::Range>, SystemError> {
        Ok(self.fresh(self.system.start(x)?))
    }

    fn fresh(&self, x: A::Domain) -> ConjugateDirectionsState<T, A::Domain, A::Range> {
        let a = self.system.a;
        ConjugateDirectionsState::new(
            x,
            core::array::from_fn(|_| a.zero_domain()),
            core::array::from_fn(|_| a.zero_range()),
            a.zero_range(),
        )
    }

    /// ‖b − A x‖₂ after the last step, lane by lane.
    pub fn residual_norm(&self, state: &mut ConjugateDirectionsState<T, A::Domain, A::Range>) -> T {
        if !state.looked {
            self.look(state);
        }
        unscaled_norm(&state.r, squares(state.r.as_slice()), state.residual_scale)
    }

    fn look(&self, state: &mut ConjugateDirectionsState<T, A::Domain, A::Range>) {
        state.residual_scale = self.system.residual(&state.x, &mut state.r);
        state.looked = true;
    }

    /// A p times a power of two, returned, that brings its largest entry to about 1, and pᵀAp alike.
    fn measure(&self, p: &A::Domain, product: &mut A::Range) -> (T, T) {
        self.system.a.apply(p, product);
        let scale = normalise(product.as_mut_slice());
        (scale, dot(p.as_slice(), product.as_slice()))
    }
}

impl<T: Scalar, A: LinearOperator<T>, D: Direction<T, A>> Iteration
    for ConjugateDirections<'_, T, A, D>
{
    type Real = T::Real;
    type State = ConjugateDirectionsState<T, A::Domain, A::Range>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, state: &mut Self::State) {
        if !state.looked {
            self.look(state);
        }
        let [last, before, p] = &mut state.directions;
        let [last_product, product] = &mut state.products;
        let [last_curvature, curvature_before] = state.curvatures;
        let r = state.r.as_slice();

        p.as_mut_slice().fill(T::ZERO);
        self.direction.propose(&state.r, p);
        let usable = |size: T::Real| size > T::Real::ZERO && size.is_finite();
        let unusable = max_abs(p.as_slice()).select(usable, T::ZERO, T::ONE);
        normalise(p.as_mut_slice());
        replace(p.as_mut_slice(), r, unusable);
        let orthogonalise = |p: &mut A::Domain, product: &A::Range, lanes: T| {
            let p = p.as_mut_slice();
            make_orthogonal(p, last.as_slice(), last_product.as_slice(), last_curvature, lanes);
            make_orthogonal(p, before.as_slice(), product.as_slice(), curvature_before, lanes);
            normalise(p)
        };
        // What lies in the span of the last two leaves nothing but rounding behind.
        let left = T::ONE / orthogonalise(p, product, T::ONE);
        let energy = squares(r);
        let steep = square(dot(p.as_slice(), r))
            - T::splat(T::Real::EPSILON) * squares(p.as_slice()) * energy;
        let flat = steep.select(|steep| steep > T::Real::ZERO, T::ZERO, T::ONE);
        let flat = left.select(|left| left * left > T::Real::EPSILON, flat, T::ONE);
        if any(flat) {
            replace(p.as_mut_slice(), r, flat);
            orthogonalise(p, product, flat);
        }

        let (mut scale, mut curvature) = self.measure(p, product);
        let is_positive = |c: T::Real| c > T::Real::ZERO && c.is_finite();
        let unsolved = energy.select(|energy| energy == T::Real::ZERO, T::ZERO, T::ONE);
        let bad = curvature.select(is_positive, T::ZERO, unsolved);
        if any(bad) {
            // The product of the direction before is gone; one is enough for a stand-in.
            replace(p.as_mut_slice(), r, bad);
            let product_before = last_product.as_slice();
            let p_values = p.as_mut_slice();
            make_orthogonal(p_values, last.as_slice(), product_before, last_curvature, bad);
            normalise(p_values);
            (scale, curvature) = self.measure(p, product);
        }
        let broken = curvature.select(|c| c <= T::Real::ZERO, unsolved, T::ZERO);
        state.broken = any(broken);
        if state.broken {
            state.found = rayleigh(p, curvature, scale);
        }
        let along = dot(p.as_slice(), r);
        let length = curvature.select(is_positive, along / curvature, T::ZERO);
        let unscaled = length * (scale / state.residual_scale);
        for (x, p) in state.x.as_mut_slice().iter_mut().zip(p.as_slice()) {
            *x = (*x + unscaled * *p).finite_or(*x);
        }
        let curvature = curvature.select(is_positive, curvature, T::ZERO);
        state.curvatures = [curvature, last_curvature];
        core::mem::swap(last, p);
        core::mem::swap(before, p);
        core::mem::swap(last_product, product);
        self.look(state);
    }

    fn residual(&self, state: &mut Self::State) -> T::Real {
        self.residual_norm(state).worst_against(self.system.b_norm)
    }

    fn certify(&self, state: &mut Self::State) -> Option<T::Real> {
        // A new run may be about another matrix.
        state.curvatures = [T::ZERO; 2];
        self.look(state);
        Some(self.residual(state))
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.broken
    }

    fn reference(&self) -> T::Real {
        self.system.b_norm.worst()
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
        state.directions.iter_mut().for_each(|p| p.as_mut_slice().fill(T::ZERO));
        state.products.iter_mut().for_each(|product| product.as_mut_slice().fill(T::ZERO));
        state.r.as_mut_slice().fill(T::ZERO);
        state.curvatures = [T::ZERO; 2];
        state.looked = false;
    }
}

/// p ← p − (⟨p, A d⟩ / ⟨d, A d⟩) d in the lanes marked by 1; nothing where there is no d.
fn make_orthogonal<T: Scalar>(p: &mut [T], d: &[T], product: &[T], curvature: T, lanes: T) {
    let share = curvature.select(|c| c > T::Real::ZERO, dot(p, product) / curvature, T::ZERO);
    let share = lanes.select(|marked| marked == T::Real::ONE, share, T::ZERO);
    for (p, d) in p.iter_mut().zip(d) {
        *p -= share * *d;
    }
}

/// p ← r in the lanes marked by 1.
fn replace<T: Scalar>(p: &mut [T], r: &[T], lanes: T) {
    for (p, r) in p.iter_mut().zip(r) {
        *p = lanes.select(|marked| marked == T::Real::ONE, *r, *p);
    }
}

/// Multiplies by the power of two, returned, that brings the largest entry to about 1.
fn normalise<T: Scalar>(v: &mut [T]) -> T {
    let scale = max_abs(v).unit_scale();
    v.iter_mut().for_each(|v| *v *= scale);
    scale
}

/// Is any lane marked?
fn any<T: Scalar>(lanes: T) -> bool {
    !lanes.all(|marked| marked == T::Real::ZERO)
}
