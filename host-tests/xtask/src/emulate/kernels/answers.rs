//! Answers, held against those in double precision and against each other.

use super::{Counted, Kernel, Side};
use anyhow::{Context, Result, ensure};
use std::collections::HashMap;

/// By kernel, each number of the answer in double precision, and how far one in single precision may be
/// from it (firmware-examples/peers/src/exact.rs).
#[derive(Debug)]
pub(super) struct Exact(HashMap<String, Vec<(f64, f64)>>);

/// A bound above this share of the largest number would let pass nearly anything.
const TIGHT: f64 = 1e-4;

impl Exact {
    /// What the image with the exact answers said: a kernel, the bits of a number and of its bound.
    pub(super) fn parse(said: &str) -> Result<Self> {
        let mut all: HashMap<String, Vec<(f64, f64)>> = HashMap::new();
        for line in said.lines() {
            let real = |bits| u64::from_str_radix(bits, 16).ok().map(f64::from_bits);
            let mut fields = line.split(' ');
            let kernel = fields.next().unwrap_or_default().to_owned();
            let pair = fields.next().and_then(real).zip(fields.next().and_then(real));
            let pair = pair.with_context(|| format!("an exact answer is `{line}`"))?;
            all.entry(kernel).or_default().push(pair);
        }
        for (kernel, numbers) in &all {
            let largest = numbers.iter().fold(0.0_f64, |most, (number, _)| most.max(number.abs()));
            let tight = |(_, bound): &(f64, f64)| *bound <= TIGHT * largest;
            ensure!(numbers.iter().all(tight), "the bounds for {kernel} tell nothing");
        }
        Ok(Self(all))
    }

    fn of(&self, kernel: &Kernel) -> Result<&[(f64, f64)]> {
        let numbers = self.0.get(kernel.feature);
        Ok(numbers.with_context(|| format!("no exact answer for {}", kernel.feature))?)
    }

    /// How far an answer is from the exact one, as the largest share of the bound; an error above 1.
    pub(super) fn share(&self, kernel: &Kernel, answer: &[f32]) -> Result<f64> {
        let exact = self.of(kernel)?;
        ensure!(answer.len() == exact.len(), "{} numbers, not {}", answer.len(), exact.len());
        let mut largest = 0.0_f64;
        for (i, (found, (number, bound))) in answer.iter().zip(exact).enumerate() {
            let away = (f64::from(*found) - number).abs();
            // Not a number is not within anything.
            ensure!(away <= *bound, "number {i} is {found}, not {number} within {bound:e}");
            if *bound > 0.0 {
                largest = largest.max(away / bound);
            }
        }
        Ok(largest)
    }

    /// An error where two sides are farther from each other than both may be from the truth.
    pub(super) fn agree(&self, kernel: &Kernel, sides: &[(Side, Counted)]) -> Result<()> {
        let exact = self.of(kernel)?;
        for (k, (one, a)) in sides.iter().enumerate() {
            for (other, b) in &sides[k + 1..] {
                for (i, (_, bound)) in exact.iter().enumerate() {
                    let (a, b) = (a.answer.get(i).copied(), b.answer.get(i).copied());
                    let apart = a.zip(b).map(|(a, b)| (f64::from(a) - f64::from(b)).abs());
                    ensure!(
                        apart.is_some_and(|apart| apart <= 2.0 * bound),
                        "number {i} is {a:?} by {}, and {b:?} by {}",
                        one.title(),
                        other.title(),
                    );
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::KERNELS;
    use super::*;

    fn exact(numbers: &[(f64, f64)]) -> Exact {
        let line = |(number, bound): &(f64, f64)| {
            format!("{} {:016x} {:016x}\n", KERNELS[0].feature, number.to_bits(), bound.to_bits())
        };
        Exact::parse(&numbers.iter().map(line).collect::<String>()).unwrap()
    }

    #[test]
    fn an_answer_is_held_against_the_bound() {
        let exact = exact(&[(1.0, 1e-6), (-2.0, 1e-5)]);
        let share = |answer: &[f32]| exact.share(&KERNELS[0], answer);
        assert!(share(&[1.0, -2.0]).unwrap() == 0.0);
        let half = share(&[1.0, -2.000_005]).unwrap();
        assert!((0.4..0.6).contains(&half), "{half}");
        assert!(share(&[1.000_002, -2.0]).is_err());
        assert!(share(&[1.0, f32::NAN]).is_err());
        assert!(share(&[1.0]).is_err() && share(&[1.0, -2.0, 0.0]).is_err());
        assert!(exact.share(&KERNELS[1], &[1.0, -2.0]).is_err());
    }

    #[test]
    fn two_sides_are_held_against_each_other() {
        let exact = exact(&[(1.0, 1e-6)]);
        let by =
            |side, number| (side, Counted { instructions: 1, answer: vec![number], share: 0.0 });
        let agree =
            |number| exact.agree(&KERNELS[0], &[by(Side::Ours, 1.0), by(Side::Cmsis, number)]);
        assert!(agree(1.000_001).is_ok());
        assert!(agree(1.000_003).is_err() && agree(f32::NAN).is_err());
    }

    #[test]
    fn bounds_that_tell_nothing_are_refused() {
        let said =
            |bound: f64| format!("dot_16 {:016x} {:016x}\n", 1.0_f64.to_bits(), bound.to_bits());
        assert!(Exact::parse(&said(1e-5)).is_ok());
        assert!(Exact::parse(&said(1e-2)).is_err() && Exact::parse(&said(f64::NAN)).is_err());
        assert!(Exact::parse("dot_16 torn\n").is_err());
    }
}
