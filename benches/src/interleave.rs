//! Round-robin measuring: in every round each contender runs once, so that a machine that slows
//! down slows them all, and a ratio compares neighbours in time.

use crate::case::{Case, Contender};
use serde::Serialize;
use std::time::{Duration, Instant};

/// What a contender came to.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Its name.
    pub contender: String,
    /// Median nanoseconds of one job.
    pub nanoseconds: f64,
    /// Median over the rounds of its time over the first contender's.
    pub ratio: f64,
    /// The middle half of those ratios.
    pub quartiles: (f64, f64),
    /// Mean sweeps of one job: exact, the same on every machine.
    pub sweeps: Option<f64>,
}

/// How long to look.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Time of one contender in one round.
    pub slice: Duration,
    /// Rounds.
    pub rounds: u32,
    /// Time of a whole case; fewer rounds, though never less than 9, where the jobs are long.
    pub case: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let slice = Duration::from_millis(1);
        Self { slice, rounds: 101, case: Duration::from_secs(3) }
    }
}

/// Measures every contender of a case.
pub fn measure(case: &mut Case, patience: Patience) -> Vec<Measured> {
    let contenders = &mut case.contenders;
    let calls: Vec<u32> = contenders.iter_mut().map(|each| calls(each, patience.slice)).collect();
    let mut rounds: Vec<Vec<f64>> = Vec::new();
    let start = Instant::now();
    for round in 0..patience.rounds.max(1) as usize {
        if round >= 9 && start.elapsed() > patience.case {
            break;
        }
        let mut times = vec![0.0; contenders.len()];
        // Another one begins each round: nobody always runs behind the same neighbour.
        for turn in 0..contenders.len() {
            let turn = (turn + round) % contenders.len();
            let contender = &mut contenders[turn];
            let seconds = time(contender, calls[turn]).as_secs_f64();
            times[turn] = 1e9 * seconds / f64::from(calls[turn]) / f64::from(contender.jobs);
        }
        rounds.push(times);
    }
    let column = |k: usize, of: &dyn Fn(f64, f64) -> f64| -> Vec<f64> {
        let mut column: Vec<f64> = rounds.iter().map(|times| of(times[k], times[0])).collect();
        column.sort_by(f64::total_cmp);
        column
    };
    contenders
        .iter()
        .enumerate()
        .map(|(k, contender)| {
            let ratios = column(k, &|own, peer| own / peer);
            Measured {
                contender: contender.label.clone(),
                nanoseconds: quantile(&column(k, &|own, _| own), 0.5),
                ratio: quantile(&ratios, 0.5),
                quartiles: (quantile(&ratios, 0.25), quantile(&ratios, 0.75)),
                sweeps: contender.sweeps.map(|sweeps| sweeps as f64 / f64::from(contender.jobs)),
            }
        })
        .collect()
}

fn time(contender: &mut Contender, calls: u32) -> Duration {
    let start = Instant::now();
    contender.run(calls);
    start.elapsed()
}

/// As many calls as fill a slice; this also warms up.
fn calls(contender: &mut Contender, slice: Duration) -> u32 {
    let mut calls = 1_u32;
    loop {
        let taken = time(contender, calls);
        if taken >= slice / 2 {
            let fill = f64::from(calls) * slice.as_secs_f64() / taken.as_secs_f64();
            return (fill as u32).max(1);
        }
        calls = calls.saturating_mul(2);
    }
}

/// A quantile of sorted numbers.
fn quantile(sorted: &[f64], at: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * at).round() as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_numbers_of_the_list() {
        let list = [1.0, 2.0, 3.0, 4.0, 9.0];
        assert_eq!([0.0, 0.25, 0.5, 1.0].map(|at| quantile(&list, at)), [1.0, 2.0, 3.0, 9.0]);
    }

    #[test]
    fn the_first_contender_is_the_unit_and_lanes_count_for_several() {
        let nap = || std::thread::sleep(Duration::from_micros(50));
        let mut case = Case::new("nap").with("peer", nap).with_jobs("two", 2, nap).sweeps(6);
        let patience = Patience { rounds: 3, ..Patience::default() };
        let [peer, two] = measure(&mut case, patience).try_into().expect("two contenders");
        assert_eq!((peer.ratio, peer.sweeps, two.sweeps), (1.0, None, Some(3.0)));
    }
}
