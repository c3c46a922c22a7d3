use super::*;
use crate::ColorOperator;
use crate::operator::{Update, looked_up};

#[test]
fn sweeping_and_visiting_give_the_bits_of_row_dot() {
    let a = FivePoint::<f32, 4, 3> { center: 4.3, vertical: -1.1, horizontal: -0.7 };
    let start = SMatrix::<f32, 4, 3>::from_fn(|i, j| 0.3 * i as f32 - 0.7 * j as f32 + 0.1);
    let (mut by_relax, mut by_row) = (start, start);
    a.relax(&mut by_relax, |row, dot, old| old - 0.2 * dot + row as f32);
    for row in 0..12 {
        let dot = a.row_dot(row, &by_row);
        by_row[row] = by_row[row] - 0.2 * dot + row as f32;
    }
    assert_eq!(by_relax, by_row);
    let mut rows = 0;
    a.visit(&start, |row, dot| {
        rows += 1;
        assert_eq!(dot.to_bits(), a.row_dot(row, &start).to_bits());
    });
    assert_eq!(rows, 12);
    assert_eq!(a.row_dot(12, &start), 0.0);
}

/// An update that is not finite everywhere, so that its repair is met as well.
struct Step;
impl<T: Scalar> Update<T> for Step {
    fn relaxed(&self, dot: T, old: T, [p, q]: [T; 2]) -> T {
        (old + q * (p - dot)).finite_or(old)
    }
}

fn beside_is_relax<const R: usize, const C: usize>() {
    let lanes = |k: f32| crate::Lanes([k, 1e38 * k, 0.3 - k, 0.7 * k]);
    let a =
        FivePoint::<_, R, C> { center: lanes(4.3), vertical: lanes(-1.1), horizontal: lanes(-0.7) };
    let grid = |s: f32| SMatrix::<_, R, C>::from_fn(|i, j| lanes(s * i as f32 - 0.7 * j as f32));
    let (p, q) = (grid(0.9), grid(0.1));
    let (mut beside, mut plain) = (grid(0.3), grid(0.3));
    a.relax_beside(&mut beside, [&p, &q], &Step);
    a.relax(&mut plain, looked_up([&p, &q], &Step));
    assert_eq!(beside, plain, "{R} x {C}");
    for color in 0..3 {
        a.relax_color_beside(color, &mut beside, [&p, &q], &Step);
        a.relax_color(color, &mut plain, looked_up([&p, &q], &Step));
        assert_eq!(beside, plain, "colour {color} of {R} x {C}");
    }
}

#[test]
fn columns_relaxed_together_give_the_bits_of_one_after_the_other() {
    beside_is_relax::<1, 1>();
    beside_is_relax::<1, 2>();
    beside_is_relax::<4, 3>();
    beside_is_relax::<5, 4>();
    beside_is_relax::<2, 5>();
}

/// Blocks of 8 and of 4 rows, with none to three rows left, against the rows one by one.
fn a_colour_at_once_is_row_by_row<T: Real, const R: usize, const C: usize>() {
    let number = T::from_f64;
    let a = FivePoint::<T, R, C> {
        center: number(4.3),
        vertical: number(-1.1),
        horizontal: number(-0.7),
    };
    let grid = |s: f64| {
        SMatrix::<T, R, C>::from_fn(|i, j| number(s * (i * i) as f64 - 0.7 * j as f64 + 0.1))
    };
    let (mut p, q) = (grid(0.9), grid(0.1));
    // One update that is not made.
    p[R * C / 2] = T::MAX;
    let (mut at_once, mut one_by_one) = (grid(0.3), grid(0.3));
    for color in [0, 1, 2, 0, 1] {
        a.relax_color_beside(color, &mut at_once, [&p, &q], &Step);
        for row in (0..R * C).filter(|row| (row % R + row / R) % 2 == color) {
            let dot = a.row_dot(row, &one_by_one);
            one_by_one[row] = Step.relaxed(dot, one_by_one[row], [p[row], q[row]]);
        }
        assert_eq!(at_once, one_by_one, "colour {color} of {R} x {C}");
    }
}

#[test]
fn a_colour_relaxed_in_blocks_has_the_bits_of_its_rows() {
    a_colour_at_once_is_row_by_row::<f32, 1, 1>();
    a_colour_at_once_is_row_by_row::<f32, 2, 3>();
    a_colour_at_once_is_row_by_row::<f32, 5, 4>();
    a_colour_at_once_is_row_by_row::<f32, 6, 1>();
    a_colour_at_once_is_row_by_row::<f32, 9, 5>();
    a_colour_at_once_is_row_by_row::<f32, 10, 10>();
    a_colour_at_once_is_row_by_row::<f32, 15, 2>();
    a_colour_at_once_is_row_by_row::<f32, 24, 24>();
    a_colour_at_once_is_row_by_row::<f64, 10, 10>();
    a_colour_at_once_is_row_by_row::<f64, 15, 7>();
}

#[test]
fn it_is_the_matrix_it_says() {
    let a = FivePoint::<f64, 3, 2> { center: 5.0, vertical: -1.0, horizontal: -2.0 };
    let mut dense = SMatrix::<f64, 6, 6>::zeros();
    for k in 0..6 {
        let mut unit = SMatrix::<f64, 3, 2>::zeros();
        unit[k] = 1.0;
        let mut column = a.zero_range();
        a.apply(&unit, &mut column);
        for r in 0..6 {
            dense[(r, k)] = column[r];
        }
    }
    assert_eq!(dense, dense.transpose());
    assert_eq!(
        (dense[(0, 0)], dense[(0, 1)], dense[(0, 3)], dense[(2, 3)]),
        (5.0, -1.0, -2.0, 0.0)
    );
}
