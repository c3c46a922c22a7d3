//! HyperLISTA: the search's forward pass is the deployed network, and the search finds good numbers.

use crate::planted::Planted;
use solvekit::Iteration;
use solvekit::network::{Hyper, HyperNumbers, Network};
use solvekit::recovery::Sensing;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Numbers, analytic};
use solvekit_host::training::gradient::{HyperNetwork, Packed};
use solvekit_host::training::{Drawn, Search, Source};
use solvekit_host::vector::Vector;

#[test]
fn the_search_sees_what_the_deployed_layers_do() {
    for shape in [(20, 40), (33, 61)] {
        let planted = Planted::draw(9, shape, 19);
        let a: DenseMatrix<f32> = planted.matrix(&planted.a);
        let weights = analytic(&a).expect("independent rows");
        let scales = weights.inverse_scales.as_slice();
        let own = HyperNetwork::new(Packed::new(&a), Packed::new(weights.weight.dense()), scales)
            .expect("one shape");
        let numbers = [
            HyperNumbers { threshold: 0.01, momentum: 0.02, passing: 0.04 },
            HyperNumbers { threshold: 0.002, momentum: 0.2, passing: 0.3 },
            HyperNumbers { threshold: 0.0, momentum: 0.0, passing: 0.0 },
        ];
        for numbers in numbers {
            let found = own.infer(numbers, 9, &planted.batch());
            for (found, y) in found.iter().zip(&planted.y) {
                let y: Vector<f32> = y.iter().map(|y| *y as f32).collect();
                let sensing = Sensing::new(&a, &y).expect("good measurements");
                let layers = Hyper::new(&a, weights.weight.dense(), scales, numbers).expect("good");
                let network = Network::new(sensing, layers);
                let mut state = network.start();
                (0..9).for_each(|_| network.step(&mut state));
                // The sign of a zero too.
                assert_eq!(format!("{found:?}"), format!("{:?}", &state.x[..]), "{numbers:?}");
            }
        }
    }
}

#[test]
fn the_search_repeats_itself_and_beats_its_grid() {
    let planted = Planted::draw(5, (40, 60), 0);
    let dictionary = planted.matrix(&planted.a);
    let source = Source::Drawn(Drawn { sparsity: 0.05, amplitude: 1.0, snr_db: None });
    let search = Search { signals: 80, validation: 80, points: 40, ..Search::new(8, 3) };
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let mut least_of_grid = f64::INFINITY;
        let found = pool.install(|| {
            search.run(&dictionary, &source, |points, loss| {
                if points <= 441 {
                    least_of_grid = least_of_grid.min(loss);
                }
                true
            })
        });
        (found.expect("good input"), least_of_grid)
    };
    let (one, _) = run(1);
    assert_eq!(run(3).0, one);
    assert!(!one.failed && matches!(one.model.numbers, Numbers::HyperLista { .. }));
    // On other signals than it was chosen on, with 8 layers: a hundredth of the energy.
    assert!(one.nmse_db.expect("a number") < -20.0, "{one:?}");
}
