//! Networks at several sizes, from which `solvekit plan` foretells others.

use crate::region;
use core::hint::black_box;
use scenarios::Line;
use scenarios::exported::{LAYERS, Module, State, recover, self_test, start};
use solvekit::network::{Layers, Network, NetworkState};
use solvekit::recovery::{RecoveryError, Sensing};
use solvekit::{Iteration, LinearOperator, SVector};

/// Counts a network called `$name` at the sizes given or at all of them: its check, its layers, and
/// the whole of what its module offers. `$module` makes it of the tables named: `a` (M × N), `b`
/// (N × M), `c` (N × N) and `w` (M × M), each of `f32`, or of 8-bit codes behind `q8`.
#[macro_export]
macro_rules! count_network {
    ($name:literal, f32, |$($table:ident),*| $module:expr) => {
        $crate::count_network!(
            $name, f32, |$($table),*| $module,
            16 32, 32 64, 64 128, 32 128, 48 64, 24 80, 27 83
        );
    };
    // A part of a block takes longer than its share: more sizes have one.
    ($name:literal, q8, |$($table:ident),*| $module:expr) => {
        $crate::count_network!(
            $name, q8, |$($table),*| $module,
            16 32, 32 64, 64 128, 32 128, 48 64, 20 40, 24 80, 27 83
        );
    };
    // With splines of as many knots as are given beside a size.
    ($name:literal, $weights:ident, |$($table:ident),*| $module:expr,
     $($rows:literal $columns:literal [$($knots:literal)+]),*) => {
        $crate::kernels!(count);

        fn count(say: &mut impl FnMut($crate::sizes::Said)) {
            $crate::count_network!(
                @curved $name, $weights, [$($table),*], $module, say,
                $($rows $columns [$($knots)+]),*
            );
        }
    };
    (@curved $name:literal, $weights:ident, $tables:tt, $module:expr, $say:ident,
     $($rows:literal $columns:literal $knots:tt),*) => {
        $({
            const M: usize = $rows;
            const N: usize = $columns;
            $crate::count_network!(@tables $weights, $tables);
            $crate::count_network!(@knots $name, $module, $say, $rows $columns, $knots);
        })*
    };
    (@knots $name:literal, $module:expr, $say:ident, $rows:literal $columns:literal,
     [$($knots:literal)+]) => {
        $(
            let names = [
                concat!($name, " check, ", $rows, " x ", $columns, ", ", $knots, " knots"),
                concat!($name, " layer, ", $rows, " x ", $columns, ", ", $knots, " knots"),
                concat!($name, " recover, ", $rows, " x ", $columns, ", ", $knots, " knots"),
                concat!($name, " self-test, ", $rows, " x ", $columns, ", ", $knots, " knots"),
            ];
            let module = scenarios::exported::Curved::of::<$knots>($module);
            $crate::sizes::count(names, &module, $say);
        )+
    };
    ($name:literal, $weights:ident, |$($table:ident),*| $module:expr,
     $($rows:literal $columns:literal),*) => {
        $crate::kernels!(count);

        fn count(say: &mut impl FnMut($crate::sizes::Said)) {
            $crate::count_network!(
                @sizes $name, $weights, [$($table),*], $module, say, $($rows $columns),*
            );
        }
    };
    (@sizes $name:literal, $weights:ident, $tables:tt, $module:expr, $say:ident,
     $($rows:literal $columns:literal),*) => {
        $({
            const M: usize = $rows;
            const N: usize = $columns;
            $crate::count_network!(@tables $weights, $tables);
            let names = [
                concat!($name, " check, ", $rows, " x ", $columns),
                concat!($name, " layer, ", $rows, " x ", $columns),
                concat!($name, " recover, ", $rows, " x ", $columns),
                concat!($name, " self-test, ", $rows, " x ", $columns),
            ];
            $crate::sizes::count(names, &$module, $say);
        })*
    };
    (@tables $weights:ident, [$($table:ident),*]) => {
        $($crate::count_network!(@table $weights, $table $table);)*
    };
    (@table $weights:ident, a $table:ident) => {
        let $table = $crate::count_network!(@static $weights, M, N);
    };
    (@table $weights:ident, b $table:ident) => {
        let $table = $crate::count_network!(@static $weights, N, M);
    };
    (@table $weights:ident, c $table:ident) => {
        let $table = $crate::count_network!(@static $weights, N, N);
    };
    (@table $weights:ident, w $table:ident) => {
        let $table = $crate::count_network!(@static $weights, M, M);
    };
    (@static f32, $rows:ident, $columns:ident) => {{
        use solvekit::{SMatrix, nalgebra::ArrayStorage};
        static TABLE: SMatrix<f32, $rows, $columns> =
            SMatrix::from_array_storage(ArrayStorage(scenarios::exported::reals()));
        core::hint::black_box(&TABLE)
    }};
    (@static q8, $rows:ident, $columns:ident) => {{
        use solvekit::dictionary::Quantized;
        const BLOCKS: usize = $rows.div_ceil(16);
        static CODES: [[i8; $rows]; $columns] =
            scenarios::exported::codes::<$rows, $columns, BLOCKS>();
        static SCALES: [[f32; BLOCKS]; $columns] =
            scenarios::exported::scales::<$rows, $columns, BLOCKS>();
        static TABLE: Quantized<'static, $rows, $columns, 16> =
            match Quantized::new(CODES.as_flattened(), SCALES.as_flattened()) {
                Ok(matrix) => matrix,
                Err(_) => panic!("codes and scales that are no matrix"),
            };
        core::hint::black_box(&TABLE)
    }};
}

/// What a program says.
pub type Said = Line;

/// Counts the check of measurements, every layer on them, and the module's functions.
#[inline(never)]
pub fn count<const M: usize, const N: usize, X: Module<M, N>>(
    [check_name, layer_name, recover_name, test_name]: [&'static str; 4],
    module: &X,
    say: &mut impl FnMut(Line),
) {
    let a = module.dictionary();
    let mut y = SVector::zeros();
    // One entry of ten.
    let signal = SVector::from_fn(|j, _| if j % 10 == 3 { 0.7 + 0.01 * j as f32 } else { 0.0 });
    a.apply(&signal, &mut y);
    let y = black_box(y);
    let Ok(layers) = module.layers() else { panic!("the layers were refused") };
    let Ok(sensing) = region(check_name, || check(a, &y)) else { panic!("the data were refused") };
    let network = Network::new(sensing, &layers);
    let mut state = black_box(start(module, &layers));
    for _ in 0..LAYERS {
        region(layer_name, || step(&network, &mut state));
    }
    say(Line::Real(layer_name, state.x[3]));
    say(Line::Count("not zero", state.x.iter().filter(|x| **x != 0.0).count() as u32));
    whole([recover_name, test_name], module, &layers, (&y, &mut state));
}

/// `recover`, and `self_test` of what it found.
#[inline(never)]
fn whole<const M: usize, const N: usize, X: Module<M, N>>(
    [recover_name, test_name]: [&'static str; 2],
    module: &X,
    layers: &X::Layers,
    (y, state): (&SVector<f32, M>, &mut State<M, N, X>),
) {
    let ended = region(recover_name, || recover(module, layers, y, state));
    assert!(ended.is_ok(), "the data were refused");
    let (x, checksum) = (black_box(state.x), black_box(module.sum().value()));
    let golden = [y.as_slice(), x.as_slice()];
    let ended = region(test_name, || self_test(module, checksum, golden, state));
    assert!(ended.is_ok(), "the recorded run did not come out");
}

#[inline(never)]
fn check<'a, const M: usize, A>(
    a: &'a A,
    y: &'a SVector<f32, M>,
) -> Result<Sensing<'a, f32, A>, RecoveryError>
where
    A: LinearOperator<f32, Range = SVector<f32, M>>,
{
    Sensing::new(a, y)
}

#[inline(never)]
fn step<A: LinearOperator<f32>, L: Layers<f32, A>>(
    network: &Network<'_, f32, A, &L>,
    state: &mut NetworkState<A::Domain, A::Range, L::Memory>,
) {
    network.step(state);
}
