//! What the integrations of RTIC and embassy count with: deadlines, budgets, slices.

use proptest::prelude::*;
use scenarios::realtime::{
    Deadlines, HEATERS, Heat, Solve, Tally, load, rod, steps_within, sweeps,
};
use solvekit::StopError;

#[test]
fn jobs_in_time_are_none_of_the_missed() {
    let mut deadlines = Deadlines::new(1_000, 1_000, 1_000);
    for job in 1..=5 {
        deadlines.begin(1_000 * job + 10);
        deadlines.end(1_000 * job + 300);
    }
    assert_eq!(deadlines.tally(), Tally { jobs: 5, missed: 0, worst: 300 });
}

#[test]
fn a_late_job_and_a_lost_one_are_missed() {
    let mut deadlines = Deadlines::new(0, 100, 100);
    deadlines.begin(0);
    deadlines.end(100);
    assert_eq!(deadlines.tally().missed, 0, "at the deadline is in time");
    deadlines.begin(150);
    deadlines.end(201);
    assert_eq!(deadlines.tally(), Tally { jobs: 2, missed: 1, worst: 101 });
    // Released at 200 and 300, of which an interrupt that was kept out remembers one.
    deadlines.begin(310);
    deadlines.end(320);
    assert_eq!(deadlines.tally(), Tally { jobs: 4, missed: 2, worst: 101 });
    deadlines.begin(400);
    deadlines.end(410);
    assert_eq!(deadlines.tally(), Tally { jobs: 5, missed: 2, worst: 101 });
}

#[test]
fn a_clock_that_wraps_and_one_a_little_behind_are_no_delay() {
    let first = u32::MAX - 5;
    let mut deadlines = Deadlines::new(first, 100, 100);
    deadlines.begin(first - 3);
    deadlines.end(first.wrapping_add(20));
    deadlines.begin(first.wrapping_add(101));
    deadlines.end(first.wrapping_add(130));
    assert_eq!(deadlines.tally(), Tally { jobs: 2, missed: 0, worst: 30 });
    let _ = Deadlines::new(0, 0, 0);
}

proptest! {
    /// Against a tally that knows all releases beforehand.
    #[test]
    fn every_release_is_counted_once(starts in prop::collection::vec((0_u32..350, 0_u32..120), 1..60)) {
        let mut deadlines = Deadlines::new(0, 100, 80);
        let (mut now, mut released, mut missed) = (0, 0, 0);
        for (wait, work) in starts {
            // An interrupt that is kept out remembers the last release; it never comes before one.
            now = (now + wait).max(100 * released);
            let newest = now / 100;
            missed += newest - released;
            deadlines.begin(now);
            now += work;
            deadlines.end(now);
            missed += u32::from(now - 100 * newest > 80);
            released = newest + 1;
        }
        prop_assert_eq!(deadlines.tally().jobs, released);
        prop_assert_eq!(deadlines.tally().missed, missed);
    }

    #[test]
    fn a_slice_holds_what_fits_and_never_more(budget in 0_u32.., step in 1_u32..) {
        match steps_within(budget, step) {
            Ok(steps) => {
                let used = u64::from(steps) * u64::from(step);
                prop_assert!(used <= u64::from(budget) && used + u64::from(step) > u64::from(budget));
            }
            Err(error) => {
                prop_assert_eq!(error, StopError::Budget { needed: step, given: budget });
                prop_assert!(budget < step);
            }
        }
    }

    #[test]
    fn slices_of_any_size_have_the_bits_of_one_call(
        currents in prop::array::uniform8(0.0_f32..1.0),
        sizes in prop::collection::vec(0_u32..9, 1..5),
    ) {
        let (rod, load) = (rod(), load(&currents));
        let sweeps = sweeps(&rod, &load).expect("finite currents");
        let mut whole = Solve::new(Heat::zeros());
        let report = whole.finish(&sweeps);
        let mut sliced = Solve::new(Heat::zeros());
        // A size of 0 is no step, and one of 1 sees to an end.
        let mut sizes = sizes.into_iter().chain([1]).cycle();
        let end = loop {
            let report = sliced.advance(&sweeps, sizes.next().unwrap_or(1));
            if report.status.is_final() {
                break report;
            }
        };
        prop_assert_eq!(report, end);
        prop_assert_eq!(whole.heat().map(f32::to_bits), sliced.heat().map(f32::to_bits));
    }
}

#[test]
fn a_budget_says_what_is_wrong_with_it() {
    let error = steps_within(999, 1_000).expect_err("less than a step");
    assert_eq!(error.to_string(), "a step and its looks cost 1000, more than the budget of 999");
    assert!(steps_within(5, 0).is_err());
    assert_eq!(steps_within(1_000, 1_000), Ok(1));
}

/// An oracle that knows nothing of sweeps: the rod by elimination in f64.
#[test]
fn the_rod_is_as_warm_as_elimination_has_it() {
    let currents: [f32; HEATERS] = [0.3, 0.9, 0.1, 0.5, 0.7, 0.2, 0.8, 0.4];
    let heat: Vec<f64> = currents.iter().flat_map(|c| [f64::from(c * c); 4]).collect();
    // Thomas: −1, 2.05, −1.
    let (mut upper, mut right) = (vec![0.0; 32], vec![0.0; 32]);
    for i in 0..32 {
        let (u, r) = if i == 0 { (0.0, 0.0) } else { (upper[i - 1], right[i - 1]) };
        let pivot = 2.05 + u;
        upper[i] = -1.0 / pivot;
        right[i] = (heat[i] + r) / pivot;
    }
    let mut x = right.clone();
    for i in (0..31).rev() {
        x[i] -= upper[i] * x[i + 1];
    }
    let (rod, load) = (rod(), load(&currents));
    let mut solve = Solve::new(Heat::zeros());
    assert!(solve.finish(&sweeps(&rod, &load).expect("finite currents")).converged());
    let largest = x.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    for (x, ours) in x.iter().zip(solve.heat().iter()) {
        // ‖A⁻¹‖ ≤ 1/0.05 against a residual of 1e-5 ‖b‖, with ‖b‖ ≤ √32.
        assert!((x - f64::from(*ours)).abs() < 20.0 * 1e-5 * 32_f64.sqrt(), "{x} {ours} {largest}");
    }
}

/// `boards/stm32f405` asserts it on the chip.
#[test]
fn the_first_solve_has_the_bits_of_the_boards() {
    let (rod, load) = (rod(), load(&[0.5; HEATERS]));
    let mut solve = Solve::new(Heat::zeros());
    let report = solve.finish(&sweeps(&rod, &load).expect("finite currents"));
    assert_eq!(report.iterations, 41);
    assert_eq!(scenarios::relax::checksum(0, solve.heat().as_slice()), 2_154_187_037);
}
