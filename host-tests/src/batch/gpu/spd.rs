//! Direct solution of many symmetric positive definite systems at once: the kernel's host side.

use super::kernel::Source;
use super::{Gpu, GpuError};

const SOURCE: Source = Source { name: "direct solution", text: include_str!("spd.wgsl") };

/// Largest number of unknowns: a factor, the right-hand side and the diagonal fill 16 KiB.
pub(in super::super) const LARGEST: usize = 88;

/// Invocations of a workgroup that every device has, and numbers of its memory.
const INVOCATIONS: usize = 256;
const NUMBERS: usize = 4_096;

/// Systems A x = b of `order` unknowns, at most [`LARGEST`]; matrices row by row, one behind the other.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct SpdSystems<'a> {
    pub(in super::super) order: usize,
    /// One matrix where it is `shared`.
    pub(in super::super) matrices: &'a [f32],
    pub(in super::super) shared: bool,
    pub(in super::super) right_hand_sides: &'a [f32],
    /// For each system a power of two that brings its b to about 1.
    pub(in super::super) scales: &'a [f32],
}

/// The systems in the device's memory, with room for their answers.
#[derive(Debug)]
pub(in super::super) struct SpdOnDevice {
    kernel: wgpu::ComputePipeline,
    bound: wgpu::BindGroup,
    workgroups: u32,
    answers: wgpu::Buffer,
    residuals: wgpu::Buffer,
}

/// What they came to.
#[derive(Debug)]
pub(in super::super) struct SpdAnswers {
    pub(in super::super) x: Vec<f32>,
    /// ‖b − A x‖₂ for each; −1 where a pivot was not well above rounding, or a number left the range: x
    /// says nothing then.
    pub(in super::super) residuals: Vec<f32>,
}

impl SpdOnDevice {
    /// Brings them there.
    pub(in super::super) fn new(gpu: &Gpu, systems: SpdSystems<'_>) -> Result<Self, GpuError> {
        let SpdSystems { order, matrices, shared, right_hand_sides, scales } = systems;
        let count = scales.len();
        let rows = order + 1;
        // The factor, its diagonal, and a flag.
        let numbers = rows * (rows + 1) / 2 + order + 1;
        let group = (INVOCATIONS / rows).min(NUMBERS / numbers).max(1);
        let workgroups = gpu.check_workgroups(count.div_ceil(group))?;
        gpu.guarded(|| {
            let constants =
                [("N", order as u32), ("GROUP", group as u32), ("SHARED", u32::from(shared))];
            let kernel = gpu.kernel(SOURCE, &constants);
            let matrices = gpu.upload("matrices", matrices)?;
            let right_hand_sides = gpu.upload("right-hand sides", right_hand_sides)?;
            let scales = gpu.upload("scales", scales)?;
            let answers = gpu.room("answers", 4 * (count * order) as u64)?;
            let residuals = gpu.room("residuals", 4 * count as u64)?;
            let buffers = [&matrices, &right_hand_sides, &scales, &answers, &residuals];
            let bound = gpu.bind(&kernel, &buffers);
            Ok(Self { kernel, bound, workgroups, answers, residuals })
        })
    }

    /// Solves them; returns when that is begun.
    pub(in super::super) fn run(&self, gpu: &Gpu) -> Result<(), GpuError> {
        gpu.guarded(|| {
            let mut commands = gpu.device.create_command_encoder(&Default::default());
            let mut pass = commands.begin_compute_pass(&Default::default());
            pass.set_pipeline(&self.kernel);
            pass.set_bind_group(0, &self.bound, &[]);
            pass.dispatch_workgroups(self.workgroups, 1, 1);
            drop(pass);
            gpu.queue.submit([commands.finish()]);
            Ok(())
        })
    }

    /// Waits for the answers and brings them back.
    pub(in super::super) fn read(&self, gpu: &Gpu) -> Result<SpdAnswers, GpuError> {
        gpu.guarded(|| {
            Ok(SpdAnswers { x: gpu.read(&self.answers)?, residuals: gpu.read(&self.residuals)? })
        })
    }
}
