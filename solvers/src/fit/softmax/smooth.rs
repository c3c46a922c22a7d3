//! [`Softmax`] as a [`DataFit`].

use super::{Softmax, entry, renew_row};
use crate::direct::pairs;
use crate::fit::scores::ln_1p;
use crate::fit::{DataFit, Point, Scores, pair_sum};
use crate::sum::sum_of;
use crate::{Buffer, ColumnOperator, Real};

impl<R, A, X, C> DataFit for Softmax<'_, R, A, X, C>
where
    R: Real,
    A: ColumnOperator<R>,
    X: Buffer<R>,
    C: AsRef<[A::Range]> + AsMut<[A::Range]> + Clone,
{
    type Real = R;
    type Point = Point<X, Scores<C>>;
    const QUADRATIC: bool = false;

    fn unknowns(&self) -> usize {
        self.blank.x.as_slice().len()
    }

    #[inline]
    fn x<'p>(&self, point: &'p Self::Point) -> &'p [R] {
        point.x.as_slice()
    }

    fn value(&self, point: &Self::Point) -> R {
        let scores = point.kept.scores.as_ref();
        sum_of(self.labels.len(), |i| {
            let Some(label) = self.labels.get(i) else { return R::ZERO };
            let mut best = (0, entry(scores, 0, i));
            for class in 1..scores.len() {
                let score = entry(scores, class, i);
                // NaN is best of all, so that it shows.
                if score.partial_cmp(&best.1).is_none_or(core::cmp::Ordering::is_gt) {
                    best = (class, score);
                }
            }
            let others = sum_of(scores.len(), |class| {
                let weight = (entry(scores, class, i) - best.1).exp();
                if class == best.0 { R::ZERO } else { weight }
            });
            (best.1 - entry(scores, *label, i)) + ln_1p(others)
        })
    }

    #[inline]
    fn partial(&self, point: &Self::Point, j: usize) -> R {
        let Some((feature, class)) = self.split(j) else { return R::ZERO };
        let slopes = point.kept.slopes.as_ref().get(class);
        slopes.map_or(R::ZERO, |slopes| self.design.column_dot(feature, slopes))
    }

    fn shift(&self, point: &mut Self::Point, j: usize, delta: R) {
        let moved = point.moved(j, delta);
        let (true, Some((feature, class))) = (moved != R::ZERO, self.split(j)) else { return };
        if let Some(scores) = point.kept.scores.as_mut().get_mut(class) {
            self.design.add_column(feature, moved, scores);
        }
        let (scores, slopes) = (point.kept.scores.as_ref(), point.kept.slopes.as_mut());
        self.design.visit_column(feature, |i, _| {
            if let Some(label) = self.labels.get(i) {
                renew_row(scores, slopes, i, *label);
            }
        });
    }

    /// A row that several columns touch gets its new slopes once.
    fn shift_block(&self, point: &mut Self::Point, block: &[usize], deltas: &[R]) {
        for (j, delta) in block.iter().zip(deltas) {
            let moved = point.moved(*j, *delta);
            let (true, Some((feature, class))) = (moved != R::ZERO, self.split(*j)) else {
                continue;
            };
            if let Some(scores) = point.kept.scores.as_mut().get_mut(class) {
                self.design.add_column(feature, moved, scores);
            }
            if let Some(first) = point.kept.slopes.as_mut().first_mut() {
                let slopes = first.as_mut_slice();
                self.design.visit_column(feature, |i, _| {
                    if let Some(s) = slopes.get_mut(i) {
                        // No slope is infinite: this row is out of date.
                        *s = R::INFINITY;
                    }
                });
            }
        }
        self.renew(&mut point.kept, |s| s == R::INFINITY);
    }

    // A whole column product: a call costs little, copies of it at every use much flash.
    #[inline(never)]
    fn bound(&self, i: usize, j: usize) -> R {
        self.bound_of(i, j, self.classes())
    }

    /// With min(K, c + 1) for K, where the block has c classes.
    fn fill_bound(&self, block: &[usize], packed: &mut [R]) {
        let class = |j: &usize| self.split(*j).map(|(_, class)| class);
        let is_new = |place: usize, j| block.iter().take(place).all(|i| class(i) != class(j));
        let found = block.iter().enumerate().filter(|(place, j)| is_new(*place, *j)).count();
        let classes = self.classes().min(found + 1);
        for (slot, (i, j)) in packed.iter_mut().zip(pairs(block)) {
            *slot = self.bound_of(i, j, classes);
        }
    }

    /// (1 − 1/K) Σⱼ |aᵢᵀaⱼ|: the classes add up in closed form.
    fn bound_sum(&self, i: usize) -> R {
        let Some((feature, _)) = self.split(i) else { return R::ZERO };
        (R::ONE - R::ONE / R::from_u32(self.classes() as u32)) * pair_sum(self.design, feature)
    }

    /// ¼‖aⱼ‖², which is less than Hⱼⱼ for more than two classes.
    #[inline]
    fn lipschitz(&self, j: usize) -> R {
        let square =
            self.split(j).and_then(|(feature, _)| self.squared_norms.as_slice().get(feature));
        square.map_or(R::ZERO, |square| R::from_f64(0.25) * *square)
    }

    fn second(&self, point: &Self::Point, i: usize, j: usize) -> R {
        let (Some((f, k)), Some((g, l))) = (self.split(i), self.split(j)) else { return R::ZERO };
        let slopes = point.kept.slopes.as_ref();
        let probability = |class: usize, row: usize| {
            let own = self.labels.get(row) == Some(&class);
            entry(slopes, class, row) + if own { R::ONE } else { R::ZERO }
        };
        self.design.column_pair(f, g, |row| {
            if k == l {
                // Of p and 1 − p the slope is one, whichever is the label.
                let size = entry(slopes, k, row).abs();
                size * (R::ONE - size)
            } else {
                -(probability(k, row) * probability(l, row))
            }
        })
    }

    /// From this weight on an L1 penalty leaves nothing but x = 0.
    fn gradient_scale(&self) -> R {
        self.gradient_scale
    }

    // Seldom called, from several places: one copy is enough.
    #[inline(never)]
    fn refresh(&self, point: &mut Self::Point) {
        let x = point.x.as_slice();
        for (class, scores) in point.kept.scores.as_mut().iter_mut().enumerate() {
            scores.as_mut_slice().fill(R::ZERO);
            let mine = x.iter().skip(class).step_by(self.blank.kept.as_ref().len().max(1));
            for (feature, x) in mine.enumerate().filter(|(_, x)| **x != R::ZERO) {
                self.design.add_column(feature, *x, scores);
            }
        }
        self.renew(&mut point.kept, |_| true);
    }

    fn restore(&self, point: &mut Self::Point) {
        point.restore_x();
        self.refresh(point);
    }
}
