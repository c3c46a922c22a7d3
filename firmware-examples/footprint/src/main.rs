//! An image with the solver that a feature names, or with none: `cargo xtask budget` weighs it, runs
//! it and counts.
//!
//! Every input is opaque to the optimiser, every answer is used, and no log is in it.
#![no_std]
#![no_main]

mod bcd;
mod calibration;
mod data;
mod direct;
mod fixed;
mod krylov;
#[allow(unreachable_pub, reason = "it is public in the library it is shared with")]
#[path = "../../src/marker.rs"]
mod marker;
mod measure;
mod network;
mod recovery;
mod rows;
mod size;
mod sor;
#[allow(unreachable_pub, dead_code, reason = "the library it is shared with uses all of it")]
#[path = "../../src/stack.rs"]
mod stack;
mod storage;
mod tuner;

use core::hint::black_box;
use core::panic::PanicInfo;
#[cfg(target_arch = "arm")]
use cortex_m_rt as _;
#[cfg(target_arch = "riscv32")]
use riscv_rt as _;
use semihosting::process::exit;
use size::{columns, rows};
use solvekit::{FivePoint, SMatrix, SVector, Scalar};

/// The grid of the iterative solvers.
const R: usize = rows(10);
const C: usize = columns(10);
/// Unknowns of a dense system, of a design and behind sensors.
const N: usize = columns(16);

/// The system of the iterative solvers: a grid, three numbers.
type Plate = FivePoint<f32, R, C>;
/// Its right-hand side.
type Grid = SMatrix<f32, R, C>;
/// The system of the solvers with a dense matrix.
type Dense = SMatrix<f32, N, N>;
/// Its right-hand side.
type Vector = SVector<f32, N>;

#[panic_handler]
fn on_panic(_: &PanicInfo) -> ! {
    exit(101)
}

// SAFETY: the only symbol of this name; both runtimes call it once and expect it
// never to return.
#[unsafe(export_name = "main")]
extern "C" fn footprint() -> ! {
    arithmetic();
    data::keep();
    measure::keep();
    if cfg!(feature = "sor") {
        sor::plain();
    } else if cfg!(feature = "adaptive") {
        sor::adaptive();
    } else if cfg!(feature = "auto") {
        sor::auto();
    } else if cfg!(feature = "red_black") {
        sor::red_black();
    } else if cfg!(feature = "block") {
        sor::block();
    } else if cfg!(feature = "projected") {
        sor::projected();
    } else if cfg!(feature = "cg") {
        krylov::plain();
    } else if cfg!(feature = "ssor_cg") {
        krylov::ssor();
    } else if cfg!(feature = "cholesky") {
        direct::cholesky();
    } else if cfg!(feature = "refinement") {
        direct::refinement();
    } else if cfg!(feature = "tsallis") {
        tuner::tsallis();
    } else if cfg!(feature = "bins") {
        tuner::bins();
    } else if cfg!(feature = "cheb") {
        tuner::cheb();
    } else if cfg!(feature = "unimodal") {
        tuner::unimodal();
    } else if cfg!(feature = "windowed") {
        tuner::windowed();
    } else if cfg!(feature = "slots") {
        storage::slots();
    } else if cfg!(feature = "lasso") {
        bcd::lasso();
    } else if cfg!(feature = "lasso_gram") {
        bcd::lasso_gram();
    } else if cfg!(feature = "nonnegative_two_metric") {
        bcd::nonnegative_two_metric();
    } else if cfg!(feature = "nonnegative_newton") {
        bcd::nonnegative_newton();
    } else if cfg!(feature = "quadratic_matrix") {
        bcd::quadratic_matrix();
    } else if cfg!(feature = "quadratic_tree") {
        bcd::quadratic_tree();
    } else if cfg!(feature = "logistic") {
        bcd::logistic();
    } else if cfg!(feature = "softmax") {
        bcd::softmax();
    } else if cfg!(feature = "kaczmarz") {
        rows::greedy();
    } else if cfg!(feature = "calibration") {
        calibration::gauss_newton();
    } else if cfg!(feature = "auto_calibration") {
        calibration::auto();
    } else if cfg!(feature = "tracking") {
        calibration::tracking();
    } else if cfg!(feature = "tracking_offsets") {
        calibration::tracking_offsets();
    } else if cfg!(feature = "recalibration") {
        calibration::recalibration();
    } else if cfg!(feature = "shared_gains") {
        calibration::shared_gains();
    } else if cfg!(feature = "norm_calibration") {
        calibration::norm();
    } else if cfg!(feature = "ferraris") {
        calibration::ferraris();
    } else if cfg!(feature = "ista") {
        recovery::ista();
    } else if cfg!(feature = "iht") {
        recovery::iht();
    } else if cfg!(feature = "fista") {
        recovery::fista();
    } else if cfg!(feature = "omp") {
        recovery::omp();
    } else if cfg!(feature = "hyperlista") {
        recovery::hyperlista();
    } else if cfg!(feature = "fixed_cholesky") {
        fixed::cholesky();
    } else if cfg!(feature = "fixed_refinement") {
        fixed::refinement();
    } else if cfg!(feature = "fixed_sor") {
        fixed::sor();
    } else if cfg!(feature = "fixed_ista") {
        fixed::ista();
    } else if cfg!(feature = "fixed_iht") {
        fixed::iht();
    } else if cfg!(feature = "fixed_hyperlista") {
        fixed::hyperlista();
    } else if cfg!(feature = "exported_ista") {
        network::ista();
    } else if cfg!(feature = "exported_ista_q8") {
        network::ista_q8();
    } else if cfg!(feature = "exported_iht") {
        network::iht();
    } else if cfg!(feature = "exported_iht_q8") {
        network::iht_q8();
    } else if cfg!(feature = "exported_coupled") {
        network::coupled();
    } else if cfg!(feature = "exported_coupled_q8") {
        network::coupled_q8();
    } else if cfg!(feature = "exported_coupled_spline") {
        network::coupled_spline();
    } else if cfg!(feature = "exported_coupled_spline_q8") {
        network::coupled_spline_q8();
    } else if cfg!(feature = "exported_hyper") {
        network::hyper();
    } else if cfg!(feature = "exported_hyper_q8") {
        network::hyper_q8();
    } else if cfg!(feature = "exported_lista") {
        network::lista();
    } else if cfg!(feature = "exported_lista_q8") {
        network::lista_q8();
    } else if cfg!(feature = "exported_lista_spline") {
        network::lista_spline();
    } else if cfg!(feature = "exported_lista_spline_q8") {
        network::lista_spline_q8();
    } else if cfg!(feature = "exported_ada_lista") {
        network::ada_lista();
    } else if cfg!(feature = "exported_ada_lista_q8") {
        network::ada_lista_q8();
    } else if cfg!(feature = "exported_ada_lista_spline") {
        network::ada_lista_spline();
    } else if cfg!(feature = "exported_ada_lista_spline_q8") {
        network::ada_lista_spline_q8();
    } else if cfg!(feature = "exported_tista") {
        network::tista();
    } else if cfg!(feature = "exported_tista_q8") {
        network::tista_q8();
    }
    exit(0)
}

/// What any program with reals has: where there is no floating point in hardware these are calls of
/// the run-time library, shared by all that compute and no solver's own. The square root is libm's.
#[inline(never)]
fn arithmetic() {
    let (a, b) = (black_box(2.0_f32), black_box(3.0_f32));
    black_box((a + b, a - b, a * b, a / b, Scalar::sqrt(a), a as u32, black_box(7_u32) as f32));
    black_box((a < b, a <= b, a == b, a >= b, a > b, a.partial_cmp(&b)));
    // The largest pieces of the run-time library that moving a grid takes.
    let grid = black_box([0.0_f32; R * C]);
    black_box(grid);
}
