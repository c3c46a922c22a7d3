//! criterion's view of the cases. `cargo bench -p solvekit-benches -- --test` runs each once;
//! a filter such as `-- 'dense 16'` chooses.

use criterion::{Criterion, criterion_group, criterion_main};
use solvekit_benches::cases;
use std::time::{Duration, Instant};

fn all(criterion: &mut Criterion) {
    for (name, make) in cases::ALL {
        let mut group = criterion.benchmark_group(*name);
        for mut contender in make().contenders {
            let label = contender.label.clone();
            group.bench_function(label, |bencher| {
                bencher.iter_custom(|times| {
                    let start = Instant::now();
                    contender.run(u32::try_from(times).unwrap_or(u32::MAX));
                    start.elapsed()
                });
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    // Eighty contenders: short looks. Ratios come from `compare`.
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    targets = all
}
criterion_main!(benches);
