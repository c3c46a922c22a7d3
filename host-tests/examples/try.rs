//! scratch
use rayon::prelude::*;
use scenarios::sequence::Variance;
use solvekit_host::experiment::relax::Policy;
fn main() {
    let trials: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    for v in [Variance::Low, Variance::High] {
        for p in [
            Policy::Fixed(1.0),
            Policy::Fixed(1.5),
            Policy::Fixed(if v == Variance::Low { 1.65 } else { 1.8 }),
            Policy::Tsallis,
            Policy::Adaptive,
            Policy::Young,
        ] {
            let t0 = std::time::Instant::now();
            let totals: Vec<f64> = (0..trials)
                .into_par_iter()
                .map(|t| p.run(v, 20231004, t, 5000).unwrap().total() as f64)
                .collect();
            let mean = totals.iter().sum::<f64>() / trials as f64;
            let sd = (totals.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / trials as f64)
                .sqrt();
            eprintln!("{v:?} {p:?} {mean:.0} ± {sd:.0}  {:?}", t0.elapsed());
        }
    }
}
