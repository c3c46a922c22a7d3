use super::*;

fn iterative(step: f64) -> Candidate<f64> {
    Candidate { setup: 0.0, step, steps: None, storage: 10 }
}

fn direct(work: f64, storage: usize) -> Candidate<f64> {
    Candidate { setup: work, step: 0.0, steps: Some(1), storage }
}

/// Plays one system: `steps[k]` is what method k would need. Returns the work spent.
fn play<const K: usize>(
    choice: &mut MethodChoice<f64, K>,
    candidates: &[Candidate<f64>; K],
    storage: usize,
    steps: [u32; K],
) -> f64 {
    let work = |k: usize, steps: u32| candidates[k].setup + f64::from(steps) * candidates[k].step;
    let choose = choice.choose(candidates, storage).expect("something fits");
    let needed = steps[choose.method];
    match (choose.budget, choose.fallback) {
        (Some(budget), Some(fallback)) if needed > budget => {
            choice.learn(choose.method, Effort::Lost);
            choice.learn(fallback, Effort::Solved(steps[fallback]));
            work(choose.method, budget) + work(fallback, steps[fallback])
        }
        _ => {
            choice.learn(choose.method, Effort::Solved(needed));
            work(choose.method, needed)
        }
    }
}

#[test]
fn a_single_system_costs_at_most_twice_the_direct_solve() {
    for steps in [1, 8, 50, 99, 100, 101, 5000] {
        let mut choice = MethodChoice::new();
        let spent = play(&mut choice, &[iterative(10.0), direct(1000.0, 1)], 99, [steps, 1]);
        assert!(spent <= 2000.0, "{steps} steps: {spent}");
    }
}

#[test]
fn a_tiny_system_is_solved_directly_at_once() {
    let choice = MethodChoice::<f64, 2>::new();
    // Eight steps of the iterative method already cost more.
    let chosen = choice.choose(&[iterative(10.0), direct(79.0, 1)], 99).expect("fits");
    assert_eq!((chosen.method, chosen.reason, chosen.budget), (1, Reason::Cheapest, None));
}

#[test]
fn memory_is_a_constraint() {
    let choice = MethodChoice::<f64, 2>::new();
    let candidates = [iterative(10.0), direct(79.0, 1000)];
    let chosen = choice.choose(&candidates, 999).expect("one fits");
    assert_eq!((chosen.method, chosen.reason, chosen.budget), (0, Reason::OnlyOne, None));
    assert_eq!(choice.choose(&candidates, 9), None);
}

#[test]
fn what_lost_is_tried_more_and_more_rarely() {
    let mut choice = MethodChoice::new();
    let candidates = [iterative(10.0), direct(1000.0, 1)];
    let (mut trials, mut next) = ([0; 8], 0);
    for round in 0..300 {
        let spent = play(&mut choice, &candidates, 99, [5000, 1]);
        if spent > 1000.0 {
            trials[next] = round;
            next += 1;
        }
    }
    assert_eq!(next, 8);
    assert_eq!(trials, [0, 2, 6, 14, 30, 62, 126, 254]);
}

#[test]
fn drift_is_followed() {
    // A wins the first half by four, B the second.
    let mut choice = MethodChoice::new();
    let candidates = [iterative(1.0), iterative(1.0), direct(1e4, 1)];
    let mut spent = 0.0;
    for round in 0..1000 {
        let steps = if round < 500 { [50, 200, 1] } else { [200, 50, 1] };
        spent += play(&mut choice, &candidates, 99, steps);
    }
    // Hindsight: 50 each round. Ten-odd trials on either side, and at most 128 rounds to notice.
    assert!((50_000.0..72_000.0).contains(&spent), "{spent}");
}

#[test]
fn failures_are_waited_out_and_never_end_in_nothing() {
    let mut choice = MethodChoice::<f64, 2>::new();
    let candidates = [iterative(10.0), direct(1000.0, 1)];
    for _ in 0..20 {
        let chosen = choice.choose(&candidates, 99).expect("always one");
        choice.learn(chosen.method, Effort::Lost);
        if let Some(fallback) = chosen.fallback {
            choice.learn(fallback, Effort::Lost);
        }
        choice.give_up();
    }
    assert_eq!(choice.rounds(), 20);
}

#[test]
fn numbers_that_make_no_sense_do_no_harm() {
    for bad in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
        let mut choice = MethodChoice::<f64, 2>::new();
        let candidates = [
            Candidate { setup: bad, step: bad, steps: None, storage: 0 },
            Candidate { setup: bad, step: bad, steps: Some(1), storage: 0 },
        ];
        for _ in 0..50 {
            let chosen = choice.choose(&candidates, 0).expect("both fit");
            assert!(chosen.budget.is_none_or(|budget| budget > 0));
            choice.learn(chosen.method, Effort::Solved(u32::MAX));
            choice.learn(7, Effort::Lost);
        }
    }
}
