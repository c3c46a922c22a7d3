//! ISTA on many signals with one dictionary: the kernels' host side.
//!
//! An iteration is two products of matrices, and between them two kernels: r = y − A x, then the look at the
//! certificates with x⁺ out of Aᵀ r. All of it is on the device; the host asks now and then whether any
//! signal is left. Signals go through all their iterations a few thousand at a time, so that what is between
//! the products stays in the device's cache.

use super::super::device::{Ends, IstaOnDevice, IstaRule, IstaSetting, IstaSignals, Signal};
use super::layout::Layout;
use super::machine::{Argument, Job, Machine, Settings, Source, Words, count, words};
use super::{CudaError, Sums};

pub(super) const fn source(entry: &'static str) -> Source {
    Source { name: "ISTA", text: include_str!("ista.cu"), entry }
}

/// Signals of a block, and its threads.
const SIGNALS: usize = 8;
const THREADS: u32 = 256;

/// Iterations after which the host asks whether any signal is left.
const ITERATIONS: u32 = 32;

/// Words of it.
const SIGNAL: usize = size_of::<Signal>() / 4;

/// Signals in a machine's memory.
#[derive(Debug)]
#[allow(unreachable_pub, reason = "named by a sealed trait")]
pub struct Ista<M: Machine> {
    layout: Layout,
    step: f32,
    /// Signals that are there, and how many go through their iterations at a time.
    count: usize,
    at_once: usize,
    residual: M::Kernel,
    largest: M::Kernel,
    advance: M::Kernel,
    /// The dictionary as each product of [`Layout::forward`] and of [`Layout::back`] wants it.
    forward: M::Memory,
    back: M::Memory,
    y: M::Memory,
    x: M::Memory,
    signals: M::Memory,
    /// Of those that go through their iterations: A x, r and Aᵀ r.
    image: M::Memory,
    r: M::Memory,
    gradient: M::Memory,
    left: M::Memory,
}

impl<M: Machine> Ista<M> {
    fn bring(machine: &M, given: IstaSignals<'_>) -> Result<Self, CudaError> {
        let IstaSignals { rows, columns, dictionary, measurements, step } = given;
        let Settings { sums, signals_at_once } = machine.settings();
        let layout = Layout::new(rows, columns, sums);
        let number = measurements.len() / rows.max(1);
        let at_once = signals_at_once.min(number).max(1);
        let kernel =
            |entry| machine.kernel(source(entry), &[("SPLIT", usize::from(sums == Sums::Split))]);
        let room = |what, signals: usize, words: usize| machine.room(what, signals * words);
        let Layout { rows_apart, columns_apart, parts, .. } = layout;
        Ok(Self {
            residual: kernel("residual")?,
            largest: kernel("largest")?,
            advance: kernel("step")?,
            forward: machine.upload("dictionary", &layout.forward_dictionary(dictionary))?,
            back: machine.upload("dictionary", &layout.back_dictionary(dictionary))?,
            y: machine.upload("measurements", &layout.spread(measurements))?,
            x: room("signals' numbers", number, columns_apart * parts)?,
            signals: room("signals", number, SIGNAL)?,
            image: room("images", at_once, rows_apart)?,
            r: room("residuals", at_once, rows_apart * parts)?,
            gradient: room("gradients", at_once, columns_apart)?,
            left: machine.room("signals left", 1)?,
            layout,
            step,
            count: number,
            at_once,
        })
    }

    /// The groups of signals that go through their iterations together: the first of each, and how
    /// many.
    fn groups(&self) -> impl Iterator<Item = (usize, usize)> {
        let (count, at_once) = (self.count, self.at_once);
        (0..count).step_by(at_once).map(move |first| (first, at_once.min(count - first)))
    }

    /// Aᵀ r of a group, for r = y − A x, or y where x = 0.
    fn differentiate(
        &self,
        machine: &M,
        group: (usize, usize),
        is_zero: bool,
    ) -> Result<(), CudaError> {
        let (first, signals) = group;
        let Layout { rows_apart, columns_apart, parts, .. } = self.layout;
        let (own_x, own_r) = (columns_apart * parts, rows_apart * parts);
        let of = |memory, first: usize, own: usize| Words {
            memory,
            first: first * own,
            count: signals * own,
        };
        let image = of(&self.image, 0, rows_apart);
        if is_zero {
            machine.clear(&self.image)?;
        } else {
            let x = of(&self.x, first, own_x);
            for (product, from) in self.layout.forward(signals) {
                machine.product(&product, Self::rest(&self.forward, from, &product), x, image)?;
            }
        }
        machine.launch(&Job {
            kernel: &self.residual,
            blocks: count("blocks", signals.div_ceil(SIGNALS))?,
            threads: THREADS,
            arguments: vec![
                Argument::Words(of(&self.y, first, rows_apart)),
                Argument::Words(image),
                Argument::Words(of(&self.r, 0, own_r)),
                Argument::Count(count("signals", signals)?),
                Argument::Count(count("rows", rows_apart / 4)?),
            ],
        })?;
        let (r, gradient) = (of(&self.r, 0, own_r), of(&self.gradient, 0, columns_apart));
        for (product, from) in self.layout.back(signals) {
            machine.product(&product, Self::rest(&self.back, from, &product), r, gradient)?;
        }
        Ok(())
    }

    /// A's words from one on.
    fn rest<'m>(
        memory: &'m M::Memory,
        first: usize,
        product: &super::product::Product,
    ) -> Words<'m, M::Memory> {
        Words { memory, first, count: product.words()[0] }
    }

    /// ‖Aᵀy‖_∞ of each signal.
    fn look(&self, machine: &M) -> Result<Vec<f32>, CudaError> {
        let found = machine.room("largest", self.count)?;
        for group in self.groups() {
            self.differentiate(machine, group, true)?;
            let (first, signals) = group;
            let apart = self.layout.columns_apart;
            machine.launch(&Job {
                kernel: &self.largest,
                blocks: count("blocks", signals.div_ceil(SIGNALS))?,
                threads: THREADS,
                arguments: vec![
                    words(&self.gradient, 0, signals * apart),
                    words(&found, first, signals),
                    Argument::Count(count("signals", signals)?),
                    Argument::Count(count("columns", apart / 4)?),
                ],
            })?;
        }
        machine.read(&found, self.count)
    }

    /// The certificates at x = 0: how far the first step goes is a function of ‖Aᵀy‖_∞ alone, which no
    /// rounding turns round.
    fn certify(&self, machine: &M, thresholds: &[f32]) -> Result<Vec<f32>, CudaError> {
        let correlations = self.look(machine)?;
        let certificate = |(correlation, threshold): (f32, &f32)| {
            let z = self.step * correlation;
            let next = z - if z > *threshold { *threshold } else { z };
            next / self.step
        };
        Ok(correlations.into_iter().zip(thresholds).map(certificate).collect())
    }

    /// From x = 0 to all ends.
    fn solve(
        &self,
        machine: &M,
        rule: IstaRule,
        settings: &[IstaSetting],
    ) -> Result<(), CudaError> {
        let signals: Vec<_> = settings.iter().map(Signal::new).collect();
        machine.write(&self.signals, &signals)?;
        machine.clear(&self.x)?;
        for group in self.groups() {
            let (first, count) = group;
            let own = settings.get(first..first + count).unwrap_or(&[]);
            if own.iter().any(|setting| !setting.is_done) {
                self.iterate(machine, rule, group)?;
            }
        }
        machine.wait()
    }

    fn iterate(&self, machine: &M, rule: IstaRule, group: (usize, usize)) -> Result<(), CudaError> {
        let mut asked = 0;
        for iteration in 0..=rule.max_iterations {
            self.differentiate(machine, group, iteration == 0)?;
            let is_last = iteration == rule.max_iterations;
            let is_due = iteration > 0 && (is_last || iteration.is_multiple_of(rule.check_every));
            // Nothing ends where nobody looks, and all that is left ends at the last.
            let asks = is_due && !is_last && iteration - asked >= ITERATIONS;
            if asks {
                machine.clear(&self.left)?;
            }
            self.advance(machine, rule, group, (iteration, is_due, asks))?;
            if asks {
                asked = iteration;
                if machine.read::<u32>(&self.left, 1)? == [0] {
                    break;
                }
            }
        }
        Ok(())
    }

    fn advance(
        &self,
        machine: &M,
        rule: IstaRule,
        group: (usize, usize),
        (iteration, is_due, asks): (u32, bool, bool),
    ) -> Result<(), CudaError> {
        let (first, signals) = group;
        let Layout { columns_apart, parts, .. } = self.layout;
        let own = columns_apart * parts;
        machine.launch(&Job {
            kernel: &self.advance,
            blocks: count("blocks", signals.div_ceil(SIGNALS))?,
            threads: THREADS,
            arguments: vec![
                words(&self.x, first * own, signals * own),
                words(&self.gradient, 0, signals * columns_apart),
                words(&self.signals, first * SIGNAL, signals * SIGNAL),
                words(&self.left, 0, 1),
                Argument::Count(count("signals", signals)?),
                Argument::Count(count("columns", columns_apart / 4)?),
                Argument::Number(self.step),
                Argument::Count(iteration),
                Argument::Count(u32::from(is_due)),
                Argument::Count(u32::from(asks)),
                Argument::Count(rule.max_iterations),
                Argument::Count(rule.stall_window),
            ],
        })
    }

    fn bring_back(&self, machine: &M) -> Result<(Ends, Vec<f32>), CudaError> {
        let signals: Vec<Signal> = machine.read(&self.signals, self.count * SIGNAL)?;
        let own = self.layout.columns_apart * self.layout.parts;
        let x = self.layout.gather(&machine.read::<f32>(&self.x, self.count * own)?);
        let end = |signal: &Signal| signal.end().map_err(|reason| CudaError::Driver { reason });
        Ok((signals.iter().map(end).collect::<Result<_, CudaError>>()?, x))
    }
}

impl<M: Machine> IstaOnDevice<M> for Ista<M> {
    fn new(machine: &M, signals: IstaSignals<'_>) -> Result<Self, CudaError> {
        machine.guarded(|| Self::bring(machine, signals))
    }
    fn correlations(&self, machine: &M) -> Result<Vec<f32>, CudaError> {
        machine.guarded(|| self.look(machine))
    }
    fn begin(&self, machine: &M, thresholds: &[f32]) -> Result<Vec<f32>, CudaError> {
        machine.guarded(|| self.certify(machine, thresholds))
    }
    fn run(&self, machine: &M, rule: IstaRule, settings: &[IstaSetting]) -> Result<(), CudaError> {
        machine.guarded(|| self.solve(machine, rule, settings))
    }
    fn read(&self, machine: &M) -> Result<(Ends, Vec<f32>), CudaError> {
        machine.guarded(|| self.bring_back(machine))
    }
}
