//! The kernels and all that is around them, run on the processor: see [`processor`]. What a device adds is
//! its compiler, and cuBLAS; `tests/cuda` asks those where there is one.

mod ista;
mod processor;
mod spd;

use super::machine::Source;
use super::{Cuda, CudaError, driver};
use processor::Processor;
use std::io::{Write, stderr};

/// Whatever is here or not, it is said and nothing panics.
#[test]
fn what_is_missing_is_named() {
    match Cuda::find() {
        Ok(cuda) => assert!(!cuda.info().name.is_empty()),
        Err(CudaError::NoLibrary { library, hint }) => {
            assert!(["libcuda", "libnvrtc", "libcublas"].iter().any(|one| library.contains(one)));
            assert!(!hint.is_empty());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Every kernel as CUDA's own compiler sees it, for processors of several ages, where that compiler is
/// installed: a device is not needed.
#[test]
fn kernels_compile() {
    if !driver::has_compiler() {
        let _ = writeln!(stderr(), "skipped: CUDA's compiler (libnvrtc) was not found");
        return;
    }
    let compile = |source: Source, constants: &[(&'static str, usize)], architecture| {
        let text = super::device::whole(source, constants);
        driver::compile(source, &text, architecture)
    };
    for architecture in [75, 90] {
        for shared in [0, 1] {
            for order in [1, 2, 3, 16] {
                let constants = [("ORDER", order), ("ONE_MATRIX", shared)];
                compile(super::spd::SMALL, &constants, architecture).expect("machine code");
            }
            for (order, group) in [(17, 14), (128, 1)] {
                let constants = [("ORDER", order), ("GROUP", group), ("ONE_MATRIX", shared)];
                compile(super::spd::BY_ROWS, &constants, architecture).expect("machine code");
            }
            for entry in ["residual", "largest", "step"] {
                let code = compile(super::ista::source(entry), &[("SPLIT", shared)], architecture);
                assert!(code.expect("machine code").len() > 100);
            }
        }
    }
    let broken =
        Source { text: "extern \"C\" __global__ void f() { int x = ; }", ..super::spd::SMALL };
    match compile(broken, &[], 90) {
        Err(CudaError::Compile { kernel, log }) => {
            assert!(kernel == "direct solution" && log.contains("expected an expression"), "{log}");
        }
        other => panic!("{other:?}"),
    }
}
