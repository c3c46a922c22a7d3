//! [`Check`]: what the paper says of its figures, asked of the regenerated ones.

use super::bounded::BoundedRow;
use super::contender::{Selection, Step};
use super::problem::{Cut, Method, Set};
use super::table::Row;
use super::tree::TreeRow;

/// One claim, the numbers that it is about, and whether it holds.
#[derive(Clone, Debug)]
pub struct Check {
    /// What is compared.
    pub claim: String,
    /// What the paper finds.
    pub asked: String,
    /// The numbers.
    pub measured: String,
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
        checks.extend(variable_or_fixed_first(rows, set));
        checks.extend(matrix_first(rows, set));
        checks.extend(estimated_first(rows, set));
        checks.extend(sorted_first(rows, set));
    }
    checks.extend(matrix_by_far(rows));
    checks.extend([Set::D, Set::E].iter().filter_map(|set| tree_order(trees, *set)));
    checks.extend(by_constants(trees));
    checks.extend(finite(bounded));
    checks.extend(random_finds_nothing(bounded));
    checks
}

/// Curves, and the share of their iterations that counts.
#[derive(Clone, Copy)]
struct Ends<'a> {
    rows: &'a [Row],
    share: f64,
}

impl Ends<'_> {
    /// Where the curves of one panel end.
    fn of(self, figure: u32, set: Set, size: usize) -> Vec<(Method, f64)> {
        let own = self.rows.iter().filter(|r| (r.figure, r.set, r.size) == (figure, set, size));
        own.map(|row| (row.method, row.at(self.share))).collect()
    }

    /// Where those of figure 8 (gradient steps) or 11 (matrix steps) with blocks of 5 end.
    fn of_fives(self, set: Set, step: Step) -> Vec<(Selection, f64)> {
        let figure = if step == Step::Gradient { 8 } else { 11 };
        self.of(figure, set, 5).into_iter().map(|(method, end)| (method.selection, end)).collect()
    }
}

fn end_of<K: PartialEq>(ends: &[(K, f64)], key: K) -> Option<f64> {
    ends.iter().find(|(own, _)| *own == key).map(|(_, end)| *end)
}

/// `first` is less than `second`.
fn before(claim: String, (first, second): (f64, f64), names: (&str, &str)) -> Check {
    Check {
        claim,
        asked: format!("{} < {}", names.0, names.1),
        measured: format!("{first:.2e}, {second:.2e}"),
        holds: first < second,
    }
}

fn greedy_first(rows: Ends<'_>, set: Set) -> Option<Check> {
    let ends = rows.of_fives(set, Step::Gradient);
    let (greedy, other): (Vec<_>, Vec<_>) = ends.into_iter().partition(|(s, _)| s.is_greedy());
    let worst = greedy.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let best = other.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(Check {
        claim: format!("{set}, blocks of 5, gradient steps: greedy rules and others"),
        asked: "every greedy rule before every other".to_string(),
        measured: format!("{} {:.2e}, {} {:.2e}", worst.0, worst.1, best.0, best.1),
        holds: worst.1 < best.1,
    })
}

/// Variable blocks first for greedy rules; fixed ones for the others, on the data with a design.
fn variable_or_fixed_first(rows: Ends<'_>, set: Set) -> Vec<Check> {
    use Selection::{
        CyclicFixed, CyclicVariable, GsFixed, GsVariable, GsdFixed, GsdVariable, GslFixed,
        GslVariable, GsqFixed, GsqVariable, LipschitzFixed, LipschitzVariable, RandomFixed,
        RandomVariable,
    };
    let greedy = [(GsVariable, GsFixed), (GslVariable, GslFixed)];
    let quadratic = [(GsdVariable, GsdFixed), (GsqVariable, GsqFixed)];
    let others = [
        (CyclicFixed, CyclicVariable),
        (RandomFixed, RandomVariable),
        (LipschitzFixed, LipschitzVariable),
    ];
    let pairs = |step, pairs: &[(Selection, Selection)]| {
        let ends = rows.of_fives(set, step);
        let check = |&(first, second): &(Selection, Selection)| {
            let ends = (end_of(&ends, first)?, end_of(&ends, second)?);
            let claim = format!("{set}, blocks of 5, {step} steps: variable or fixed blocks");
            Some(before(claim, ends, (&first.to_string(), &second.to_string())))
        };
        pairs.iter().filter_map(check).collect::<Vec<_>>()
    };
    let mut checks = pairs(Step::Gradient, &greedy);
    checks.extend(pairs(Step::Matrix, &[greedy, quadratic].concat()));
    if [Set::A, Set::B, Set::C].contains(&set) {
        checks.extend(pairs(Step::Gradient, &others));
    }
    checks
}

fn matrix_first(rows: Ends<'_>, set: Set) -> Vec<Check> {
    let gradient = rows.of_fives(set, Step::Gradient);
    let check = |(selection, end): &(Selection, f64)| {
        let plain = end_of(&gradient, *selection)?;
        Some(Check {
            claim: format!("{set}, blocks of 5, {selection}: matrix and gradient steps"),
            asked: "matrix <= gradient".to_string(),
            measured: format!("{end:.2e}, {plain:.2e}"),
            holds: *end <= plain,
        })
    };
    rows.of_fives(set, Step::Matrix).iter().filter_map(check).collect()
}

/// The estimated constant is ahead of the proved one with larger blocks (figure 9).
fn estimated_first(rows: Ends<'_>, set: Set) -> Option<Check> {
    let ends = rows.of(9, set, 50);
    let method = |step| Method { selection: Selection::GslFixed, step, cut: Cut::Order };
    let of = |step| end_of(&ends, method(step));
    let claim = format!("{set}, blocks of 50 in order, GSL: estimated or proved constants");
    Some(before(claim, (of(Step::Estimated)?, of(Step::Gradient)?), ("LA", "Lb")))
}

/// Sorted blocks are the best ones (figure 10), but on the lattice.
fn sorted_first(rows: Ends<'_>, set: Set) -> Option<Check> {
    if set == Set::D {
        return None;
    }
    let ends = rows.of(10, set, 50);
    let of = |cut| {
        let step = Step::Gradient;
        end_of(&ends, Method { selection: Selection::GsdFixed, step, cut })
    };
    let [sort, average, order] = [of(Cut::Sort)?, of(Cut::Average)?, of(Cut::Order)?];
    Some(Check {
        claim: format!("{set}, blocks of 50, GSD: how they are cut"),
        asked: "Sort <= Avg, Order".to_string(),
        measured: format!("{sort:.2e}, {average:.2e}, {order:.2e}"),
        holds: sort <= average && sort <= order,
    })
}

fn matrix_by_far(rows: Ends<'_>) -> Option<Check> {
    let of = |step| end_of(&rows.of_fives(Set::A, step), Selection::GsVariable);
    let ratio = of(Step::Gradient)? / of(Step::Matrix)?;
    Some(Check {
        claim: "A, blocks of 5, GS-VB: gradient over matrix steps".to_string(),
        asked: ">= 5".to_string(),
        measured: format!("{ratio:.1}"),
        holds: ratio >= 5.0,
    })
}

fn shown(steps: Option<usize>) -> String {
    steps.map_or("never".to_string(), |steps| steps.to_string())
}

fn steps(trees: &[TreeRow], set: Set, name: &str) -> Option<Option<usize>> {
    let row = trees.iter().find(|row| row.set == set && row.name == name)?;
    Some(row.steps())
}

/// Fewer steps, with none at all for those that never got there.
fn sooner(a: &Option<usize>, b: &Option<usize>) -> bool {
    a.unwrap_or(usize::MAX) < b.unwrap_or(usize::MAX)
}

/// Greedy tree < tree partition < random tree < red–black ≪ general, by steps.
fn tree_order(trees: &[TreeRow], set: Set) -> Option<Check> {
    let found = |name: &str| steps(trees, set, name);
    let better = |name: &str| {
        let natural = found(&format!("{name}, natural"))?;
        let sorted = found(&format!("{name}, by constants"))?;
        Some(if sooner(&sorted, &natural) { sorted } else { natural })
    };
    let partition = better("tree partition")?;
    let colors = better("red-black")?;
    let order = [found("greedy tree")?, partition, found("random tree")?, colors];
    let order = [&order[..], &[found("general")?]].concat();
    Some(Check {
        claim: format!("{set}: steps until 0.001"),
        asked: "greedy tree < tree partition < random tree < red-black < general".to_string(),
        measured: order.iter().map(|steps| shown(*steps)).collect::<Vec<_>>().join(", "),
        holds: order.is_sorted_by(sooner),
    })
}

/// On the moons, nodes with many neighbours first (figure 6).
fn by_constants(trees: &[TreeRow]) -> Vec<Check> {
    let check = |name: &&str| {
        let sorted = steps(trees, Set::E, &format!("{name}, by constants"))?;
        let natural = steps(trees, Set::E, &format!("{name}, natural"))?;
        Some(Check {
            claim: format!("E, {name}: steps until 0.001"),
            asked: "by constants < natural".to_string(),
            measured: format!("{}, {}", shown(sorted), shown(natural)),
            holds: sooner(&sorted, &natural),
        })
    };
    ["tree partition", "red-black"].iter().filter_map(check).collect()
}

/// Proximal Newton with variable blocks of 100 identifies the support and ends in 10 iterations.
fn finite(bounded: &[BoundedRow]) -> Option<Check> {
    let own = |row: &&BoundedRow| (row.figure, row.size, row.name.as_str()) == (7, 100, "PN-VB");
    let row = bounded.iter().find(own)?;
    let end = row.until(1e-8);
    Some(Check {
        claim: "A, x >= 0, blocks of 100, PN-VB: iterations until the support and until 1e-8"
            .to_string(),
        asked: "<= 10, <= 10".to_string(),
        measured: format!("{}, {}", shown(row.identified), shown(end)),
        holds: row.identified.is_some_and(|k| k <= 10) && end.is_some_and(|k| k <= 10),
    })
}

/// Random blocks find no support (figure 13).
fn random_finds_nothing(bounded: &[BoundedRow]) -> Option<Check> {
    let random: Vec<_> = bounded.iter().filter(|row| row.figure == 13).collect();
    let found = random.iter().filter(|row| row.identified.is_some()).count();
    let claim = "A, x >= 0, random blocks: supports found".to_string();
    let measured = format!("{found} of {}", random.len());
    let check = Check { claim, asked: "none".to_string(), measured, holds: found == 0 };
    (!random.is_empty()).then_some(check)
}
