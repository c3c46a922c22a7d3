//! A solve that gives its ω up.

use solvekit::sor::{AdaptiveSor, Sor};
use solvekit::tuner::{Choice, Cost, Cut, Guard};
use solvekit::{FivePoint, SMatrix, Status, Stop};

type Plate = FivePoint<f32, 10, 10>;

fn system() -> (Plate, SMatrix<f32, 10, 10>) {
    (Plate::laplacian(0.1), SMatrix::from_fn(|i, j| (i * j) as f32 - 20.0))
}

fn choice(after: f32) -> Choice<f32> {
    Choice { cut: Some(Cut { cost: after, omega: 1.5 }), ..Choice::fixed(1.95) }
}

fn stop() -> Stop<f32> {
    Stop::relative(1e-5).expect("valid")
}

#[test]
fn after_the_cut_it_is_a_solve_with_the_other_omega_from_there() {
    let (a, b) = system();
    let mut sor = Sor::new(&a, &b, 1.95).expect("valid");
    let mut expected = sor.start();
    let mut run = solvekit::Run::new(stop());
    let _ = run.advance(&sor, &mut expected, 21);
    let second = Sor::new(&a, &b, 1.5).expect("valid");
    let report = run.advance(&second, &mut expected, u32::MAX);
    // 20.5: a part of a sweep is a sweep.
    let mut guard = Guard::new(stop(), 10_000, choice(20.5));
    let mut state = sor.start();
    assert_eq!(guard.cost(), None);
    assert_eq!(guard.solve(&mut sor, &mut state), report);
    assert_eq!(state, expected);
    assert!(guard.given_up());
    assert_eq!(guard.cost(), Some(Cost::Censored(report.iterations as f32)));
}

#[test]
fn slicing_and_a_reset_change_no_bit() {
    let (a, b) = system();
    let whole = {
        let mut sor = Sor::new(&a, &b, 1.95).expect("valid");
        let mut state = sor.start();
        let report = Guard::new(stop(), 10_000, choice(20.0)).solve(&mut sor, &mut state);
        (report, state)
    };
    for budget in [1, 7, 20] {
        let mut guard = Guard::new(stop(), 10_000, choice(20.0));
        let mut state = Sor::new(&a, &b, 1.95).expect("valid").start();
        let mut slices = 0;
        let report = loop {
            // After a reset the solver is made anew, from the choice.
            let mut sor = Sor::new(&a, &b, 1.95).expect("valid");
            let bytes = postcard::to_stdvec(&guard).expect("serialisable");
            guard = postcard::from_bytes(&bytes).expect("restorable");
            let report = guard.advance(&mut sor, &mut state, budget);
            slices += 1;
            assert!(report.iterations <= slices * budget);
            if report.status.is_final() {
                break report;
            }
        };
        assert_eq!((report, state), whole, "slices of {budget}");
    }
}

#[test]
fn an_early_end_is_a_success_and_a_cap_is_none() {
    let (a, b) = system();
    let mut sor = Sor::new(&a, &b, 1.6).expect("valid");
    let mut state = sor.start();
    let mut guard = Guard::new(stop(), 10_000, Choice { omega: 1.6, ..choice(500.0) });
    let report = guard.solve(&mut sor, &mut state);
    assert_eq!(guard.cost(), Some(Cost::Solved(report.iterations as f32)));
    assert!(!guard.given_up());

    let mut state = sor.start();
    let mut guard = Guard::new(stop(), 9, choice(500.0));
    assert_eq!(guard.solve(&mut sor, &mut state).status, Status::IterationLimit);
    assert_eq!(guard.cost(), Some(Cost::Censored(9.0)));
}

#[test]
fn an_adaptive_solve_stops_adapting() {
    let (a, b) = system();
    let mut sor = AdaptiveSor::starting_at(&a, &b, 1.2).expect("valid");
    let mut state = sor.start();
    let cut = Some(Cut { cost: 3.0, omega: 1.0 });
    let mut guard = Guard::new(stop(), 10_000, Choice { cut, ..Choice::adaptive(1.2) });
    assert!(guard.solve(&mut sor, &mut state).converged());
    assert!(guard.given_up() && state.settled());
    assert_eq!(state.omega(), 1.0);
    assert!(state.settle(2.0).is_err() && state.omega() == 1.0);
}
