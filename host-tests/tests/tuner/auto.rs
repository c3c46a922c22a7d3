//! The guarantee of `Safe`, kept by `omega: auto` without it.

use crate::sequences::{CAP, Sequence, System, stop, suite};
use solvekit::sor::{AutoMemory, AutoSor, Forward, Halves, Multicolor, Sor};
use solvekit::{Buffer, Colored, RowOperator, solve};
use solvekit_host::experiment::auto::Drifting;
use solvekit_host::matrix::HostColoring;

/// Exponents that `auto` chooses among.
const ARMS: f64 = 8.0;

/// Where each solve starts, and how b goes on.
#[derive(Clone, Copy, Debug)]
enum Start {
    /// x₀ = 0, and the system's own b.
    Cold,
    /// x₀ is the solution before, b that of the system before and a twentieth of its own.
    Warm,
}

/// What every solve of one sequence cost.
struct Paid {
    auto: Vec<u32>,
    gauss_seidel: Vec<u32>,
}

impl Paid {
    /// By `auto`, its products beyond the sweeps charged as sweeps, and by Gauss–Seidel in the same
    /// order from the same starts.
    fn on<A: RowOperator<f64>, O: Halves<f64, A> + Copy>(
        systems: &[System<A>],
        order: O,
        start: Start,
        told: bool,
    ) -> Self {
        let (zero, mut b) = (systems[0].a.zero_domain(), systems[0].a.zero_range());
        let mut memory = AutoMemory::new(zero.clone());
        if told {
            memory = memory.with_context(0.0, 1.0).expect("an interval");
        }
        let (mut x, mut plain_x) = (zero.clone(), zero.clone());
        let mut paid = Self { auto: Vec::new(), gauss_seidel: Vec::new() };
        for (k, system) in systems.iter().enumerate() {
            let warm = matches!(start, Start::Warm);
            let part = if warm && k > 0 { 0.05 } else { 1.0 };
            for (b, own) in b.as_mut_slice().iter_mut().zip(system.b.as_slice()) {
                *b = if warm { *b } else { 0.0 } + part * own;
            }
            memory.tell_context(system.context);
            let limit = stop().max_iterations(CAP);
            let auto = AutoSor::ordered(&system.a, &b, &memory, 1e-8, order).expect("valid");
            let mut state = auto.start_at(x).expect("finite");
            let report = solve(&auto, &mut state, limit);
            assert!(report.converged(), "{report:?}");
            paid.auto.push(report.iterations + memory.learn(&auto, &state, &report));
            let plain = Sor::ordered(&system.a, &b, 1.0, order).expect("valid");
            let mut plain_state = plain.start_at(plain_x).expect("finite");
            let report = solve(&plain, &mut plain_state, limit);
            assert!(report.converged(), "{report:?}");
            paid.gauss_seidel.push(report.iterations);
            let next = |x: A::Domain| if warm { x } else { zero.clone() };
            (x, plain_x) = (next(state.x), next(plain_state.x));
        }
        paid
    }

    /// Holds the guarantee?
    #[allow(clippy::print_stdout, reason = "the slack that is used is worth a look")]
    fn check(&self, name: &str, order: &str, start: Start, told: bool) {
        let total = |costs: &[u32]| costs.iter().copied().map(f64::from).sum::<f64>();
        let (auto, sum) = (total(&self.auto), total(&self.gauss_seidel));
        let dearest = f64::from(self.gauss_seidel.iter().copied().max().unwrap_or(0));
        let slack = 3.0 * ARMS * dearest;
        let context = if told { "told" } else { "" };
        println!(
            "{name:36} {order:11} {start:?} {context:5} paid/GS {:.3} slack used {:+.3} first {}/{}",
            auto / sum,
            (auto - 1.05 * sum) / slack,
            self.auto[0],
            self.gauss_seidel[0],
        );
        assert!(
            auto <= 1.05 * sum + slack,
            "{name}, {order}, {start:?} {context}: {auto}, {sum} by Gauss–Seidel"
        );
    }
}

#[test]
fn auto_pays_not_much_more_than_gauss_seidel_on_any_sequence() {
    // Long enough that the slack of the dense ones, about thirty solves, hides nothing.
    for (name, sequence) in suite(1000) {
        for start in [Start::Cold, Start::Warm] {
            for told in [false, true] {
                match &sequence {
                    Sequence::Grid(systems) => {
                        Paid::on(systems, Forward, start, told).check(name, "natural", start, told);
                        let colored = Paid::on(systems, Multicolor, start, told);
                        colored.check(name, "red-black", start, told);
                    }
                    Sequence::Dense(systems) => {
                        Paid::on(systems, Forward, start, told).check(name, "natural", start, told);
                    }
                    Sequence::Sparse(systems) => {
                        Paid::on(systems, Forward, start, told).check(name, "natural", start, told);
                        let coloring = HostColoring::of(&systems[0].a).expect("few colours");
                        let colored =
                            Paid::on(&colored(systems, &coloring), Multicolor, start, told);
                        colored.check(name, "multicolour", start, told);
                    }
                }
            }
        }
    }
}

/// The same systems, to be swept colour by colour.
fn colored<'a>(
    systems: &'a [System<Drifting>],
    coloring: &'a HostColoring,
) -> Vec<System<Colored<'a, Drifting>>> {
    let color = |system: &'a System<Drifting>| System {
        a: Colored::new(&system.a, coloring.groups()).expect("one pattern"),
        b: system.b.clone(),
        context: system.context,
    };
    systems.iter().map(color).collect()
}
