//! Finding a device, and what happens when it fails.

use crate::same::assert_equal;
use libtest_mimic::{Completion, Trial};
use solvekit_host::batch::gpu::{Gpu, GpuError, GpuLimits};
use solvekit_host::batch::{
    Answers, Backend, Batch, BatchError, OnFailure, Part, Progress, Runner, Shape, Stopped,
};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("a_device_says_what_it_is", a_device_says_what_it_is),
        trial("a_device_is_chosen_by_its_name", a_device_is_chosen_by_its_name),
        trial("a_lost_device_is_an_error", a_lost_device_is_an_error),
        trial("too_much_is_split", too_much_is_split),
        trial("a_failure_half_way_is_made_up_for", a_failure_half_way_is_made_up_for),
        trial("a_failure_half_way_keeps_what_is_done", a_failure_half_way_keeps_what_is_done),
        trial("a_batch_without_a_kernel_is_refused", a_batch_without_a_kernel_is_refused),
        trial("a_cancelled_batch_is_left", a_cancelled_batch_is_left),
    ]
}

/// A test with a device of its own, ignored where there is none.
pub(crate) fn trial(name: &'static str, test: fn(Gpu)) -> Trial {
    Trial::ignorable_test(name, move || match Gpu::find() {
        Ok(gpu) => {
            test(gpu);
            Ok(Completion::Completed)
        }
        Err(error) if std::env::var_os("SOLVEKIT_GPU").is_some_and(|how| how == "required") => {
            Err(error.to_string().into())
        }
        Err(error) => Ok(Completion::ignored_with(error.to_string())),
    })
}

fn a_device_says_what_it_is(gpu: Gpu) {
    assert!(!gpu.info().name.is_empty() && !gpu.info().interface.is_empty());
    assert!(Gpu::list().contains(gpu.info()));
    // What WebGPU promises, and kernels count on.
    assert!(gpu.limits().buffer_bytes >= 128 << 20 && gpu.limits().workgroups >= 65_535);
}

fn a_device_is_chosen_by_its_name(gpu: Gpu) {
    let name = &gpu.info().name;
    assert_eq!(Gpu::named(&name.to_uppercase()).expect("the same").info(), gpu.info());
    match Gpu::named("no such thing").expect_err("there is none") {
        GpuError::NoSuchDevice { wanted, found } => {
            assert!(wanted == "no such thing" && found.contains(name.as_str()));
        }
        other => panic!("{other}"),
    }
}

/// Halves of numbers; fails as it is told.
struct Halves<'a> {
    numbers: &'a [f32],
    fails: fn(&Gpu, &Part<'_, Self>) -> Result<(), GpuError>,
    tried: Mutex<Vec<usize>>,
}

impl<'a> Halves<'a> {
    fn new(numbers: &'a [f32], fails: fn(&Gpu, &Part<'_, Self>) -> Result<(), GpuError>) -> Self {
        Self { numbers, fails, tried: Mutex::new(Vec::new()) }
    }
}

impl Batch for Halves<'_> {
    type Number = f32;
    type Outcome = usize;
    fn shape(&self) -> Shape {
        Shape { family: "halves", bits: 32, sizes: [1; 3] }
    }
    fn len(&self) -> usize {
        self.numbers.len()
    }
    fn width(&self) -> usize {
        1
    }
    fn scalar(&self, part: Part<'_, Self>) {
        part.each(1, |k, x| {
            // Whoever comes second finds no traces.
            assert_eq!(x[0], 0.0);
            x[0] = self.numbers[k] / 2.0;
            k
        });
    }
    fn simd(&self, part: Part<'_, Self>) {
        self.scalar(part);
    }
    fn gpu(&self, gpu: &Gpu, mut part: Part<'_, Self>) -> Result<(), GpuError> {
        self.tried.lock().expect("no panic").push(part.problems.len());
        self.scalar(part.reborrow());
        (self.fails)(gpu, &part)
    }
}

fn numbers() -> Vec<f32> {
    (1..=200_000).map(|k| k as f32).collect()
}

fn known(batch: &Halves<'_>) -> Answers<f32, usize> {
    Runner::new(Backend::Scalar).run(batch).expect("the reference")
}

fn too_much_is_split(gpu: Gpu) {
    let numbers = numbers();
    let batch = Halves::new(&numbers, |_, part| match part.problems.len() {
        0..=10_000 => Ok(()),
        _ => Err(GpuError::OutOfMemory),
    });
    let found = Runner::new(Backend::Gpu).gpu(&gpu).run(&batch).expect("it fits in the end");
    assert!(found.is_complete() && found.replaced.is_none());
    assert_equal(&found, &known(&batch), "in pieces");
    // Halved until it fits, and not tried again at full size.
    let tried = batch.tried.lock().expect("no panic");
    assert_eq!(tried[..5], [65_536, 32_768, 16_384, 8_192, 8_192]);
    assert!(tried[3..].iter().all(|count| *count <= 8_192));

    // Not even one fits.
    let batch = Halves::new(&numbers[..100], |_, _| Err(GpuError::OutOfMemory));
    let runner = Runner::new(Backend::Gpu).gpu(&gpu).on_failure(OnFailure::Keep);
    let found = runner.run(&batch).expect("what there is");
    assert_eq!(found.stopped, Some(Stopped::Failed(failed(&GpuError::OutOfMemory))));
    assert!(found.outcomes.iter().all(Option::is_none) && found.numbers.iter().all(|x| *x == 0.0));
}

fn failed(error: &GpuError) -> BatchError {
    BatchError::Failed { backend: Backend::Gpu, reason: error.to_string() }
}

fn breaks() -> GpuError {
    GpuError::Lost { reason: "somebody unplugged it".to_owned() }
}

/// After 65,536 problems.
fn half_way(_: &Gpu, part: &Part<'_, Halves<'_>>) -> Result<(), GpuError> {
    if part.problems.start == 0 { Ok(()) } else { Err(breaks()) }
}

fn a_failure_half_way_is_made_up_for(gpu: Gpu) {
    let numbers = numbers();
    let batch = Halves::new(&numbers, half_way);
    for threads in [1, 3] {
        let told = Mutex::new(Vec::new());
        let listen = |progress: Progress| told.lock().expect("no panic").push(progress.done);
        let runner = Runner::new(Backend::Gpu).gpu(&gpu).threads(threads).progress(&listen);
        let found = runner.run(&batch).expect("a retry");
        assert_equal(&found, &known(&batch), "made up for");
        assert!(found.is_complete());
        assert_eq!(found.replaced, Some(failed(&breaks())));
        let mut told = told.into_inner().expect("no panic");
        assert_eq!(told[0], 65_536);
        told.sort_unstable();
        assert_eq!(told.last(), Some(&numbers.len()));
    }
}

fn a_failure_half_way_keeps_what_is_done(gpu: Gpu) {
    let numbers = numbers();
    let batch = Halves::new(&numbers, half_way);
    let runner = Runner::new(Backend::Gpu).gpu(&gpu).on_failure(OnFailure::Keep);
    let found = runner.run(&batch).expect("what there is");
    assert_eq!(found.stopped, Some(Stopped::Failed(failed(&breaks()))));
    assert_eq!(found.outcomes.iter().flatten().count(), 65_536);
    assert_eq!(found.answer(65_535), [numbers[65_535] / 2.0]);
    assert!(found.numbers[65_536..].iter().all(|x| *x == 0.0));
}

fn a_batch_without_a_kernel_is_refused(gpu: Gpu) {
    struct Plain;
    impl Batch for Plain {
        type Number = f64;
        type Outcome = ();
        fn shape(&self) -> Shape {
            Shape { family: "plain", bits: 64, sizes: [2, 1, 1] }
        }
        fn len(&self) -> usize {
            3
        }
        fn width(&self) -> usize {
            0
        }
        fn scalar(&self, _: Part<'_, Self>) {}
        fn simd(&self, _: Part<'_, Self>) {}
    }
    match Runner::new(Backend::Gpu).gpu(&gpu).run(&Plain).expect_err("refused") {
        BatchError::Unavailable { backend: Backend::Gpu, reason } => {
            assert_eq!(
                reason,
                "no kernel for plain in f64, sizes [2, 1, 1]: nobody has written one"
            );
        }
        other => panic!("{other}"),
    }
}

fn a_cancelled_batch_is_left(gpu: Gpu) {
    let numbers = numbers();
    let batch = Halves::new(&numbers, |_, _| Ok(()));
    let cancel = AtomicBool::new(false);
    let stop = |_: Progress| cancel.store(true, Ordering::Relaxed);
    let runner = Runner::new(Backend::Gpu).gpu(&gpu).progress(&stop).cancel(&cancel);
    let found = runner.run(&batch).expect("some");
    assert_eq!(found.stopped, Some(Stopped::Cancelled));
    assert_eq!(found.outcomes.iter().flatten().count(), 65_536);
}

/// Nothing but the error, and the driver's word for it, whatever is asked of it.
fn a_lost_device_is_an_error(gpu: Gpu) {
    let (a, b) = ([2.0_f32, 0.0, 0.0, 2.0], [2.0_f32; 8]);
    let systems =
        solvekit_host::batch::Systems::new(2, solvekit_host::batch::Matrices::Shared(&a), &b)
            .expect("whole systems");
    let stop = solvekit::Stop::relative(1e-4).expect("a tolerance");
    let batch = solvekit_host::batch::SorBatch::new(systems, 1.0, stop);
    gpu.destroy();
    let limits = GpuLimits { buffer_bytes: u64::MAX, workgroups: u32::MAX };
    let gpu = gpu.limited(limits);
    for _ in 0..2 {
        let runner = Runner::new(Backend::Gpu).gpu(&gpu).on_failure(OnFailure::Keep);
        let found = runner.run(&batch).expect("what there is");
        match found.stopped {
            Some(Stopped::Failed(BatchError::Failed { backend: Backend::Gpu, reason })) => {
                assert!(reason.contains("lost"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
        let made_up = Runner::new(Backend::Gpu).gpu(&gpu).run(&batch).expect("a retry");
        assert!(made_up.is_complete() && made_up.replaced.is_some());
        assert!(made_up.numbers.iter().all(|x| *x == 1.0));
    }
}
