//! NVIDIA's processors by CUDA. What can be tested without one is, next to the kernels.

use crate::{cholesky, ista, sor};
use libtest_mimic::{Completion, Trial};
use solvekit::Stop;
use solvekit_host::batch::cuda::{Cuda, CudaError, Sums};
use solvekit_host::batch::resident::ResidentSystems;
use solvekit_host::batch::{
    Backend, BatchError, CholeskyBatch, Matrices, Runner, SorBatch, Systems,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("cuda::a_device_says_what_it_is", a_device_says_what_it_is),
        trial("cuda::cholesky::every_size", |cuda| {
            cholesky::every_size(&Runner::new(Backend::Cuda).cuda(&cuda), Backend::Cuda);
        }),
        trial("cuda::cholesky::a_bad_system_leaves_its_neighbours_alone", |cuda| {
            cholesky::bad_neighbours(&Runner::new(Backend::Cuda).cuda(&cuda));
        }),
        trial("cuda::ista::every_size", |cuda| {
            for (sums, at_once) in [(Sums::Single, 8_448), (Sums::Single, 100), (Sums::Split, 100)]
            {
                let cuda = Cuda::find().expect("again").summing(sums).at_once(at_once);
                ista::every_size(&Runner::new(Backend::Cuda).cuda(&cuda), Backend::Cuda);
            }
            drop(cuda);
        }),
        trial("cuda::ista::a_bad_signal_leaves_its_neighbours_alone", |cuda| {
            ista::bad_neighbours(&Runner::new(Backend::Cuda).cuda(&cuda));
        }),
        trial("cuda::too_much_is_split", too_much_is_split),
        trial("cuda::a_full_memory_is_an_error", a_full_memory_is_an_error),
        trial("cuda::what_has_no_kernel_is_refused", refused),
    ]
}

/// A test with a device of its own, ignored where there is none.
fn trial(name: &'static str, test: fn(Cuda)) -> Trial {
    Trial::ignorable_test(name, move || match Cuda::find() {
        Ok(cuda) => {
            test(cuda);
            Ok(Completion::Completed)
        }
        Err(error) if std::env::var_os("SOLVEKIT_CUDA").is_some_and(|how| how == "required") => {
            Err(error.to_string().into())
        }
        Err(error) => Ok(Completion::ignored_with(error.to_string())),
    })
}

fn a_device_says_what_it_is(cuda: Cuda) {
    let info = cuda.info();
    assert!(!info.name.is_empty() && info.capability.0 >= 5 && info.memory > 1 << 28, "{info:?}");
}

fn too_much_is_split(cuda: Cuda) {
    let (order, count) = (5, 1_000);
    let (a, b) = (sor::matrices(order, count), sor::right_hand_sides(order, count));
    let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
    let batch = CholeskyBatch::new(systems, Stop::relative(1e-5).expect("a tolerance"));
    let at_once = Runner::new(Backend::Cuda).cuda(&cuda).run(&batch).expect("answers");
    let cuda = cuda.limited(30_000);
    let found = Runner::new(Backend::Cuda).cuda(&cuda).run(&batch).expect("answers");
    assert!(found.is_complete() && found.replaced.is_none(), "{:?}", found.replaced);
    assert!(found.numbers == at_once.numbers && found.outcomes == at_once.outcomes);
}

/// More than any device has: nothing is taken to be there, and what fits is solved afterwards.
fn a_full_memory_is_an_error(cuda: Cuda) {
    let (a, b) = (sor::matrices(4, 100), sor::right_hand_sides(4, 100));
    let cuda = cuda.limited(60);
    match ResidentSystems::new(&cuda, 4, &a, &b).expect_err("not even one system fits") {
        CudaError::TooLarge { wanted: 64, limit: 60, .. } => {}
        other => panic!("{other}"),
    }
    let cuda = Cuda::find().expect("again");
    let systems = ResidentSystems::new(&cuda, 4, &a, &b).expect("room");
    systems.solve().expect("a run");
    let (x, residuals) = systems.answers().expect("answers");
    assert!(x.len() == 400 && residuals.iter().all(|residual| (0.0..1e-5).contains(residual)));
}

fn refused(cuda: Cuda) {
    let (a, b) = (sor::matrices(3, 1), sor::right_hand_sides(3, 1));
    let systems = Systems::new(3, Matrices::Own(&a), &b).expect("one system");
    let stop = Stop::relative(1e-4).expect("a tolerance");
    let batch = SorBatch::new(systems, 1.0, stop);
    match Runner::new(Backend::Cuda).cuda(&cuda).run(&batch).expect_err("refused") {
        BatchError::Unavailable { backend: Backend::Cuda, reason } => {
            assert!(reason.contains("no kernel for sor"), "{reason}");
        }
        other => panic!("{other}"),
    }
}
