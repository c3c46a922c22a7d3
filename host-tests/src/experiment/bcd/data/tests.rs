use super::*;
use crate::matrix::CsrMatrix;
use solvekit::LinearOperator;

const SEED: u64 = 1;

#[test]
fn the_design_has_the_papers_density_and_uneven_columns() {
    let a = regression(SEED, 200, 500).unwrap();
    let share = a.columns.entries() as f64 / (200.0 * 500.0);
    let expected = 10.0 * 200.0_f64.ln() / 200.0;
    // 100,000 draws: a deviation is 0.0014.
    assert!((share - expected).abs() < 0.005, "{share}, should be {expected}");
    let size = |j| a.columns.row(j).1.iter().map(|v| v * v).sum::<f64>();
    let (least, most) = (0..500).map(size).fold((f64::MAX, 0.0), |(l, m), s| (s.min(l), s.max(m)));
    assert!(most > 1e3 * least, "{least} to {most}");
    assert_eq!(a.response.len(), 200);
}

#[test]
fn classes_are_all_there() {
    let b = two_classes(SEED, 200, 300).unwrap();
    let ones = b.labels.iter().sum::<usize>();
    assert!((60..=140).contains(&ones), "{ones}");
    let c = many_classes(SEED, 300, 100, 10).unwrap();
    assert!((0..10).all(|class| c.labels.contains(&class)));
    assert!(c.labels.iter().all(|label| *label < 10));
}

#[test]
fn graphs_are_symmetric_and_every_part_is_held_by_a_value() {
    let graphs = [lattice(SEED, 20, 16).unwrap(), moons(SEED, 300, 15).unwrap()];
    let unknowns = graphs.each_ref().map(|graph| graph.matrix.rows());
    assert_eq!(unknowns[0], 384);
    assert!((280..=285).contains(&unknowns[1]), "{unknowns:?}");
    for graph in &graphs {
        assert!(graph.matrix.is_symmetric());
        // Regular: the constant vector is not in the kernel of any part. Gauss–Seidel settles it.
        let mut x = vec![1.0; graph.matrix.rows()];
        for _ in 0..20_000 {
            relax(&graph.matrix, &mut x);
        }
        let left = x.iter().fold(0.0_f64, |worst, v| worst.max(v.abs()));
        assert!(left < 1e-3, "{left}");
    }
}

/// One sweep of Gauss–Seidel towards 0.
fn relax(a: &CsrMatrix<f64>, x: &mut [f64]) {
    for i in 0..x.len() {
        let (columns, values) = a.row(i);
        let pairs = columns.iter().zip(values);
        let (mut sum, mut diagonal) = (0.0, 1.0);
        for (j, value) in pairs {
            if *j as usize == i {
                diagonal = *value;
            } else {
                sum += value * x[*j as usize];
            }
        }
        x[i] = -sum / diagonal;
    }
}
