//! The block descent experiments at a tenth of the paper's size: its orderings, with their numbers
//! (`--nocapture` shows them). The whole size is `solvekit experiment bcd`.

use solvekit_host::experiment::bcd::{
    Check, Row, STEPS, Set, bounded, checks, panels, trace, trees,
};

const SEED: u64 = 1;

/// The curves of figures 8 and 11 with blocks of 5.
fn rows(sets: &[Set], scale: f64) -> Vec<Row> {
    let panels = panels().into_iter();
    let shown =
        panels.filter(|p| [8, 11].contains(&p.figure) && p.size == 5 && sets.contains(&p.set));
    let traced = shown.flat_map(|panel| {
        let curves: Vec<_> = panel.methods.iter().map(|method| (panel.size, *method)).collect();
        let curves = trace(panel.set, &curves, (scale, SEED), &|| ()).expect("good data");
        let row = |(method, gaps)| Row {
            figure: panel.figure,
            set: panel.set,
            size: panel.size,
            method,
            gaps,
        };
        panel.methods.into_iter().zip(curves).map(row).collect::<Vec<_>>()
    });
    traced.collect()
}

/// Prints every check and returns those that do not hold, by their claims.
fn broken(checks: &[Check]) -> Vec<&str> {
    for check in checks {
        eprintln!("{} {}: {}; {}", check.holds, check.claim, check.asked, check.measured);
    }
    checks.iter().filter(|check| !check.holds).map(|check| check.claim.as_str()).collect()
}

#[test]
fn rules_and_updates_come_in_the_papers_order() {
    let rows = rows(&[Set::A, Set::C, Set::E], 0.1);
    for row in &rows {
        assert_eq!(row.gaps.len(), STEPS + 1);
        let steps = row.gaps.windows(2);
        // Rounding aside no update may raise the objective.
        let slack = 1e-13 * row.gaps[0];
        assert!(
            steps.into_iter().all(|pair| pair[1] <= pair[0] + slack),
            "{} {}",
            row.set,
            row.method
        );
    }
    let checks = checks(&rows, &[], &[], 0.1);
    // Fixed blocks before variable ones where rules are not greedy: on A and C.
    assert_eq!(checks.len(), 3 * (1 + 6 + 4) + 2 * 3 + 1);
    // At a tenth of the size matrix steps are ahead by 4.9; the factor is asked of the whole size.
    let known = ["A, blocks of 5, GS-VB: gradient over matrix steps"];
    assert_eq!(broken(&checks), known);
}

#[test]
fn blocks_that_are_forests_come_in_the_papers_order() {
    let lattice = trees(Set::D, 0.25, SEED).expect("good data");
    let moons = trees(Set::E, 0.25, SEED).expect("good data");
    let checks = checks(&[], &[lattice, moons].concat(), &[], 0.25);
    assert_eq!(checks.len(), 2 + 2);
    // At a quarter of the size the order in which a partition goes makes no difference (404 and 400
    // steps), at the whole size hardly any (460 and 463).
    assert_eq!(broken(&checks), ["E, tree partition: steps until 0.001"]);
}

#[test]
fn proximal_newton_identifies_the_support_and_ends() {
    let rows = bounded(&[100], (0.1, SEED), &|| ()).expect("good data");
    let of = |figure, name: &str| {
        let found = rows.iter().find(|row| row.figure == figure && row.name == name);
        found.expect("a row").clone()
    };
    let newton = of(7, "PN-VB");
    eprintln!("PN-VB: support after {:?}, 1e-8 after {:?}", newton.identified, newton.until(1e-8));
    // A tenth of the rows leaves a larger share of them in the support: 10 becomes 20.
    assert!(newton.identified.is_some_and(|step| step <= 20));
    assert!(newton.until(1e-8).is_some_and(|step| step <= 20));
    let order = ["PN-VB", "PN-FB", "PG-VB", "PG-FB"].map(|name| {
        let row = of(7, name);
        row.until(1e-8).map_or(row.gaps[STEPS.min(row.gaps.len() - 1)] * 1e9, |step| step as f64)
    });
    eprintln!("in order: {order:?}");
    assert!(order.is_sorted_by(|a, b| a < b), "{order:?}");
    // Random blocks of the same size get nowhere near.
    assert!(of(13, "PG-FB").until(1e-8).is_none());
}
