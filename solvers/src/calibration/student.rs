//! Quantiles and tails of Student's t and of Fisher's F.

use crate::Real;

/// The .975 quantile of Student's t with `freedom` degrees of freedom, for intervals of 95 %; that of
/// the normal distribution in the limit, infinite for none.
///
/// To 0.02 % by the expansion in 1/ν of Fisher and Cornish; tabulated up to 3 degrees of freedom.
///
/// ```
/// use solvekit::calibration::student_quantile;
/// assert!((student_quantile::<f64>(10) - 2.2281).abs() < 5e-4);
/// assert!((student_quantile::<f64>(1_000_000) - 1.95997).abs() < 1e-4);
/// ```
///
/// Source: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 26.7.5.
pub fn student_quantile<R: Real>(freedom: usize) -> R {
    match freedom {
        0 => return R::INFINITY,
        1 => return R::from_f64(12.7062),
        2 => return R::from_f64(4.3027),
        3 => return R::from_f64(3.1824),
        _ => {}
    }
    let inverse = R::ONE / R::from_u32(u32::try_from(freedom).unwrap_or(u32::MAX));
    // The polynomials of the expansion at 1.959964.
    let mut sum = R::from_f64(1.5895) * inverse + R::from_f64(2.5557);
    sum = sum * inverse + R::from_f64(2.8225);
    sum = sum * inverse + R::from_f64(2.3723);
    sum * inverse + R::from_f64(1.959_964)
}

/// ln Γ(x) for x > 0, by Stirling's series from 8 on.
fn ln_gamma<R: Real>(x: R) -> R {
    let (mut x, mut product) = (x, R::ONE);
    for _ in 0..8 {
        if x < R::from_f64(8.0) {
            product *= x;
            x += R::ONE;
        }
    }
    let inverse = R::ONE / x;
    let square = inverse * inverse;
    let mut series = R::from_f64(-1.0 / 1680.0) * square + R::from_f64(1.0 / 1260.0);
    series = series * square - R::from_f64(1.0 / 360.0);
    series = series * square + R::from_f64(1.0 / 12.0);
    let half_ln_tau = R::from_f64(0.918_938_533_204_672_7);
    (x - R::from_f64(0.5)) * x.ln() - x + half_ln_tau + series * inverse - product.ln()
}

/// The regularised incomplete beta function of x ≤ (a + 1) / (a + b + 2), by its continued fraction.
fn beta_below<R: Real>(a: R, b: R, x: R) -> R {
    if x <= R::ZERO {
        return R::ZERO;
    }
    let tiny = R::ONE / R::MAX.sqrt();
    let safe = |v: R| if v.abs() < tiny { tiny } else { v };
    let (mut c, mut d) = (R::ONE, R::ONE / safe(R::ONE - (a + b) * x / (a + R::ONE)));
    let mut fraction = d;
    for k in 1..200_u32 {
        let k = R::from_u32(k);
        let two = k + k;
        let even = k * (b - k) * x / ((a + two - R::ONE) * (a + two));
        d = R::ONE / safe(R::ONE + even * d);
        c = safe(R::ONE + even / c);
        fraction *= d * c;
        let odd = -(a + k) * (a + b + k) * x / ((a + two) * (a + two + R::ONE));
        d = R::ONE / safe(R::ONE + odd * d);
        c = safe(R::ONE + odd / c);
        let change = d * c;
        fraction *= change;
        if (change - R::ONE).abs() < R::from_f64(4.0) * R::EPSILON {
            break;
        }
    }
    let front = a * x.ln() + b * (R::ONE - x).ln() + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    front.exp() * fraction / a
}

/// The chance that F with `first` and `second` degrees of freedom is above `value`; 1 where that is not
/// above zero, or is no number.
///
/// ```
/// use solvekit::calibration::tail_of_f;
/// assert!((tail_of_f(4.9382_f64, 3, 20) - 0.01).abs() < 1e-5);
/// ```
///
/// Source: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 26.6.2 and 26.5.8.
pub fn tail_of_f<R: Real>(value: R, first: usize, second: usize) -> R {
    let half =
        |count: usize| R::from_f64(0.5) * R::from_u32(u32::try_from(count).unwrap_or(u32::MAX));
    let (a, b) = (half(second), half(first));
    // Also true for NaN.
    let usable = value > R::ZERO && a > R::ZERO && b > R::ZERO;
    if !usable {
        return R::ONE;
    }
    let x = a / (a + b * value);
    if x < (a + R::ONE) / (a + b + R::from_f64(2.0)) {
        beta_below(a, b, x)
    } else {
        R::ONE - beta_below(b, a, b * value / (a + b * value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let table = [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (7, 2.365)];
        let more = [(10, 2.228), (20, 2.086), (30, 2.042), (120, 1.980)];
        for (freedom, due) in table.into_iter().chain(more) {
            let quantile = student_quantile::<f64>(freedom);
            assert!((quantile - due).abs() < 1e-3, "{freedom}: {quantile}");
        }
        assert!(student_quantile::<f64>(0).is_infinite());
    }

    #[test]
    fn tails_are_those_of_the_tables() {
        // Upper 5 % and 1 % points of F.
        for (first, second, value, due) in [
            (1, 1, 161.448, 0.05),
            (2, 10, 4.1028, 0.05),
            (3, 20, 4.9382, 0.01),
            (10, 10, 2.9782, 0.05),
            (7, 60, 2.9530, 0.01),
            (1, 30, 4.1709, 0.05),
        ] {
            let tail = tail_of_f::<f64>(value, first, second);
            // Points to five digits, and tails that fall up to ten times as fast as those grow.
            assert!((tail / due - 1.0).abs() < 3e-4, "{first}, {second}: {tail}");
            let single = tail_of_f::<f32>(value as f32, first, second);
            assert!((f64::from(single) / due - 1.0).abs() < 1e-3, "{first}, {second}: {single}");
        }
        // Two degrees of freedom: (1 + 2 F / ν)^(−ν/2) exactly, far out too.
        for value in [0.01, 1.0, 30.0, 1000.0] {
            let exact = (1.0 + 2.0 * value / 24.0_f64).powi(-12);
            let tail = tail_of_f::<f64>(value, 2, 24);
            assert!((tail / exact - 1.0).abs() < 1e-11, "{value}: {tail} for {exact}");
        }
        assert_eq!(tail_of_f::<f64>(f64::NAN, 2, 3), 1.0);
    }
}
