//! Fits against each other: at every margin, in both forms, in both precisions.

use super::fit::{CLASSES, K, M, N, Response, design, labels, number, response};
use solvekit::fit::{DataFit, Form, LeastSquares, Logistic, Quadratic, Softmax};
use solvekit::{ColumnOperator, Real, SMatrix, SVector};

/// Losses and slopes at a margin, from a design of one row and one column.
fn at_margin<R: Real + Into<f64>>(margin: f64) -> [f64; 3] {
    let (one, y) = (SMatrix::<R, 1, 1>::repeat(R::ONE), SVector::<R, 1>::repeat(-R::ONE));
    let fit = Logistic::new(&one, &y).unwrap();
    let point = fit.start_at(SVector::<R, 1>::repeat(R::from_f64(-margin))).unwrap();
    [fit.value(&point), fit.partial(&point, 0), fit.second(&point, 0, 0)].map(Into::into)
}

#[test]
fn the_logistic_loss_is_exact_at_any_margin() {
    for margin in
        [-1e30, -700.0, -90.0, -20.0, -1.0, -1e-6, 0.0, 1e-6, 1.0, 20.0, 80.0, 700.0, 1e30_f64]
    {
        // From the standard library's functions, the two sides each in the form that keeps digits.
        let (q, away) = ((-margin.abs()).exp(), (-margin).max(0.0));
        let (loss, slope) = (away + q.ln_1p(), if margin > 0.0 { q } else { 1.0 } / (1.0 + q));
        let [value, partial, second] = at_margin::<f64>(margin);
        assert!((value - loss).abs() <= 1e-15 * loss, "{value} for {loss} at {margin}");
        assert!((partial - slope).abs() <= 1e-15 * slope, "{partial} for {slope} at {margin}");
        // 1 − slope is taken of a rounded slope.
        let rest = if margin > 0.0 { 1.0 } else { q } / (1.0 + q);
        assert!((second - slope * rest).abs() <= 1e-16, "{second} at {margin}");
        let single = at_margin::<f32>(margin);
        assert!((0.0..=0.25).contains(&second) && (0.0..=0.25).contains(&single[2]));
        for (single, double) in single.iter().zip([value, partial]) {
            // exp turns the rounding of a margin of 80 into 80 roundings; below, nothing is left.
            let close = (single - double).abs() <= 1e-5 * double;
            assert!(
                close || double < f64::from(f32::MIN_POSITIVE),
                "{single} {double} at {margin}"
            );
        }
    }
}

#[test]
fn the_softmax_of_two_classes_is_the_logistic_fit() {
    let (a, y) = (design::<f64>(), labels::<f64>());
    let classes: [usize; M] = core::array::from_fn(|i| usize::from(y[i] > 0.0));
    let room = [Response::<f64>::zeros(); 2];
    let soft = Softmax::new(&a, &classes, SVector::<f64, { 2 * N }>::zeros(), room).unwrap();
    let hard = Logistic::new(&a, &y).unwrap();
    for scale in [1.0, 30.0, 1000.0] {
        let x = SVector::<f64, N>::from_fn(|j, _| scale * number(j + 40));
        let wide = SVector::from_fn(|j, _| if j % 2 == 1 { x[j / 2] } else { 0.0 });
        let (p, q) = (hard.start_at(x).unwrap(), soft.start_at(wide).unwrap());
        assert!((hard.value(&p) - soft.value(&q)).abs() <= 1e-14 * hard.value(&p));
        for j in 0..N {
            let (first, second) = (hard.partial(&p, j), hard.second(&p, j, 0));
            assert!((first - soft.partial(&q, 2 * j + 1)).abs() <= 1e-13);
            assert!((first + soft.partial(&q, 2 * j)).abs() <= 1e-13);
            assert!((second - soft.second(&q, 2 * j + 1, 1)).abs() <= 1e-14);
            assert_eq!(hard.lipschitz(j), soft.lipschitz(2 * j));
        }
    }
}

#[test]
fn row_sums_of_the_bound_are_the_sums_of_its_entries() {
    let (a, y) = (design::<f64>(), response::<f64>());
    let room = [Response::<f64>::zeros(); K];
    let soft = Softmax::new(&a, &CLASSES, SVector::<f64, { K * N }>::zeros(), room).unwrap();
    let square = LeastSquares::new(&a, &y).unwrap();
    let labels = y.map(|y| if y > 0.0 { 1.0 } else { -1.0 });
    let two = Logistic::new(&a, &labels).unwrap();
    let sums = |fit: &dyn Fn(usize, usize) -> f64, n: usize, i: usize| {
        (0..n).map(|j| fit(i, j).abs()).sum::<f64>()
    };
    for i in 0..K * N {
        let naive = sums(&|i, j| soft.bound(i, j), K * N, i);
        assert!((soft.bound_sum(i) - naive).abs() <= 1e-14 * naive, "{i}");
    }
    for i in 0..N {
        let naive = sums(&|i, j| square.bound(i, j), N, i);
        assert!((square.bound_sum(i) - naive).abs() <= 1e-14 * naive, "{i}");
        // ¼ AᵀA.
        assert_eq!(two.bound_sum(i), 0.25 * square.bound_sum(i));
    }
    assert_eq!(soft.bound_sum(K * N), 0.0);
}

#[test]
fn the_gram_form_has_the_same_objective() {
    let (a, y) = (design::<f64>(), response::<f64>());
    let fit = LeastSquares::new(&a, &y).unwrap();
    let (mut gram, mut b) = (SMatrix::<f64, N, N>::zeros(), SVector::<f64, N>::zeros());
    let constant = fit.gram(gram.as_mut_slice(), b.as_mut_slice()).unwrap();
    assert_eq!(gram, gram.transpose());
    assert!((gram - a.transpose() * a).amax() < 1e-14);
    assert!((b - a.transpose() * y).amax() < 1e-14);
    let dense = Quadratic::new(&gram, &b).unwrap().with_constant(constant);
    assert_eq!(dense.gradient_scale(), fit.gradient_scale());
    let (mut p, mut q) = (fit.start(), dense.start());
    for j in [2, 0, 3, 1, 2] {
        fit.shift(&mut p, j, number(j + 60));
        dense.shift(&mut q, j, number(j + 60));
        assert!((fit.value(&p) - dense.value(&q)).abs() < 1e-13);
        for k in 0..N {
            assert!((fit.partial(&p, k) - dense.partial(&q, k)).abs() < 1e-13);
        }
    }
}

#[test]
fn the_cheaper_form_is_the_one_of_fewer_multiplications() {
    // 6 rows, 3 columns: triangle 6 · 6, symmetry 2 · 9, ½‖y‖² 6.
    let (residual, gram) = (Form::Residual.work(6, 3), Form::Gram.work(6, 3));
    assert_eq!((residual.set_up, residual.pass), (36, 54));
    assert_eq!((gram.set_up, gram.pass), (36 + 36 + 18 + 6, 9));
    // An even N too: 5 rows, 4 columns.
    assert_eq!(Form::Gram.work(5, 4).set_up, 40 + 5 * 10 + 32 + 5);
    for (rows, columns) in [(6, 3), (32, 16), (100, 500), (10, 10), (1, 1), (100_000, 3)] {
        let crossing = (1..100_000_u32).find(|passes| {
            let total = |form: Form| {
                let work = form.work(rows, columns);
                u128::from(work.set_up) + u128::from(work.pass) * u128::from(*passes)
            };
            total(Form::Gram) < total(Form::Residual)
        });
        match crossing {
            Some(passes) => {
                assert_eq!(Form::cheaper(rows, columns, passes), Form::Gram);
                assert_eq!(Form::cheaper(rows, columns, passes - 1), Form::Residual);
            }
            None => assert_eq!(Form::cheaper(rows, columns, u32::MAX), Form::Residual),
        }
    }
    assert_eq!(Form::cheaper(usize::MAX, usize::MAX, u32::MAX), Form::Residual);
}

#[test]
fn single_precision_follows_double() {
    let (a, b) = (design::<f32>(), labels::<f32>());
    let (wide_a, wide_b) = (design::<f64>(), labels::<f64>());
    let (single, double) =
        (Logistic::new(&a, &b).unwrap(), Logistic::new(&wide_a, &wide_b).unwrap());
    let (mut p, mut q) = (single.start(), double.start());
    let room = [Response::<f32>::zeros(); K];
    let soft = Softmax::new(&a, &CLASSES, SVector::<f32, { N * K }>::zeros(), room).unwrap();
    let wide_room = [Response::<f64>::zeros(); K];
    let wide_soft =
        Softmax::new(&wide_a, &CLASSES, SVector::<f64, { N * K }>::zeros(), wide_room).unwrap();
    let (mut s, mut t) = (soft.start(), wide_soft.start());
    for step in 0..40 {
        let delta = number(step + 500);
        single.shift(&mut p, step % N, delta as f32);
        double.shift(&mut q, step % N, delta);
        soft.shift(&mut s, step % (N * K), delta as f32);
        wide_soft.shift(&mut t, step % (N * K), delta);
        // Forty roundings of scores up to about 20, over nine rows.
        let close =
            |x: f32, y: f64| (f64::from(x) - y).abs() < 40.0 * 20.0 * f64::from(f32::EPSILON);
        assert!(close(single.value(&p), double.value(&q)));
        assert!(close(soft.value(&s), wide_soft.value(&t)));
        for j in 0..N {
            assert!(close(single.partial(&p, j), double.partial(&q, j)));
            assert!(close(soft.partial(&s, j), wide_soft.partial(&t, j)));
        }
    }
    assert_eq!(a.column_dot(0, &b), single.design().column_dot(0, single.labels()));
}
