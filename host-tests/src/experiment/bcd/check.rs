//! [`Check`]: what the paper says of its figures, asked of the regenerated ones.

use super::bounded::BoundedRow;
use super::contender::{Selection, Step};
use super::problem::Set;
use super::table::Row;
use super::tree::TreeRow;

/// One claim, the numbers that it is about, and whether it holds.
#[derive(Clone, Debug)]
pub struct Check {
    /// The claim.
    pub claim: String,
    /// The numbers.
    pub numbers: String,
    /// Does it hold?
    pub holds: bool,
}

/// Every claim, on whatever was traced.
///
/// Curves are compared after as many passes over the unknowns as the paper's 500 iterations are at
/// its size: with a tenth of the unknowns (`scale` 0.1) after 50.
#[must_use]
pub fn checks(rows: &[Row], trees: &[TreeRow], bounded: &[BoundedRow], scale: f64) -> Vec<Check> {
    let mut checks = Vec::new();
    let rows = Ends { rows, share: scale.min(1.0) };
    for set in [Set::A, Set::B, Set::C, Set::D, Set::E] {
        checks.extend(greedy_first(rows, set));
        checks.extend(variable_first(rows, set));
        checks.extend(matrix_first(rows, set));
    }
    checks.extend(matrix_by_far(rows));
    checks.extend([Set::D, Set::E].iter().filter_map(|set| tree_order(trees, *set)));
    checks.extend(finite(bounded));
    checks
}

/// Curves, and the share of their iterations that counts.
#[derive(Clone, Copy)]
struct Ends<'a> {
    rows: &'a [Row],
    share: f64,
}

impl Ends<'_> {
    /// Where the curves of one panel of figures 8 and 11 end.
    fn of(self, set: Set, step: Step) -> Vec<(Selection, f64)> {
        let figure = if step == Step::Gradient { 8 } else { 11 };
        let own = self.rows.iter().filter(|r| (r.figure, r.set, r.size) == (figure, set, 5));
        own.map(|row| (row.method.selection, row.at(self.share))).collect()
    }
}

fn end_of(ends: &[(Selection, f64)], selection: Selection) -> Option<f64> {
    ends.iter().find(|(own, _)| *own == selection).map(|(_, end)| *end)
}

fn greedy_first(rows: Ends<'_>, set: Set) -> Option<Check> {
    let ends = rows.of(set, Step::Gradient);
    let (greedy, other): (Vec<_>, Vec<_>) = ends.into_iter().partition(|(s, _)| s.is_greedy());
    let worst = greedy.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let best = other.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(Check {
        claim: format!("{set}, blocks of 5, gradient steps: every greedy rule before every other"),
        numbers: format!("{} {:.2e}, {} {:.2e}", worst.0, worst.1, best.0, best.1),
        holds: worst.1 < best.1,
    })
}

fn variable_first(rows: Ends<'_>, set: Set) -> Vec<Check> {
    let ends = rows.of(set, Step::Gradient);
    let pairs = [
        (Selection::GsVariable, Selection::GsFixed),
        (Selection::GslVariable, Selection::GslFixed),
    ];
    let check = |(variable, fixed): (Selection, Selection)| {
        let (first, second) = (end_of(&ends, variable)?, end_of(&ends, fixed)?);
        Some(Check {
            claim: format!("{set}, blocks of 5, gradient steps: {variable} before {fixed}"),
            numbers: format!("{first:.2e}, {second:.2e}"),
            holds: first < second,
        })
    };
    pairs.into_iter().filter_map(check).collect()
}

fn matrix_first(rows: Ends<'_>, set: Set) -> Vec<Check> {
    let (gradient, matrix) = (rows.of(set, Step::Gradient), rows.of(set, Step::Matrix));
    let check = |(selection, end): &(Selection, f64)| {
        let plain = end_of(&gradient, *selection)?;
        Some(Check {
            claim: format!(
                "{set}, blocks of 5, {selection}: matrix steps no worse than gradient's"
            ),
            numbers: format!("{end:.2e}, {plain:.2e}"),
            holds: *end <= plain,
        })
    };
    matrix.iter().filter_map(check).collect()
}

fn matrix_by_far(rows: Ends<'_>) -> Option<Check> {
    let of = |step| end_of(&rows.of(Set::A, step), Selection::GsVariable);
    let ratio = of(Step::Gradient)? / of(Step::Matrix)?;
    Some(Check {
        claim: "A, blocks of 5, GS-VB: matrix steps ahead of gradient's by a factor of 5"
            .to_string(),
        numbers: format!("{ratio:.1}"),
        holds: ratio >= 5.0,
    })
}

/// Greedy tree < tree partition < random tree < red–black ≪ general, by steps.
fn tree_order(trees: &[TreeRow], set: Set) -> Option<Check> {
    let steps = |name: &str| {
        let row = trees.iter().find(|row| row.set == set && row.name == name)?;
        Some(row.steps().unwrap_or(usize::MAX))
    };
    let names = ["greedy tree", "tree partition, natural", "random tree", "red-black", "general"];
    let found: Vec<_> = names.iter().map(|name| steps(name)).collect::<Option<_>>()?;
    let partition = found[1].min(steps("tree partition, by constants")?);
    let order = [found[0], partition, found[2], found[3], found[4]];
    let shown =
        order.map(|steps| if steps == usize::MAX { "never".into() } else { steps.to_string() });
    Some(Check {
        claim: format!(
            "{set}: greedy tree, tree partition, random tree, red-black, general, in that order"
        ),
        numbers: shown.join(", "),
        holds: order.is_sorted_by(|a, b| a < b),
    })
}

/// Proximal Newton with variable blocks of 100 identifies the support and ends in 10 iterations.
fn finite(bounded: &[BoundedRow]) -> Option<Check> {
    let own = |row: &&BoundedRow| (row.figure, row.size, row.name.as_str()) == (7, 100, "PN-VB");
    let row = bounded.iter().find(own)?;
    let shown = |steps: Option<usize>| steps.map_or("never".to_string(), |steps| steps.to_string());
    let end = row.until(1e-8);
    Some(Check {
        claim: "A, x >= 0, blocks of 100, PN-VB: support and end in 10 iterations".to_string(),
        numbers: format!("support {}, 1e-8 {}", shown(row.identified), shown(end)),
        holds: row.identified.is_some_and(|k| k <= 10) && end.is_some_and(|k| k <= 10),
    })
}
