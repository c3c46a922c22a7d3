//! An image with the kernel that one feature names, by the side that another names:
//! `cargo xtask bench kernels` counts its instructions and compares its answer with the others'.
//!
//! Every input is opaque to the optimiser, every answer is said, and no log is in it.
#![no_std]
#![no_main]

mod cmsis;
mod exact;
mod generic;
mod kernels;
#[allow(unreachable_pub, reason = "it is public in the library it is shared with")]
#[path = "../../src/marker.rs"]
mod marker;
mod ours;
mod plain;
mod problem;
mod tell;

use core::panic::PanicInfo;
#[cfg(target_arch = "arm")]
use cortex_m_rt as _;
#[cfg(target_arch = "riscv32")]
use riscv_rt as _;
use semihosting::process::exit;

#[panic_handler]
fn on_panic(_: &PanicInfo) -> ! {
    exit(101)
}

// SAFETY: the only symbol of this name; both runtimes call it once and expect it
// never to return.
#[unsafe(export_name = "main")]
extern "C" fn peers() -> ! {
    if cfg!(feature = "exact") {
        exact::every();
    } else if cfg!(feature = "mat_vec_16") {
        kernels::mat_vec(&problem::SQUARE_16);
    } else if cfg!(feature = "mat_vec_32") {
        kernels::mat_vec(&problem::SQUARE_32);
    } else if cfg!(feature = "transposed_16") {
        kernels::transposed(&problem::SQUARE_16);
    } else if cfg!(feature = "transposed_32") {
        kernels::transposed(&problem::SQUARE_32);
    } else if cfg!(feature = "dot_16") {
        kernels::dot(&problem::PAIR_16);
    } else if cfg!(feature = "dot_64") {
        kernels::dot(&problem::PAIR_64);
    } else if cfg!(feature = "axpy_16") {
        kernels::axpy(&problem::PAIR_16);
    } else if cfg!(feature = "axpy_64") {
        kernels::axpy(&problem::PAIR_64);
    } else if cfg!(feature = "product_16") {
        kernels::product(&problem::FACTORS);
    } else if cfg!(feature = "spd_solve_16") {
        kernels::spd_solve(&problem::SYSTEM);
    } else if cfg!(feature = "ista_16x32") {
        kernels::ista(&problem::LASSO);
    } else if cfg!(feature = "sor_16") {
        kernels::sor(&problem::SYSTEM);
    }
    exit(0)
}
