use super::*;
use core::num::NonZeroU32;

/// The certificate is a script indexed by the iterate.
struct Script(&'static [f32]);
impl Iteration for Script {
    type Real = f32;
    type State = usize;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;
    fn step(&self, k: &mut usize) {
        *k += 1;
    }
    fn residual(&self, k: &mut usize) -> f32 {
        *self.0.get(*k).unwrap_or(&1.0)
    }
    fn reference(&self) -> f32 {
        1.0
    }
    fn restore(&self, k: &mut usize) {
        *k = usize::MAX;
    }
}

fn stop() -> Stop<f32> {
    Stop::relative(1e-3).expect("valid")
}

fn run(script: &'static [f32], stop: Stop<f32>) -> (Status, u32) {
    let report = solve(&Script(script), &mut 0, stop);
    (report.status, report.iterations)
}

#[test]
fn each_status_is_reached_by_its_own_cause() {
    assert_eq!(run(&[1.0, 1e-3], stop()), (Status::Converged, 1));
    assert_eq!(run(&[0.0], stop()), (Status::Converged, 0));
    assert_eq!(run(&[1.0, f32::NAN, 0.0], stop()), (Status::NonFinite, 1));
    assert_eq!(run(&[1.0, f32::INFINITY], stop()), (Status::NonFinite, 1));
    assert_eq!(run(&[f32::NAN], stop()), (Status::NonFinite, 0));
    assert_eq!(run(&[1.0, 1e20], stop()), (Status::Diverged, 1));
    assert_eq!(run(&[1.0; 19], stop().stall_window(5)), (Status::Stalled, 9));
    assert_eq!(run(&[1.0; 9], stop().max_iterations(7)), (Status::IterationLimit, 7));
    assert_eq!(run(&[1.0], stop().max_iterations(0)), (Status::IterationLimit, 0));
    assert_eq!(run(&[], stop().stall_window(0)), (Status::IterationLimit, 10_000));
}

#[test]
fn an_absolute_tolerance_stops_too() {
    let stop = stop().or_absolute(0.5).expect("valid");
    assert_eq!(run(&[1.0, 0.75, 0.5], stop), (Status::Converged, 2));
}

#[test]
fn the_divergence_limit_is_relative_to_the_larger_of_start_and_reference() {
    let stop = stop().divergence(10.0).expect("valid");
    assert_eq!(run(&[1.0, 9.0, 11.0], stop), (Status::Diverged, 2));
    // The reference is 1, the start 100: 900 is within ten times the start.
    assert_eq!(run(&[100.0, 900.0, 1001.0], stop), (Status::Diverged, 2));
}

#[test]
fn a_slow_rise_and_fall_is_no_stall_and_noise_is_no_progress() {
    // The first certificate is the smallest for long, yet every window lies below the one before.
    let hump = &[1.0, 90.0, 80.0, 70.0, 60.0, 50.0, 40.0, 30.0, 20.0, 10.0, 1e-3];
    assert_eq!(run(hump, stop().stall_window(3)), (Status::Converged, 10));
    // New smallest values among noise that does not come down.
    let noise = &[5.0, 4.0, 5.0, 3.0, 5.0, 2.0, 5.0, 1.5, 5.0, 1.2, 5.0];
    assert_eq!(run(noise, stop().stall_window(4)), (Status::Stalled, 7));
}

#[test]
fn an_infinite_tolerance_is_not_met() {
    struct Huge;
    impl Iteration for Huge {
        type Real = f32;
        type State = ();
        const CERTIFICATE: Certificate = Certificate::ResidualNorm;
        fn step(&self, (): &mut ()) {}
        fn residual(&self, (): &mut ()) -> f32 {
            1.0
        }
        fn reference(&self) -> f32 {
            f32::INFINITY
        }
        fn restore(&self, (): &mut ()) {}
    }
    assert_eq!(solve(&Huge, &mut (), stop()).status, Status::NonFinite);
}

#[test]
fn a_non_finite_certificate_restores_the_state_once() {
    let mut k = 0;
    let _ = solve(&Script(&[1.0, f32::NAN]), &mut k, stop());
    assert_eq!(k, usize::MAX);
}

#[test]
fn the_cap_is_checked_even_between_checks() {
    let every = NonZeroU32::new(4).expect("not zero");
    let sparse = stop().check_every(every).max_iterations(6);
    assert_eq!(run(&[1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0], sparse), (Status::Converged, 6));
}

/// After exactly so many steps the next certificate is evaluated.
#[test]
fn the_next_look_is_foretold() {
    let every = NonZeroU32::new(4).expect("not zero");
    let mut run = Run::new(stop().check_every(every).max_iterations(10));
    let script = Script(&[1.0; 11]);
    let mut k = 0;
    let _ = run.advance(&script, &mut k, 0);
    for due in [4, 3, 2, 1, 4, 3, 2, 1, 2, 1] {
        assert_eq!((run.until_due(), run.is_due()), (due, due == 1), "after {k}");
        let _ = run.advance(&script, &mut k, 1);
    }
    assert_eq!(run.report(Certificate::ResidualNorm).status, Status::IterationLimit);
}

#[test]
fn bad_tolerances_are_refused() {
    for bad in [f32::NAN, f32::INFINITY, -1e-9] {
        assert_eq!(Stop::relative(bad), Err(crate::StopError::Tolerance));
        assert_eq!(stop().or_absolute(bad), Err(crate::StopError::Tolerance));
    }
    assert_eq!(stop().divergence(f32::NAN), Err(crate::StopError::Divergence));
}

#[test]
fn a_zero_reference_falls_back_to_the_start() {
    struct Zero;
    impl Iteration for Zero {
        type Real = f32;
        type State = f32;
        const CERTIFICATE: Certificate = Certificate::ResidualNorm;
        fn step(&self, x: &mut f32) {
            *x *= 0.5;
        }
        fn residual(&self, x: &mut f32) -> f32 {
            *x
        }
        fn reference(&self) -> f32 {
            0.0
        }
        fn restore(&self, _: &mut f32) {}
    }
    let report = solve(&Zero, &mut 8.0, stop());
    assert_eq!((report.status, report.iterations, report.reference), (Status::Converged, 10, 8.0));
}

/// Estimates what `estimates` says, certifies what `certificates` says, breaks down at step `breaks`.
struct Estimating {
    estimates: &'static [f32],
    certificates: &'static [f32],
    breaks: usize,
}
impl Iteration for Estimating {
    type Real = f32;
    type State = usize;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;
    fn step(&self, k: &mut usize) {
        *k += 1;
    }
    fn residual(&self, k: &mut usize) -> f32 {
        *self.estimates.get(*k).unwrap_or(&1.0)
    }
    fn certify(&self, k: &mut usize) -> Option<f32> {
        Some(*self.certificates.get(*k).unwrap_or(&1.0))
    }
    fn breakdown(&self, k: &usize) -> bool {
        *k >= self.breaks
    }
    fn reference(&self) -> f32 {
        1.0
    }
    fn restore(&self, _: &mut usize) {}
}

#[test]
fn no_estimate_is_reported_as_final() {
    let never = usize::MAX;
    let report = |estimates, certificates, breaks, stop| {
        let report = solve(&Estimating { estimates, certificates, breaks }, &mut 0, stop);
        (report.status, report.iterations, report.residual)
    };
    // The estimate is too good at step 1; the certificate follows at step 2.
    let (estimates, certificates): (&[f32], &[f32]) = (&[1.0, 0.0, 0.0], &[1.0, 0.5, 1e-4]);
    assert_eq!(report(estimates, certificates, never, stop()), (Status::Converged, 2, 1e-4));
    // At the cap and at a breakdown the certificate is what is reported, and it may have converged.
    let capped = stop().max_iterations(1);
    assert_eq!(report(&[1.0, 0.9], &[1.0, 0.8], never, capped), (Status::IterationLimit, 1, 0.8));
    assert_eq!(report(&[1.0, 0.9], &[1.0, 1e-4], never, capped), (Status::Converged, 1, 1e-4));
    assert_eq!(report(&[1.0, 0.9], &[1.0, 0.8], 1, stop()), (Status::Breakdown, 1, 0.8));
    assert_eq!(report(&[1.0, 0.9], &[1.0, 1e-4], 1, stop()), (Status::Converged, 1, 1e-4));
    // A certificate that is not finite is never hidden behind an estimate that is.
    assert_eq!(report(&[1.0, 0.0], &[1.0, f32::NAN], never, stop()).0, Status::NonFinite);
    // A breakdown is seen between two checks too.
    let rarely = stop().check_every(NonZeroU32::new(10).expect("not zero"));
    assert_eq!(report(&[1.0; 20], &[1.0; 20], 3, rarely).1, 3);
}

#[test]
fn steps_that_are_passed_over_count_as_if_they_had_been_taken() {
    const SCRIPT: Script = Script(&[1.0; 12]);
    let every = NonZeroU32::new(4).expect("not zero");
    let stop = stop().check_every(every).max_iterations(10).stall_window(0);
    let (mut whole, mut parts) = (Run::new(stop), Run::new(stop));
    // Nothing before the start.
    assert_eq!(parts.pass_over(3), 0);
    let (mut a, mut b) = (0, 0);
    let _ = (whole.advance(&SCRIPT, &mut a, 0), parts.advance(&SCRIPT, &mut b, 0));
    for (steps, counted) in [(2, 2), (2, 1), (9, 3), (0, 0), (5, 1), (5, 0)] {
        assert_eq!(parts.pass_over(steps), counted);
        b += counted as usize;
        let one = u32::from(counted < steps);
        let found = parts.advance(&SCRIPT, &mut b, one);
        assert_eq!(whole.advance(&SCRIPT, &mut a, counted + one), found);
    }
    assert_eq!((a, b, whole.report(Script::CERTIFICATE).status), (10, 10, Status::IterationLimit));
}

/// Heard of: iteration, certificate, and how the run stood.
#[derive(Default)]
struct Heard([Option<(u32, f32, Status)>; 8], usize);
impl Observer<f32> for Heard {
    fn observe(&mut self, seen: &Observation<f32>) {
        self.0[self.1] = Some((seen.iteration, seen.residual, seen.status));
        self.1 += 1;
    }
}

#[test]
fn an_observer_hears_every_look_and_changes_nothing() {
    let every = NonZeroU32::new(3).expect("not zero");
    let stop = stop().check_every(every).max_iterations(7);
    let script = Script(&[9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0]);
    let (mut alone, mut watched, mut heard) = (Run::new(stop), Run::new(stop), Heard::default());
    let (mut x, mut y) = (0, 0);
    while alone.advance(&script, &mut x, 2).status == Status::Running {}
    while watched.advance_observed(&script, &mut y, 2, &mut heard).status == Status::Running {}
    assert_eq!((alone, x), (watched, y));
    let told = [
        (0, 9.0, Status::Running),
        (3, 6.0, Status::Running),
        (6, 3.0, Status::Running),
        (7, 2.0, Status::IterationLimit),
    ];
    assert!(heard.0.iter().flatten().eq(&told), "{:?}", heard.0);
}

#[test]
fn an_arm_is_told_to_who_is_behind() {
    let mut ring = crate::Ring::<f32, 4>::new();
    let mut armed = crate::Armed { arm: 5, observer: &mut ring };
    let _ = Run::new(stop()).advance_observed(&Script(&[1.0, 0.0]), &mut 0, 9, &mut armed);
    assert!(ring.iter().map(|seen| (seen.iteration, seen.arm)).eq([(0, Some(5)), (1, Some(5))]));
}

#[test]
fn a_budget_caps_a_run_and_one_below_a_step_is_refused() {
    let cost = crate::StepCost { step: NonZeroU32::new(10).expect("not zero"), look: 4 };
    // The look at the start, then rounds of 14.
    let within = stop().within(60, &cost).expect("some steps");
    assert_eq!(run(&[1.0; 99], within), (Status::IterationLimit, 4));
    assert_eq!(run(&[1.0; 99], stop().max_iterations(3).within(60, &cost).unwrap()).1, 3);
    let refused = crate::StopError::Budget { needed: 18, given: 17 };
    assert_eq!(stop().within(17, &cost), Err(refused));
    assert_eq!(stop().steps_within(17, &cost), Err(refused));
    assert_eq!(stop().steps_within(18, &cost).map(NonZeroU32::get), Ok(1));
}
