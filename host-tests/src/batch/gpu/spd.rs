//! Direct solution of many symmetric positive definite systems at once: the kernel's host side.

use super::super::device::{SpdAnswers, SpdOnDevice, SpdSystems};
use super::kernel::Source;
use super::{Gpu, GpuError};

const SOURCE: Source = Source { name: "direct solution", text: include_str!("spd.wgsl") };

/// Largest number of unknowns: a factor, the right-hand side and the diagonal fill 16 KiB.
pub(super) const LARGEST: usize = 88;

/// Invocations of a workgroup that every device has, and numbers of its memory.
const INVOCATIONS: usize = 256;
const NUMBERS: usize = 4_096;

/// The systems in the device's memory, with room for their answers.
#[derive(Debug)]
#[allow(unreachable_pub, reason = "named by a sealed trait")]
pub struct SpdOnGpu {
    kernel: wgpu::ComputePipeline,
    bound: wgpu::BindGroup,
    workgroups: u32,
    answers: wgpu::Buffer,
    residuals: wgpu::Buffer,
}

impl SpdOnDevice<Gpu> for SpdOnGpu {
    fn new(gpu: &Gpu, systems: SpdSystems<'_>) -> Result<Self, GpuError> {
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

    fn run(&self, gpu: &Gpu) -> Result<(), GpuError> {
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

    fn wait(&self, gpu: &Gpu) -> Result<(), GpuError> {
        gpu.guarded(|| gpu.read_first(&self.residuals).map(|_| ()))
    }

    fn read(&self, gpu: &Gpu) -> Result<SpdAnswers, GpuError> {
        gpu.guarded(|| {
            Ok(SpdAnswers { x: gpu.read(&self.answers)?, residuals: gpu.read(&self.residuals)? })
        })
    }
}

/// From outside one does not see whether the device or somebody else found an answer.
#[cfg(test)]
mod tests {
    use super::{Gpu, SpdOnDevice, SpdOnGpu, SpdSystems};
    use std::io::{Write, stderr};

    /// A x by the definition, in f64.
    fn product(a: &[f32], x: &[f32]) -> Vec<f64> {
        let row = |a: &[f32]| a.iter().zip(x).map(|(a, x)| f64::from(*a) * f64::from(*x)).sum();
        a.chunks(x.len()).map(row).collect()
    }

    #[test]
    fn the_device_itself_solves_and_says_what_it_cannot() {
        let gpu = match Gpu::find() {
            Ok(gpu) => gpu,
            Err(error) => {
                let required =
                    std::env::var_os("SOLVEKIT_GPU").is_some_and(|how| how == "required");
                assert!(!required, "{error}");
                let _ = writeln!(stderr(), "skipped: {error}");
                return;
            }
        };
        let (order, count) = (9, 40);
        let size = order * order;
        let mut matrices = vec![0.0; size * count];
        for (k, a) in matrices.iter_mut().enumerate() {
            let (system, i, j) = (k / size, k % size / order, k % order);
            let wave = ((i * j + system) as f32 + (i + j) as f32 * 0.3).sin();
            *a = if i == j { 5.0 + system as f32 } else { 0.5 * wave };
        }
        let b: Vec<f32> = (0..order * count).map(|k| (k as f32 * 1.7).cos()).collect();
        // Not positive definite, not a number, and too large.
        matrices[7 * size] = -1.0;
        matrices[8 * size + 3 * order] = f32::NAN;
        matrices[39 * size..].iter_mut().for_each(|a| *a *= 1e38);
        let scales = vec![0.5; count];
        let systems = SpdSystems {
            order,
            matrices: &matrices,
            shared: false,
            right_hand_sides: &b,
            scales: &scales,
        };
        let on_device = SpdOnGpu::new(&gpu, systems).expect("room");
        on_device.run(&gpu).expect("a run");
        let found = on_device.read(&gpu).expect("answers");
        for k in 0..count {
            if [7, 8, 39].contains(&k) {
                assert_eq!(found.residuals[k], -1.0, "system {k}");
                continue;
            }
            let x = &found.x[k * order..(k + 1) * order];
            let known = product(&matrices[k * size..(k + 1) * size], x);
            let apart =
                known.iter().zip(&b[k * order..]).map(|(ax, b)| (ax - f64::from(*b)).powi(2));
            let apart = apart.sum::<f64>().sqrt();
            // Some roundings of ‖b‖, which is about 2, and the device's own rounding of the same sum.
            assert!(apart < 2e-6, "system {k}: {apart}");
            assert!((f64::from(found.residuals[k]) - apart).abs() < 1e-6, "system {k}");
        }
    }
}
