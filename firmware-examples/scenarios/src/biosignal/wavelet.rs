//! [`wavelets`] and [`samples`]: Daubechies' least asymmetric wavelets of eight taps, periodic.

use super::{Frame, N};

/// Taps of the low pass; the high pass is the same backwards with alternating signs.
///
/// Source: Daubechies 1992, *Ten Lectures on Wavelets*, table 6.3, N = 4.
const LOW: [f32; 8] = [
    -0.075_765_715,
    -0.029_635_528,
    0.497_618_67,
    0.803_738_8,
    0.297_857_8,
    -0.099_219_54,
    -0.012_603_967,
    0.032_223_1,
];

/// The coarsest level has so many coefficients of the low pass: the transform ends here.
const COARSEST: usize = 4;

/// The tap k of the high pass.
fn high(k: usize) -> f32 {
    if k.is_multiple_of(2) { LOW[7 - k] } else { -LOW[7 - k] }
}

/// c = Ψ s: coefficients, the coarsest first.
pub fn wavelets(samples: &Frame) -> Frame {
    let (mut c, mut length) = (*samples, N);
    while length > COARSEST {
        let (whole, half) = (c, length / 2);
        for i in 0..half {
            let (mut low, mut up) = (0.0, 0.0);
            for (k, tap) in LOW.iter().enumerate() {
                let sample = whole[(2 * i + k) % length];
                low += tap * sample;
                up += high(k) * sample;
            }
            (c[i], c[half + i]) = (low, up);
        }
        length = half;
    }
    c
}

/// s = Ψᵀ c, Ψ's inverse.
pub fn samples(coefficients: &Frame) -> Frame {
    let (mut s, mut length) = (*coefficients, 2 * COARSEST);
    while length <= N {
        let (whole, half) = (s, length / 2);
        (0..length).for_each(|i| s[i] = 0.0);
        for i in 0..half {
            for (k, tap) in LOW.iter().enumerate() {
                s[(2 * i + k) % length] += tap * whole[i] + high(k) * whole[half + i];
            }
        }
        length *= 2;
    }
    s
}

#[cfg(test)]
mod tests {
    use super::super::frame;
    use super::*;

    #[test]
    fn the_transform_is_orthonormal() {
        for seed in 0..20 {
            let s = frame(seed);
            let c = wavelets(&s);
            // Five levels of sums of eight terms, in f32.
            assert!((c.norm() - s.norm()).abs() < 1e-5 * s.norm(), "frame {seed}");
            assert!((samples(&c) - s).norm() < 1e-5 * s.norm(), "frame {seed}");
        }
    }

    #[test]
    fn a_few_coefficients_hold_a_frame() {
        let kept = |seed| {
            let c = wavelets(&frame(seed));
            let mut squares = c.map(|c| c * c).data.0[0];
            squares.sort_by(f32::total_cmp);
            let lost: f32 = squares[..N - 16].iter().sum();
            10.0 * (lost / c.norm_squared()).log10()
        };
        let mean = (0..100).map(kept).sum::<f32>() / 100.0;
        // Sixteen of 128: about −21 dB on average.
        assert!(mean < -18.0, "{mean}");
    }
}
