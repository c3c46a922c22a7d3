//! Direct solution of many symmetric positive definite systems at once: the kernels' host side.

use super::super::device::{SpdAnswers, SpdOnDevice, SpdSystems};
use super::CudaError;
use super::machine::{Argument, Job, Machine, Source, count, words};

pub(super) const SMALL: Source =
    Source { name: "direct solution", text: include_str!("spd.cu"), entry: "solve" };
pub(super) const BY_ROWS: Source =
    Source { name: "direct solution by rows", text: include_str!("spd_rows.cu"), entry: "solve" };

/// Largest number of unknowns: a factor, the right-hand side and the diagonal fill 34 KiB of the 48 KiB
/// that every block has.
pub(super) const LARGEST: usize = 128;

/// Unknowns whose factor is in the registers of one thread, which has 255 of them.
const IN_REGISTERS: usize = 16;
/// Systems of a block then: its threads, too.
const SYSTEMS: usize = 32;

/// Otherwise threads of a block, and numbers of its memory.
const THREADS: usize = 256;
const NUMBERS: usize = 8_192;

/// The systems in a machine's memory, with room for their answers.
#[derive(Debug)]
#[allow(unreachable_pub, reason = "named by a sealed trait")]
pub struct Spd<M: Machine> {
    kernel: M::Kernel,
    order: usize,
    count: usize,
    blocks: u32,
    threads: u32,
    matrices: M::Memory,
    matrix_words: usize,
    right_hand_sides: M::Memory,
    scales: M::Memory,
    answers: M::Memory,
    residuals: M::Memory,
}

impl<M: Machine> Spd<M> {
    fn bring(machine: &M, systems: SpdSystems<'_>) -> Result<Self, CudaError> {
        let SpdSystems { order, matrices, shared, right_hand_sides, scales } = systems;
        let number = scales.len();
        let one_matrix = ("ONE_MATRIX", usize::from(shared));
        let (kernel, group, threads) = if order <= IN_REGISTERS {
            let kernel = machine.kernel(SMALL, &[("ORDER", order), one_matrix])?;
            (kernel, SYSTEMS, SYSTEMS)
        } else {
            let rows = order + 1;
            // The factor, its diagonal, and a flag.
            let numbers = rows * (rows + 1) / 2 + order + 1;
            let group = (THREADS / rows).min(NUMBERS / numbers).max(1);
            let constants = [("ORDER", order), ("GROUP", group), one_matrix];
            (machine.kernel(BY_ROWS, &constants)?, group, group * rows)
        };
        Ok(Self {
            kernel,
            order,
            count: number,
            blocks: count("blocks", number.div_ceil(group))?,
            threads: count("threads", threads)?,
            matrices: machine.upload("matrices", matrices)?,
            matrix_words: order * order * if shared { 1 } else { number },
            right_hand_sides: machine.upload("right-hand sides", right_hand_sides)?,
            scales: machine.upload("scales", scales)?,
            answers: machine.room("answers", number * order)?,
            residuals: machine.room("residuals", number)?,
        })
    }

    fn begin(&self, machine: &M) -> Result<(), CudaError> {
        if self.count == 0 {
            return Ok(());
        }
        let numbers = self.count * self.order;
        machine.launch(&Job {
            kernel: &self.kernel,
            blocks: self.blocks,
            threads: self.threads,
            arguments: vec![
                words(&self.matrices, 0, self.matrix_words),
                words(&self.right_hand_sides, 0, numbers),
                words(&self.scales, 0, self.count),
                words(&self.answers, 0, numbers),
                words(&self.residuals, 0, self.count),
                Argument::Count(count("systems", self.count)?),
            ],
        })
    }

    fn bring_back(&self, machine: &M) -> Result<SpdAnswers, CudaError> {
        Ok(SpdAnswers {
            x: machine.read(&self.answers, self.count * self.order)?,
            residuals: machine.read(&self.residuals, self.count)?,
        })
    }
}

impl<M: Machine> SpdOnDevice<M> for Spd<M> {
    fn new(machine: &M, systems: SpdSystems<'_>) -> Result<Self, CudaError> {
        machine.guarded(|| Self::bring(machine, systems))
    }
    fn run(&self, machine: &M) -> Result<(), CudaError> {
        machine.guarded(|| self.begin(machine))
    }
    fn wait(&self, machine: &M) -> Result<(), CudaError> {
        machine.guarded(|| machine.wait())
    }
    fn read(&self, machine: &M) -> Result<SpdAnswers, CudaError> {
        machine.guarded(|| self.bring_back(machine))
    }
}
