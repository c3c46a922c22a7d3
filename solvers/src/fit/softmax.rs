//! [`Softmax`]: the multinomial fit of K classes, with scores and slopes kept.

mod smooth;

use super::scores::rounding;
use super::{DataFit, FitError, Point, Scores, check};
use crate::sum::Accumulator;
use crate::{Buffer, ColumnOperator, Real};

/// f(x) = Σᵢ (ln Σₖ exp(zᵢₖ) − zᵢ,yᵢ) with the scores zᵢₖ = Σⱼ aᵢⱼ xⱼₖ of K classes and labels yᵢ of
/// 0 … K − 1.
///
/// **Order of the unknowns**: that of feature j and class k is j·K + k, so that all of one feature
/// stand together. A [`GroupL1`](crate::penalty::GroupL1) of size K then drops whole features.
///
/// Kept up to date: Z = A X and the slopes S = P − Y, where pᵢₖ is the probability of class k in row i
/// and Y has a one at each label. The derivative of unknown (j, k) is aⱼᵀsₖ; the second derivative of
/// (j, k) and (j′, k′) is Σᵢ aᵢⱼ aᵢⱼ′ pᵢₖ (δₖₖ′ − pᵢₖ′), and H = AᵀA ⊗ ½(I − 11ᵀ/K) is never less. A
/// block that has c classes sees those and the rest, which is one class more: there
/// min(K, c + 1) takes the place of K ([`fill_bound`](DataFit::fill_bound)), and
/// Lⱼ = ¼‖aⱼ‖² for one unknown alone.
///
/// Shapes: A is M × N, x has N·K numbers; the scores are K vectors of M numbers, in `C`:
/// `[SVector<R, M>; K]` on a target, a `Vec` of vectors on the host. Storage: N + 1 numbers here, and
/// the blank room that starts are made of (N·K + M·K); in a [`Point`] N·K + 2M·K. Cost: a partial
/// derivative reads one column; a shift reads it twice and takes K exponentials for each of its
/// rows; a block's shift takes each row's exponentials once.
///
/// Adding one number to all classes of a feature changes nothing: without a penalty the minimum is
/// never at one point only. Separable data is as for [`Logistic`](super::Logistic#separable-data):
/// no minimum, and [`separates`](Self::separates) tells.
///
/// ```
/// use solvekit::{SMatrix, SVector, fit::{DataFit, FitError, Softmax}};
/// let design = SMatrix::<f32, 3, 2>::from([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]]); // columns
/// let room = [SVector::<f32, 3>::zeros(); 3];
/// let fit = Softmax::new(&design, &[0, 2, 1], SVector::<f32, 6>::zeros(), room)?;
/// let mut point = fit.start();
/// assert!((fit.value(&point) - 3.0 * 3.0_f32.ln()).abs() < 1e-6);
/// fit.shift(&mut point, 1, 0.5); // feature 0, class 1
/// assert_eq!(fit.x(&point), &[0.0, 0.5, 0.0, 0.0, 0.0, 0.0]);
/// let outside = Softmax::new(&design, &[0, 3, 1], SVector::<f32, 6>::zeros(), room);
/// assert_eq!(outside.unwrap_err(), FitError::Label { row: 1 });
/// # Ok::<(), FitError>(())
/// ```
///
/// Source: Böhning 1992 (the bound); Nutini, Laradji and Schmidt 2022, appendix (the fit in their
/// experiments).
#[derive(Clone, Debug)]
pub struct Softmax<'a, R: Real, A: ColumnOperator<R>, X, C> {
    design: &'a A,
    labels: &'a [usize],
    squared_norms: A::Domain,
    gradient_scale: R,
    blank: Point<X, C>,
}

impl<'a, R, A, X, C> Softmax<'a, R, A, X, C>
where
    R: Real,
    A: ColumnOperator<R>,
    X: Buffer<R>,
    C: AsRef<[A::Range]> + AsMut<[A::Range]> + Clone,
{
    /// Checks the data once. `x` and `scores` are room for N·K numbers and for K vectors of M; what
    /// they hold does not matter, and K is the number of vectors.
    ///
    /// # Errors
    /// [`FitError`]: `Empty`, `Classes`, `Length` (of the labels, a vector of scores, or x),
    /// `NonFiniteEntry`, `Label`, `HugeColumn`.
    pub fn new(design: &'a A, labels: &'a [usize], mut x: X, scores: C) -> Result<Self, FitError> {
        let (rows, columns, classes) = (design.rows(), design.columns(), scores.as_ref().len());
        if rows == 0 || columns == 0 {
            return Err(FitError::Empty);
        }
        if classes < 2 {
            return Err(FitError::Classes { found: classes });
        }
        let vectors = scores.as_ref().iter().map(|z| (rows, z.as_slice().len()));
        let unknowns = (columns.saturating_mul(classes), x.as_slice().len());
        for (expected, found) in vectors.chain([(rows, labels.len()), unknowns]) {
            if expected != found {
                return Err(FitError::Length { expected, found });
            }
        }
        if let Some((row, column)) = design.non_finite() {
            return Err(FitError::NonFiniteEntry { row, column });
        }
        if let Some(row) = labels.iter().position(|label| *label >= classes) {
            return Err(FitError::Label { row });
        }
        let squared_norms = check::squared_norms(design)?;
        x.as_mut_slice().fill(R::ZERO);
        let blank = Point::new(x, scores);
        let mut fit = Self { design, labels, squared_norms, gradient_scale: R::ZERO, blank };
        let start = fit.start();
        let partials = (0..fit.unknowns()).map(|j| fit.partial(&start, j).abs());
        fit.gradient_scale = partials.fold(R::ZERO, |worst, p| worst.max(p));
        Ok(fit)
    }

    /// x = 0.
    pub fn start(&self) -> Point<X, Scores<C>> {
        self.at(self.blank.x.clone())
    }

    /// A given x.
    ///
    /// # Errors
    /// [`FitError::Length`], [`FitError::NonFiniteStart`].
    pub fn start_at(&self, x: X) -> Result<Point<X, Scores<C>>, FitError> {
        Ok(self.at(check::start(self.unknowns(), x)?))
    }

    fn at(&self, x: X) -> Point<X, Scores<C>> {
        let mut point =
            Point::new(x, Scores::new(self.blank.kept.clone(), self.blank.kept.clone()));
        self.refresh(&mut point);
        point
    }

    /// A.
    pub const fn design(&self) -> &'a A {
        self.design
    }

    /// y.
    pub const fn labels(&self) -> &'a [usize] {
        self.labels
    }

    /// K.
    pub fn classes(&self) -> usize {
        self.blank.kept.as_ref().len()
    }

    /// Does x give every row's own class the largest score, by more than rounding can explain? Then
    /// the data is separable and f without a penalty has no minimum. Refreshes the point first.
    /// Cost: K + 1 passes over A.
    pub fn separates(&self, point: &mut Point<X, Scores<C>>) -> bool {
        self.refresh(point);
        let features = point.x.as_slice().chunks(self.classes().max(1));
        let mut sizes = R::ZERO;
        for (j, x) in features.enumerate() {
            let mut largest = R::ZERO;
            self.design.visit_column(j, |_, entry| largest = largest.max(entry.abs()));
            // Of the scores of two classes.
            sizes += R::from_f64(2.0) * largest * crate::sum::max_abs(x);
        }
        let noise = rounding(self.design.columns(), sizes);
        let scores = point.kept.scores.as_ref();
        self.labels.iter().enumerate().all(|(i, label)| {
            let own = entry(scores, *label, i);
            let mut others = (0..scores.len()).filter(|k| k != label);
            others.all(|k| own - entry(scores, k, i) > noise)
        })
    }

    /// Feature and class of an unknown.
    #[inline]
    fn split(&self, j: usize) -> Option<(usize, usize)> {
        Some((j.checked_div(self.classes())?, j.checked_rem(self.classes())?))
    }

    /// ½(δ − 1/k) aᵢᵀaⱼ for unknowns i and j.
    fn bound_of(&self, i: usize, j: usize, classes: usize) -> R {
        let (Some((f, k)), Some((g, l))) = (self.split(i), self.split(j)) else { return R::ZERO };
        let same = if k == l { R::ONE } else { R::ZERO };
        let others = R::ONE / R::from_u32(u32::try_from(classes).unwrap_or(u32::MAX));
        R::from_f64(0.5) * (same - others) * self.design.column_pair(f, g, |_| R::ONE)
    }

    /// Overwrites the slopes of all rows whose first class `stale` is true of.
    fn renew(&self, kept: &mut Scores<C>, stale: impl Fn(R) -> bool) {
        let (scores, slopes) = (kept.scores.as_ref(), kept.slopes.as_mut());
        for (i, label) in self.labels.iter().enumerate() {
            if stale(entry(slopes, 0, i)) {
                renew_row(scores, slopes, i, *label);
            }
        }
    }
}

/// Row i of class k.
#[inline]
fn entry<R: Real, Z: Buffer<R>>(vectors: &[Z], class: usize, row: usize) -> R {
    vectors.get(class).and_then(|v| v.as_slice().get(row)).copied().unwrap_or(R::ZERO)
}

/// Probabilities less the label's one. That of the label is minus the sum of the others, not
/// 1 − p, which would round to zero.
fn renew_row<R: Real, Z: Buffer<R>>(scores: &[Z], slopes: &mut [Z], row: usize, label: usize) {
    let scores_here = (0..scores.len()).map(|k| entry(scores, k, row));
    let largest = scores_here.fold(-R::INFINITY, |worst, z| worst.max(z));
    let (mut all, mut others) = (Accumulator::default(), Accumulator::default());
    for (class, slopes) in slopes.iter_mut().enumerate() {
        let weight = (entry(scores, class, row) - largest).exp();
        all.add(class, weight);
        if class != label {
            others.add(class, weight);
        }
        if let Some(slot) = slopes.as_mut_slice().get_mut(row) {
            *slot = weight;
        }
    }
    let (all, others) = (all.total(), others.total());
    for (class, slopes) in slopes.iter_mut().enumerate() {
        if let Some(slot) = slopes.as_mut_slice().get_mut(row) {
            *slot = if class == label { -others } else { *slot } / all;
        }
    }
}
