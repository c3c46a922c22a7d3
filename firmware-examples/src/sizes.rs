//! Layers of networks at several sizes, from which `solvekit plan` foretells others.

use crate::region;
use core::hint::black_box;
use scenarios::Line;
use solvekit::nalgebra::ArrayStorage;
use solvekit::network::{Layers, Network, NetworkState};
use solvekit::recovery::{RecoveryError, Sensing};
use solvekit::{Iteration, LinearOperator, SMatrix, SVector};

/// Layers that are counted; what is told is their mean.
pub const LAYERS: usize = 16;

/// Counts layers of a `$kind` at every size: `$layers` is a function of a dictionary, generic over
/// its shape.
#[macro_export]
macro_rules! count_layers {
    ($kind:literal, $layers:ident) => {
        $crate::kernels!(count);

        fn count(say: &mut impl FnMut($crate::sizes::Said)) {
            $crate::count_layers!($kind, $layers, say, 16 32, 32 64, 64 128, 32 128, 24 80, 27 83);
        }
    };
    ($kind:literal, $layers:ident, $say:ident, $($rows:literal $columns:literal),*) => {
        $({
            static A: solvekit::SMatrix<f32, $rows, $columns> =
                $crate::sizes::dictionary::<$rows, $columns>();
            let names = [
                concat!($kind, " check, ", $rows, " x ", $columns),
                concat!($kind, " layer, ", $rows, " x ", $columns),
            ];
            let a = core::hint::black_box(&A);
            $crate::sizes::count(names, a, &$layers(a), $say);
        })*
    };
}

/// What a program says.
pub type Said = Line;

/// Entries without pattern, of a size that keeps ‖A‖² below 2 for all sizes here.
pub const fn dictionary<const M: usize, const N: usize>() -> SMatrix<f32, M, N> {
    let mut entries = [[0.0; M]; N];
    let (mut random, mut j) = (1_u64, 0);
    // 0.35 / √M by Newton's method, since no square root is `const`.
    let (mut root, mut round) = (M as f64, 0);
    while round < 30 {
        root = 0.5 * (root + M as f64 / root);
        round += 1;
    }
    while j < N {
        let mut i = 0;
        while i < M {
            let (mut sum, mut k) = (-2.0, 0);
            while k < 4 {
                // Knuth's multiplier; the upper bits are the good ones.
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                sum += (random >> 40) as f64 / 16_777_216.0;
                k += 1;
            }
            // Four uniform numbers have the variance 1/3.
            entries[j][i] = (0.35 * 1.732 * sum / root) as f32;
            i += 1;
        }
        j += 1;
    }
    SMatrix::from_array_storage(ArrayStorage(entries))
}

/// Counts the check of measurements and every layer on them.
#[inline(never)]
pub fn count<const M: usize, const N: usize, L: Layers<f32, SMatrix<f32, M, N>>>(
    [check_name, layer_name]: [&'static str; 2],
    a: &SMatrix<f32, M, N>,
    layers: &L,
    say: &mut impl FnMut(Line),
) {
    let mut y = SVector::zeros();
    // One entry of ten.
    let signal = SVector::from_fn(|j, _| if j % 10 == 3 { 0.7 + 0.01 * j as f32 } else { 0.0 });
    a.apply(&signal, &mut y);
    let y = black_box(y);
    let Ok(sensing) = region(check_name, || check(a, &y)) else { panic!("the data were refused") };
    let network = Network::new(sensing, layers);
    let mut state = black_box(network.start());
    for _ in 0..LAYERS {
        region(layer_name, || step(&network, &mut state));
    }
    say(Line::Real(layer_name, state.x[3]));
    say(Line::Count("not zero", state.x.iter().filter(|x| **x != 0.0).count() as u32));
}

#[inline(never)]
fn check<'a, const M: usize, const N: usize>(
    a: &'a SMatrix<f32, M, N>,
    y: &'a SVector<f32, M>,
) -> Result<Sensing<'a, f32, SMatrix<f32, M, N>>, RecoveryError> {
    Sensing::new(a, y)
}

#[inline(never)]
fn step<const M: usize, const N: usize, L: Layers<f32, SMatrix<f32, M, N>>>(
    network: &Network<'_, f32, SMatrix<f32, M, N>, &L>,
    state: &mut NetworkState<SVector<f32, N>, SVector<f32, M>, L::Memory>,
) {
    network.step(state);
}
