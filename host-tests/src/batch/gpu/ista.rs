//! ISTA on many signals with one dictionary: the kernels' host side.
//!
//! An iteration is two products of matrices (r = y − A x, and x⁺ out of Aᵀ r) and a look at the
//! certificates, all of them on the device; the host asks once in 32 whether any signal is left. What has
//! ended stays where it is: x of an even iteration in one buffer, of an odd one in the other.

use super::super::device::{Ends, IstaOnDevice, IstaRule, IstaSetting, IstaSignals, Signal};
use super::kernel::Source;
use super::{Gpu, GpuError};
use bytemuck::{Pod, Zeroable};

const PRODUCT: Source = Source { name: "products of ISTA", text: include_str!("ista.wgsl") };
const JUDGE: Source =
    Source { name: "certificates of ISTA", text: include_str!("ista_judge.wgsl") };

/// Signals and columns of one workgroup.
const TILE: usize = 128;

/// Iterations of one submission.
const ITERATIONS: u32 = 32;

/// As the kernels have it.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Sizes {
    signals: u32,
    terms: u32,
    columns: u32,
    step: f32,
}

/// Signals in the device's memory, at x = 0.
#[derive(Debug)]
#[allow(unreachable_pub, reason = "named by a sealed trait")]
pub struct IstaOnGpu {
    count: usize,
    columns: usize,
    step: f32,
    /// Workgroups in the direction of signals, of measurements and of unknowns.
    workgroups: [u32; 3],
    /// r = y − A x of both buffers of x, x⁺ from each, and the largest |Aᵀr|.
    residual: [Bound; 2],
    proposal: [Bound; 2],
    correlation: Bound,
    judge: wgpu::ComputePipeline,
    x: [wgpu::Buffer; 2],
    y: wgpu::Buffer,
    r: wgpu::Buffer,
    signals: wgpu::Buffer,
    largest: wgpu::Buffer,
    left: wgpu::Buffer,
}

/// A kernel and what it works on.
#[derive(Debug)]
struct Bound(wgpu::ComputePipeline, wgpu::BindGroup);

impl IstaOnDevice<Gpu> for IstaOnGpu {
    fn new(gpu: &Gpu, given: IstaSignals<'_>) -> Result<Self, GpuError> {
        let IstaSignals { rows, columns, dictionary, measurements, step } = given;
        let count = measurements.len() / rows.max(1);
        let workgroups = [count, rows, columns]
            .map(|size| gpu.check_workgroups(size.div_ceil(TILE)))
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?;
        let mut by_rows = vec![0.0; dictionary.len()];
        for (j, column) in dictionary.chunks(rows).enumerate() {
            column.iter().enumerate().for_each(|(i, a)| by_rows[i * columns + j] = *a);
        }
        gpu.guarded(|| {
            let by_columns = gpu.upload("dictionary", dictionary)?;
            let by_rows = gpu.upload("dictionary", &by_rows)?;
            let y = gpu.upload("measurements", measurements)?;
            let r = gpu.upload("residuals", measurements)?;
            let room = || gpu.room("signals' numbers", 4 * (count * columns) as u64);
            let x = [room()?, room()?];
            let fresh = vec![Signal::zeroed(); count];
            let signals = gpu.upload("signals", &fresh)?;
            let largest = gpu.room("largest", 4 * count as u64)?;
            let left = gpu.room("signals left", 4)?;
            let sizes = |terms: usize, columns: usize| {
                let (terms, columns) = (terms as u32, columns as u32);
                gpu.upload("sizes", &[Sizes { signals: count as u32, terms, columns, step }])
            };
            let (of_residual, of_proposal) = (sizes(columns, rows)?, sizes(rows, columns)?);
            let bind = |pass: u32, buffers: [&wgpu::Buffer; 4], sizes: &wgpu::Buffer| {
                let kernel = gpu.kernel(PRODUCT, &[("PASS", pass)]);
                let [from, right, beside, made] = buffers;
                let all = [from, right, beside, made, &signals, &largest, sizes];
                let bound = gpu.bind(&kernel, &all);
                Bound(kernel, bound)
            };
            let [even, odd] = &x;
            Ok(Self {
                residual: [
                    bind(0, [even, &by_columns, &y, &r], &of_residual),
                    bind(0, [odd, &by_columns, &y, &r], &of_residual),
                ],
                proposal: [
                    bind(1, [&r, &by_rows, even, odd], &of_proposal),
                    bind(1, [&r, &by_rows, odd, even], &of_proposal),
                ],
                correlation: bind(2, [&r, &by_rows, even, odd], &of_proposal),
                judge: gpu.kernel(JUDGE, &[]),
                count,
                columns,
                step,
                workgroups: [workgroups[0], workgroups[1], workgroups[2]],
                x,
                y,
                r,
                signals,
                largest,
                left,
            })
        })
    }

    fn correlations(&self, gpu: &Gpu) -> Result<Vec<f32>, GpuError> {
        self.largest_of(gpu, &self.correlation)
    }

    fn begin(&self, gpu: &Gpu, thresholds: &[f32]) -> Result<Vec<f32>, GpuError> {
        let signals: Vec<_> = thresholds.iter().copied().map(Signal::at_rest).collect();
        gpu.queue.write_buffer(&self.signals, 0, bytemuck::cast_slice(&signals));
        let moved = self.largest_of(gpu, &self.proposal[0])?;
        Ok(moved.into_iter().map(|moved| moved / self.step).collect())
    }

    fn run(&self, gpu: &Gpu, rule: IstaRule, settings: &[IstaSetting]) -> Result<(), GpuError> {
        let signals: Vec<_> = settings.iter().map(Signal::new).collect();
        gpu.guarded(|| {
            gpu.queue.write_buffer(&self.signals, 0, bytemuck::cast_slice(&signals));
            if settings.iter().all(|setting| setting.is_done) {
                return Ok(());
            }
            let IstaRule { check_every, max_iterations, stall_window } = rule;
            let rule = [check_every, max_iterations, stall_window, self.step.to_bits()];
            let rule = gpu.upload("rule", &rule)?;
            let judge = gpu.bind(&self.judge, &[&self.signals, &self.largest, &self.left, &rule]);
            let judges = gpu.check_workgroups(self.count.div_ceil(64))?;
            let mut commands = gpu.device.create_command_encoder(&Default::default());
            commands.clear_buffer(&self.x[0], 0, None);
            commands.copy_buffer_to_buffer(&self.y, 0, &self.r, 0, self.y.size());
            let mut pass = commands.begin_compute_pass(&Default::default());
            self.product(&mut pass, &self.proposal[0], self.workgroups[2]);
            drop(pass);
            commands.clear_buffer(&self.largest, 0, None);
            gpu.queue.submit([commands.finish()]);
            let mut made = 0;
            loop {
                let mut commands = gpu.device.create_command_encoder(&Default::default());
                for iteration in made + 1..=max_iterations.min(made + ITERATIONS) {
                    commands.clear_buffer(&self.left, 0, None);
                    let mut pass = commands.begin_compute_pass(&Default::default());
                    let parity = iteration as usize % 2;
                    self.product(&mut pass, &self.residual[parity], self.workgroups[1]);
                    self.product(&mut pass, &self.proposal[parity], self.workgroups[2]);
                    pass.set_pipeline(&self.judge);
                    pass.set_bind_group(0, &judge, &[]);
                    pass.dispatch_workgroups(judges, 1, 1);
                    made = iteration;
                }
                gpu.queue.submit([commands.finish()]);
                if gpu.read_first(&self.left)? == 0 {
                    return Ok(());
                }
            }
        })
    }

    fn read(&self, gpu: &Gpu) -> Result<(Ends, Vec<f32>), GpuError> {
        let (signals, mut even, odd) = gpu.guarded(|| {
            let signals: Vec<Signal> = gpu.read(&self.signals)?;
            let (even, odd): (Vec<f32>, Vec<f32>) = (gpu.read(&self.x[0])?, gpu.read(&self.x[1])?);
            Ok((signals, even, odd))
        })?;
        let pairs = even.chunks_mut(self.columns).zip(odd.chunks(self.columns));
        for (signal, (even, odd)) in signals.iter().zip(pairs) {
            if signal.iterations % 2 == 1 {
                even.copy_from_slice(odd);
            }
        }
        let end = |signal: &Signal| signal.end().map_err(|reason| GpuError::Driver { reason });
        Ok((signals.iter().map(end).collect::<Result<_, GpuError>>()?, even))
    }
}

impl IstaOnGpu {
    fn product(&self, pass: &mut wgpu::ComputePass<'_>, bound: &Bound, columns: u32) {
        let Bound(kernel, buffers) = bound;
        pass.set_pipeline(kernel);
        pass.set_bind_group(0, buffers, &[]);
        pass.dispatch_workgroups(self.workgroups[0], columns, 1);
    }

    fn largest_of(&self, gpu: &Gpu, bound: &Bound) -> Result<Vec<f32>, GpuError> {
        gpu.guarded(|| {
            let mut commands = gpu.device.create_command_encoder(&Default::default());
            commands.clear_buffer(&self.largest, 0, None);
            let mut pass = commands.begin_compute_pass(&Default::default());
            self.product(&mut pass, bound, self.workgroups[2]);
            drop(pass);
            gpu.queue.submit([commands.finish()]);
            gpu.read(&self.largest)
        })
    }
}
