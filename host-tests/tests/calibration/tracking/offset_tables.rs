//! The figures of a random walk of gains and offsets: tracked with both, steered and by the best fixed K;
//! by centring each frame; without knowing of offsets; and without offsets.

use super::offset_walk::{Followed, OffsetWalk, centred, followed, ignored};
use crate::problem::Shape;
use solvekit::calibration::tracking::{Forgetting, GainTracker};

const GRID: [f64; 8] = [0.01, 0.03, 0.1, 0.2, 0.35, 0.6, 0.9, 0.99];
const STEERED: Forgetting<f64> = Forgetting::Steered { rate: 0.2 };

fn mean(errors: impl Iterator<Item = f64>) -> f64 {
    let (mut square, mut count): (f64, f64) = (0.0, 0.0);
    for error in errors {
        square += error * error;
        count += 1.0;
    }
    (square / count).sqrt()
}

fn both(gain: f64, offset: f64) -> GainTracker<f64> {
    GainTracker::new(Forgetting::Fixed { gain })
        .and_then(|own| own.forgetting_offsets(Forgetting::Fixed { gain: offset }))
        .expect("valid")
}

#[test]
#[ignore = "prints a table"]
fn the_table_of_drifts_with_offsets() {
    const FRAMES: u32 = 200;
    const SEEDS: u64 = 2;
    for (n, m, p, mean_row) in
        [(16, 16, 4, 0.0), (8, 16, 3, 0.0), (8, 16, 4, 0.0), (8, 16, 4, 1.0), (8, 16, 8, 0.5)]
    {
        for (snr, drift) in [
            (30.0, [0.003, 0.0]),
            (30.0, [0.003, 0.003]),
            (30.0, [0.003, 0.03]),
            (40.0, [0.03, 0.001]),
            (20.0, [0.001, 0.01]),
            (40.0, [0.01, 0.1]),
        ] {
            let shape = Shape { n, m, p };
            let walks: Vec<OffsetWalk> = (0..SEEDS)
                .map(|seed| OffsetWalk {
                    mean: mean_row,
                    ..OffsetWalk::new(seed, shape, drift, snr)
                })
                .collect();
            let errors = |tracker: GainTracker<f64>| {
                let runs: Vec<Followed> =
                    walks.iter().map(|walk| followed(walk, tracker, FRAMES)).collect();
                let of = |k: usize| mean(runs.iter().map(|run| run.errors[k]));
                ([of(0), of(1)], runs)
            };
            let mut best = ([f64::INFINITY; 2], [0.0; 2]);
            for gain in GRID {
                for offset in GRID {
                    let (found, _) = errors(both(gain, offset));
                    if found[0] < best.0[0] {
                        best = (found, [gain, offset]);
                    }
                }
            }
            let other = GRID
                .map(|keep| mean(walks.iter().map(|walk| centred(walk, keep, FRAMES))))
                .into_iter()
                .fold(f64::INFINITY, f64::min);
            let blind = mean(walks.iter().map(|walk| ignored(walk, STEERED, FRAMES)));
            let none: Vec<OffsetWalk> = walks
                .iter()
                .map(|walk| OffsetWalk {
                    offsets: vec![0.0; m],
                    drift: [walk.drift[0], 0.0],
                    ..walk.clone()
                })
                .collect();
            let without = mean(none.iter().map(|walk| ignored(walk, STEERED, FRAMES)));
            let (steered, runs) = errors(GainTracker::steered());
            let rule =
                GainTracker::new(Forgetting::Known { drift: drift[0], noise: walks[0].noise() })
                    .and_then(|own| {
                        own.forgetting_offsets(Forgetting::Known {
                            drift: drift[1],
                            noise: walks[0].noise(),
                        })
                    })
                    .expect("valid");
            let (rule, _) = errors(rule);
            println!(
                "({n},{m},{p}) rows {mean_row} {snr} dB s {drift:?}: best {:.5} {:.5} (K {:?}), steered \
                 {:.3} {:.3}, rule {:.3} {:.3}, centred {:.3}, ignored {:.2}, none there {:.3}; {:?}",
                best.0[0],
                best.0[1],
                best.1,
                steered[0] / best.0[0],
                steered[1] / best.0[1],
                rule[0] / best.0[0],
                rule[1] / best.0[1],
                other / best.0[0],
                blind / best.0[0],
                without / best.0[0],
                runs[0],
            );
        }
    }
}
