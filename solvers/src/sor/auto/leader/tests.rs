use super::*;

/// Young's ω leads at a mean of 1 once its first solves are over.
fn leading() -> Leader<f64> {
    let mut leader = Leader::new();
    leader.led(0, 1.0);
    leader
}

/// The next probe, in a solve in which it is due.
fn probe(leader: &mut Leader<f64>, cost: Option<f64>) -> Play<f64> {
    let solve = leader.next;
    let play = leader.play(solve, true);
    assert!(play.probe && play.leader == leader.arm());
    leader.probed(solve, &play, cost);
    play
}

#[test]
fn probes_wait_their_pause_for_a_mode_that_is_known_and_for_a_trial() {
    let leader = leading();
    assert!(!leader.play(1, true).probe && leader.play(2, true).probe);
    assert!(!leader.play(2, false).probe, "the mode is not known well enough");
    assert!(!Leader::<f64>::new().play(9, true).probe, "there is nothing to compare with");
    assert!(!Leader { trial: 3, ..leading() }.play(9, true).probe);
    // Where Young's ω is no match for the matrix there is nothing to wait for, and far is first.
    let mut misfit = Leader::new();
    misfit.led(0, 4.5);
    let play = misfit.play(2, false);
    assert_eq!((play.probe, play.arm, play.mean), (true, 2, 4.5));
}

#[test]
fn challengers_come_in_turn() {
    let mut leader = leading();
    let arms: [u8; 6] = core::array::from_fn(|_| probe(&mut leader, None).arm);
    // One below, one above, a far one; Gauss–Seidel only for those below Young's.
    assert_eq!(arms, [4, 6, 2, 4, 6, 2]);
    let mut low = Leader { arm: 2, means: [1.0; ARMS], ..leading() };
    let arms: [u8; 5] = core::array::from_fn(|_| probe(&mut low, None).arm);
    assert_eq!(arms, [1, 3, YOUNG, GAUSS_SEIDEL, 1]);
    let mut least = Leader { arm: GAUSS_SEIDEL, means: [1.0; ARMS], ..leading() };
    let arms: [u8; 3] = core::array::from_fn(|_| probe(&mut least, None).arm);
    assert_eq!(arms, [1, YOUNG, 1]);
    let mut last = Leader { arm: 7, means: [1.0; ARMS], ..leading() };
    let arms: [u8; 3] = core::array::from_fn(|_| probe(&mut last, None).arm);
    assert_eq!(arms, [6, 3, 6]);
}

#[test]
fn two_wins_in_a_row_promote_and_one_does_not() {
    let mut leader = leading();
    // What it cost when it led long ago is forgotten.
    leader.set_mean(4, 0.5);
    assert_eq!(probe(&mut leader, Some(0.96)).arm, 4);
    assert_eq!((leader.arm(), leader.wins[4]), (YOUNG, 1));
    probe(&mut leader, None);
    probe(&mut leader, Some(0.98)); // not better by enough
    assert_eq!(leader.wins, [0, 0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(probe(&mut leader, Some(0.96)).arm, 4);
    assert_eq!((leader.arm(), leader.before, leader.trial), (4, YOUNG, TRIAL));
    assert_eq!((leader.mean(4), leader.pause, leader.wins), (0.0, PAUSE, [0; ARMS]));
    // A loss between two wins ends the row.
    let mut leader = leading();
    for cost in [Some(0.9), None, None, None, None, None, Some(0.9)] {
        probe(&mut leader, cost);
        assert_eq!(leader.arm(), YOUNG);
    }
    // A far challenger needs no second one where it is far better.
    for (cost, arm) in [(0.69, 2), (0.71, YOUNG)] {
        let mut leader = leading();
        probe(&mut leader, None);
        probe(&mut leader, None);
        assert_eq!(probe(&mut leader, Some(cost)).arm, 2);
        assert_eq!(leader.arm(), arm, "{cost}");
    }
    let mut leader = leading();
    probe(&mut leader, Some(0.1));
    assert_eq!(leader.arm(), YOUNG, "a neighbour needs two");
}

#[test]
fn pauses_grow_with_what_is_lost() {
    let mut leader = leading();
    let mut expected = PAUSE;
    for _ in 0..20 {
        let solve = leader.next;
        probe(&mut leader, None);
        expected = (expected * 7 / 5).min(128);
        assert_eq!((leader.pause, leader.next), (expected, solve + 1 + expected));
    }
    assert_eq!(expected, 128);
    let solve = leader.next;
    probe(&mut leader, Some(0.9));
    assert_eq!((leader.pause, leader.next), (128, solve + 129));
}

#[test]
fn a_leader_on_trial_must_have_been_worth_it() {
    // After twelve solves its plain mean counts.
    for (costs, stays) in [([0.9; 12], true), ([0.98; 12], false)] {
        let mut leader = Leader { pause_before: 10, trial: TRIAL, arm: 4, ..leading() };
        for (k, cost) in costs.into_iter().enumerate() {
            assert_eq!(leader.arm(), 4, "{k}");
            leader.led(100 + k as u32, cost);
        }
        let pause = if stays { PAUSE } else { 30 };
        let arm = if stays { 4 } else { YOUNG };
        assert_eq!((leader.arm(), leader.trial, leader.pause), (arm, 0, pause));
        assert_eq!(leader.next, 112 + pause);
    }
    let mut leader = Leader { trial: TRIAL, arm: 4, ..leading() };
    let costs = [5.0, 0.1, 0.3, 0.7, 1.1, 0.2, 0.4, 0.9, 0.6, 0.5, 0.8, 0.25];
    costs.into_iter().for_each(|cost| leader.led(9, cost));
    let mean = costs.iter().sum::<f64>() / 12.0;
    assert!((leader.mean(4) - mean).abs() < 1e-15, "{} for {mean}", leader.mean(4));
    let mut before = Leader { trial: TRIAL, arm: 4, pause_before: 100, ..leading() };
    (0..12).for_each(|_| before.led(9, 2.0));
    assert_eq!(before.pause, 128, "never longer than the longest");
}

#[test]
fn later_costs_count_for_fifteen_hundredths() {
    let mut leader = leading();
    leader.led(3, 2.0);
    assert!((leader.mean(YOUNG) - 1.15).abs() < 1e-15);
}

#[test]
fn two_solves_far_too_long_cost_a_leader_its_place() {
    let after = |violations: &[u8]| {
        let mut leader = Leader { trial: 5, ..leading() };
        violations.iter().for_each(|count| leader.judge(*count));
        (leader.arm(), leader.trial, leader.mean(leader.arm()))
    };
    assert_eq!(after(&[1]), (YOUNG, 5, 1.0));
    assert_eq!(after(&[2, 0, 2, 0, 1]), (YOUNG, 5, 1.0), "not in a row");
    assert_eq!(after(&[1, 1]), (2, 0, 0.0));
    assert_eq!(after(&[1, 2]), (GAUSS_SEIDEL, 0, 0.0));
    assert_eq!(after(&[2, 1]), (2, 0, 0.0));
    assert_eq!(after(&[1, 1, 1]), (2, 0, 0.0), "a new row");
}

#[test]
fn gauss_seidel_rests_once_its_trial_is_over() {
    let rests = |arm, trial| Leader { arm, trial, ..leading() }.rests();
    assert_eq!([rests(0, 0), rests(0, 1), rests(1, 0)], [true, false, false]);
}
