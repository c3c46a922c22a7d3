//! Matrices of 8-bit codes against the matrices they stand for.

use proptest::prelude::*;
use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::dictionary::{Quantized, QuantizedError, QuantizedTable, quantise};
use solvekit::{LinearOperator, SVector};
use solvekit_host::matrix::{DenseMatrix, QuantizedMatrix};
use solvekit_host::vector::Vector;

fn normal(random: &mut Pcg32) -> f32 {
    let mut uniform = || (f64::from(random.next_u32()) + 0.5) / 4_294_967_296.0;
    let (radius, angle) = ((-2.0 * uniform().ln()).sqrt(), std::f64::consts::TAU * uniform());
    (radius * angle.cos()) as f32
}

fn normals(seed: u64, count: usize) -> Vec<f32> {
    let mut random = Pcg32::new(seed, 0);
    (0..count).map(|_| normal(&mut random)).collect()
}

/// Codes and scales, by dividing and rounding in f64 with one scale for all codes: 127 steps.
fn squared_error_of_127_steps(column: &[f32], block: usize) -> f64 {
    let of_block = |values: &[f32]| {
        let scale = values.iter().fold(0.0, |m: f64, v| m.max(f64::from(v.abs()))) / 127.0;
        let error = |v: &f32| {
            let v = f64::from(*v);
            if scale > 0.0 { (v - (v / scale).round() * scale).powi(2) } else { 0.0 }
        };
        values.iter().map(error).sum::<f64>()
    };
    column.chunks(block).map(of_block).sum()
}

/// Every entry is within half a scale.
fn check_entries<const B: usize>(column: &[f32]) -> f64 {
    let (mut codes, mut scales) = (vec![1; column.len()], vec![9.0; column.len().div_ceil(B)]);
    quantise::<B>(column, &mut codes, &mut scales).unwrap();
    let mut squares = 0.0;
    for (i, (value, code)) in column.iter().zip(&codes).enumerate() {
        let (value, scale) = (f64::from(*value), f64::from(scales[i / B]));
        let off = (value - f64::from(*code) * scale).abs();
        // Codes are found in f32, where a value over a scale of up to 127 steps is off by a few ε
        // of it; and a scale near the end of the range is a multiple of 2⁻¹⁴⁹.
        let rounding = 127.0 * scale * 4.0 * f64::from(f32::EPSILON) + 127.0 * 2_f64.powi(-150);
        assert!(
            off <= scale / 2.0 + rounding,
            "entry {i} of {}: {off}, scale {scale}",
            column.len()
        );
        squares += off * off;
    }
    squares
}

proptest! {
    #[test]
    fn no_entry_is_off_by_more_than_half_a_scale(
        column in prop::collection::vec(
            prop_oneof![-10.0_f32..10.0, Just(0.0), -1e-3_f32..1e-3], 0..70),
        exponent in -30_i32..30,
    ) {
        let column: Vec<f32> = column.iter().map(|v| v * 10_f32.powi(exponent)).collect();
        check_entries::<1>(&column);
        check_entries::<3>(&column);
        check_entries::<16>(&column);
        check_entries::<32>(&column);
    }

    /// Both products against the entries in f64.
    #[test]
    fn products_are_those_of_the_entries(
        rows in 1_usize..70,
        columns in 1_usize..40,
        seed in 0_u64..1000,
        exponents in (-30_i32..20, -15_i32..15),
        dense in any::<bool>(),
    ) {
        let scale = 10_f32.powi(exponents.0);
        let values = normals(seed, rows * columns).iter().map(|v| v * scale).collect();
        let matrix = DenseMatrix::from_columns(rows, values).unwrap();
        let number = |v: &f32| {
            if dense || v.abs() > 1.0 { v * 10_f32.powi(exponents.1) } else { 0.0 }
        };
        let x: Vector<f32> = normals(seed + 1, columns).iter().map(number).collect();
        let y: Vector<f32> = normals(seed + 2, rows).iter().map(number).collect();
        products::<5>(&matrix, &x, &y);
        products::<16>(&matrix, &x, &y);
        products::<32>(&matrix, &x, &y);
    }
}

fn products<const B: usize>(matrix: &DenseMatrix<f32>, x: &Vector<f32>, y: &Vector<f32>) {
    let a = QuantizedMatrix::<B>::of(matrix).unwrap();
    let (rows, columns) = (a.rows(), a.columns());
    let entry = |i, j| f64::from(a.table().entry(i, j));
    // What was there before does not matter.
    let (mut image, mut back) = (Vector::filled(rows, 9.0), Vector::filled(columns, 9.0));
    a.apply(x, &mut image);
    a.apply_adjoint(y, &mut back);
    // Half a step of the grid for each term, of the largest there is; the terms exactly; and a few
    // roundings of what is summed.
    let grid = 0.5_f64.powi(24 - B.next_power_of_two().trailing_zeros() as i32);
    let (ulp, tiny) = (f64::from(f32::EPSILON), 1e-36);
    for (i, image) in image.iter().enumerate() {
        let terms: Vec<f64> = (0..columns).map(|j| entry(i, j) * f64::from(x[j])).collect();
        let scales = |j: usize| f64::from(a.scales()[j * rows.div_ceil(B) + i / B]);
        let most = (0..columns).map(|j| (scales(j) * f64::from(x[j])).abs()).fold(0.0, f64::max);
        let codes: f64 = (0..columns).map(|j| f64::from(a.codes()[j * rows + i]).abs()).sum();
        let size: f64 = terms.iter().map(|t| t.abs()).sum();
        let bound = (grid * most * codes).max(0.0) + 4.0 * ulp * size + tiny;
        let wanted: f64 = terms.iter().sum();
        assert!((f64::from(*image) - wanted).abs() <= bound, "row {i}: {image} {wanted} {bound}");
    }
    for (j, back) in back.iter().enumerate() {
        let terms: Vec<f64> = (0..rows).map(|i| entry(i, j) * f64::from(y[i])).collect();
        let most = |i: usize| {
            let block = &y[i / B * B..rows.min(i / B * B + B)];
            block.iter().fold(0.0, |m: f64, y| m.max(f64::from(y.abs())))
        };
        let off: f64 = (0..rows).map(|i| grid * most(i) * entry(i, j).abs()).sum();
        let size: f64 = terms.iter().map(|t| t.abs()).sum();
        // Blocks are added one after the other.
        let roundings = 4.0 + rows.div_ceil(B) as f64;
        let bound = off + roundings * ulp * (size + off) + tiny;
        let wanted: f64 = terms.iter().sum();
        assert!((f64::from(*back) - wanted).abs() <= bound, "column {j}: {back} {wanted} {bound}");
    }
}

#[test]
fn the_choice_of_scales_lowers_the_error() {
    let column = normals(1, 6400);
    let relative = |squares: f64| {
        10.0 * (squares / column.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>()).log10()
    };
    let fixed = relative(squared_error_of_127_steps(&column, 16));
    let chosen = relative(check_entries::<16>(&column));
    // 127 steps leave s²/12 with s = max/127 and max ≈ 2.1 σ.
    assert!((fixed + 46.0).abs() < 1.0, "{fixed}");
    // Seen: −46.64 and −48.33.
    assert!(chosen < fixed - 1.0, "{chosen} {fixed}");
}

#[test]
fn zeros_and_numbers_too_small_have_no_scale() {
    let (mut codes, mut scales) = ([1; 6], [1.0; 3]);
    let column = [0.0, -0.0, 1e-45, 0.0, 0.0, 1e-38];
    quantise::<2>(&column, &mut codes, &mut scales).unwrap();
    assert_eq!((&codes[..4], &scales[..2]), (&[0; 4][..], &[0.0; 2][..]));
    assert!(scales[2] > 0.0);
}

#[test]
fn any_size_has_the_bits_of_the_fixed_one() {
    let matrix = DenseMatrix::from_columns(37, normals(3, 37 * 21)).unwrap();
    let any = QuantizedMatrix::<16>::of(&matrix).unwrap();
    let fixed = Quantized::<37, 21>::new(any.codes(), any.scales()).unwrap();
    assert_eq!((fixed.rows(), fixed.columns(), fixed.non_finite()), (37, 21, None));
    let (x, y): (Vector<f32>, Vector<f32>) = (normals(4, 21).into(), normals(5, 37).into());
    let (mut image, mut back) = (any.zero_range(), any.zero_domain());
    any.apply(&x, &mut image);
    any.apply_adjoint(&y, &mut back);
    let (mut fixed_image, mut fixed_back) = (fixed.zero_range(), fixed.zero_domain());
    fixed.apply(&SVector::from_column_slice(&x), &mut fixed_image);
    fixed.apply_adjoint(&SVector::from_column_slice(&y), &mut fixed_back);
    assert_eq!((&image[..], &back[..]), (fixed_image.as_slice(), fixed_back.as_slice()));
}

#[test]
fn what_is_not_finite_shows() {
    let a = QuantizedMatrix::<16>::of(&DenseMatrix::from_columns(20, normals(6, 60)).unwrap());
    let a = a.unwrap();
    for fault in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let (mut x, mut y) = (Vector::filled(3, 1.0), Vector::filled(20, 1.0));
        (x[1], y[17]) = (fault, fault);
        let (mut image, mut back) = (a.zero_range(), a.zero_domain());
        a.apply(&x, &mut image);
        a.apply_adjoint(&y, &mut back);
        assert!(image.iter().chain(back.iter()).all(|v| v.is_nan()), "{image:?} {back:?}");
    }
    // Scales that are finite, of entries that are not.
    let (codes, scales) = ([1, 2, 0, 100], [f32::MAX, f32::MAX / 2.0]);
    let wide = QuantizedTable::<2>::new([2, 2], &codes, &scales).unwrap();
    assert_eq!(wide.non_finite(), Some((1, 0)));
    let wide = QuantizedTable::<2>::new([2, 2], &[1, -1, 0, 100], &scales).unwrap();
    assert_eq!(wide.non_finite(), Some((1, 1)));
}

#[test]
fn what_is_no_table_is_refused() {
    let new = |codes: &[i8], scales: &[f32]| Quantized::<3, 2, 2>::new(codes, scales).err();
    let (codes, scales) = ([1; 6], [1.0; 4]);
    assert_eq!(new(&codes, &scales), None);
    assert_eq!(new(&codes[1..], &scales), Some(QuantizedError::Codes { expected: 6, found: 5 }));
    assert_eq!(new(&codes, &scales[1..]), Some(QuantizedError::Scales { expected: 4, found: 3 }));
    let mut bad = codes;
    bad[4] = -128;
    assert_eq!(new(&bad, &scales), Some(QuantizedError::Code { place: 4 }));
    for scale in [f32::NAN, f32::INFINITY, -1.0] {
        let mut bad = scales;
        bad[3] = scale;
        assert_eq!(new(&codes, &bad), Some(QuantizedError::Scale { place: 3 }), "{scale}");
    }
    let none = Quantized::<3, 2, 0>::new(&codes, &scales).err();
    assert_eq!(none, Some(QuantizedError::Block { asked: 0 }));
    let long = Quantized::<3, 2, 33>::new(&codes, &[1.0; 2]).err();
    assert_eq!(long, Some(QuantizedError::Block { asked: 33 }));
}

#[test]
fn what_cannot_be_quantised_is_refused() {
    let new = |column: &[f32], codes: usize, scales: usize| {
        quantise::<4>(column, &mut vec![0; codes], &mut vec![0.0; scales]).err()
    };
    assert_eq!(new(&[1.0; 9], 9, 3), None);
    let codes = QuantizedError::Codes { expected: 9, found: 8 };
    assert_eq!(new(&[1.0; 9], 8, 3), Some(codes));
    let scales = QuantizedError::Scales { expected: 3, found: 2 };
    assert_eq!(new(&[1.0; 9], 9, 2), Some(scales));
    let entry = QuantizedError::NonFiniteEntry { row: 1 };
    assert_eq!(new(&[1.0, f32::NAN, 2.0], 3, 1), Some(entry));
    let block = quantise::<40>(&[1.0], &mut [0], &mut [0.0]).err();
    assert_eq!(block, Some(QuantizedError::Block { asked: 40 }));
}
