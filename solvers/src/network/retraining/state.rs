//! [`RetrainingState`]: the best steps, those on trial, and what is known of both.

use crate::Real;

/// By what share a step is changed in the first trial: others in every second layer, since steps
/// that are all alike have slopes that are nearly alike, and would stay so on a ridge of F̄.
const FIRST: [f64; 2] = [0.05, 0.1];
/// And at most in any.
const MOST: f64 = 0.5;

/// The best steps so far, those on trial, and room for one pass: T N + 2 N + M + 5 T + 5 words.
///
/// It outlives its [`Retraining`](super::Retraining): where measurements have been replaced, make
/// another and start a new [`Run`](crate::Run), which looks at the best steps anew.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RetrainingState<R, X, Y, V, H> {
    /// αₖ, the best so far. Whoever changes them starts a new [`Run`](crate::Run).
    pub steps: V,
    pub(super) trial: V,
    /// ∂F̄ / ∂ln αₖ at the best.
    pub(super) slopes: V,
    /// The same at the trial, of the measurements so far, not divided by their number.
    pub(super) sums: V,
    /// By what share each step is to be changed.
    widths: V,
    pub(super) history: H,
    pub(super) room: [X; 2],
    pub(super) r: Y,
    /// F̄ at the best.
    pub(super) loss: R,
    pub(super) trial_loss: R,
    /// Measurements that have been through.
    pub(super) place: u32,
    /// Are F̄ and slopes those of the best?
    pub(super) known: bool,
    /// Have the widths been set?
    begun: bool,
}

impl<R: Real, X, Y, V, H> RetrainingState<R, X, Y, V, H> {
    /// Before the first pass; `const`, and so unchecked ([`Retraining::start`](super::Retraining::start)
    /// checks). There are as many steps in each of `room_for_steps`, as many vectors of N numbers in
    /// `history`; of what they hold only `steps` matters.
    pub const fn new(
        steps: V,
        [trial, slopes, sums, widths]: [V; 4],
        history: H,
        room: [X; 2],
        r: Y,
    ) -> Self
    where
        V: Copy,
        H: Copy,
        X: Copy,
        Y: Copy,
    {
        let (loss, trial_loss) = (R::ZERO, R::ZERO);
        let (place, known, begun) = (0, false, false);
        Self {
            steps,
            trial,
            slopes,
            sums,
            widths,
            history,
            room,
            r,
            loss,
            trial_loss,
            place,
            known,
            begun,
        }
    }

    /// The same where nothing is `Copy`: a `const` function cannot take apart what may have to be
    /// dropped.
    pub(super) fn fresh(
        steps: V,
        [trial, slopes, sums, widths]: [V; 4],
        history: H,
        room: [X; 2],
        r: Y,
    ) -> Self {
        let (loss, trial_loss) = (R::ZERO, R::ZERO);
        let (place, known, begun) = (0, false, false);
        Self {
            steps,
            trial,
            slopes,
            sums,
            widths,
            history,
            room,
            r,
            loss,
            trial_loss,
            place,
            known,
            begun,
        }
    }

    /// F̄ of the best steps; `None` before all measurements have been through.
    pub fn loss(&self) -> Option<R> {
        self.known.then_some(self.loss)
    }

    /// ∂F̄ / ∂ln αₖ at the best steps; `None` before all measurements have been through.
    pub fn slopes(&self) -> Option<&V> {
        self.known.then_some(&self.slopes)
    }
}

impl<R: Real, X, Y, V: AsRef<[R]> + AsMut<[R]>, H> RetrainingState<R, X, Y, V, H> {
    /// Nothing is known of the best.
    pub(super) fn forget(&mut self) {
        self.known = false;
        self.clear();
    }

    fn clear(&mut self) {
        self.place = 0;
        self.trial_loss = R::ZERO;
        self.sums.as_mut().fill(R::ZERO);
    }

    /// The next trial: each step against its slope.
    pub(super) fn propose(&mut self, [shortest, longest]: [R; 2]) {
        self.clear();
        let numbers = self.steps.as_ref().iter().zip(self.slopes.as_ref());
        let numbers = numbers.zip(self.widths.as_ref());
        for (trial, ((step, slope), width)) in self.trial.as_mut().iter_mut().zip(numbers) {
            let factor = R::ONE + *width;
            let moved = if *slope > R::ZERO {
                *step / factor
            } else if *slope < R::ZERO {
                *step * factor
            } else {
                *step
            };
            *trial = moved.max(shortest).min(longest);
        }
    }

    /// When all `count` measurements have been through.
    pub(super) fn judge(&mut self, count: R) {
        let loss = self.trial_loss / count;
        for sum in self.sums.as_mut() {
            *sum = *sum / count;
        }
        if !self.known {
            self.known = true;
            if !self.begun {
                self.begun = true;
                for (layer, width) in self.widths.as_mut().iter_mut().enumerate() {
                    let [even, odd] = FIRST;
                    *width = R::from_f64(if layer.is_multiple_of(2) { even } else { odd });
                }
            }
            self.accept(loss);
            return;
        }
        let sums = self.sums.as_ref();
        let finite = loss.is_finite() && sums.iter().all(|sum| sum.is_finite());
        let pairs = || sums.iter().zip(self.slopes.as_ref());
        let better = finite && loss < self.loss;
        // Where it went too far: in the layers whose slope changed its sign, or who knows where.
        let turned = finite && pairs().any(|(new, old)| *new * *old < R::ZERO);
        self.widen(|product, width| {
            let new = if product < R::ZERO || (!better && !turned) {
                R::from_f64(0.5) * width
            } else if better && product > R::ZERO {
                R::from_f64(1.2) * width
            } else {
                width
            };
            new.max(R::EPSILON).min(R::from_f64(MOST))
        });
        if better {
            core::mem::swap(&mut self.steps, &mut self.trial);
            self.accept(loss);
        }
        self.clear();
    }

    fn accept(&mut self, loss: R) {
        self.loss = loss;
        core::mem::swap(&mut self.slopes, &mut self.sums);
        self.clear();
    }

    /// Each width anew, out of the product of its slopes at the trial and at the best.
    fn widen(&mut self, rule: impl Fn(R, R) -> R) {
        let slopes = self.sums.as_ref().iter().zip(self.slopes.as_ref());
        for (width, (new, old)) in self.widths.as_mut().iter_mut().zip(slopes) {
            *width = rule(*new * *old, *width);
        }
    }
}
