//! [`Machine`]: what kernels' host sides ask for. A device does it; so does the processor, in tests.

use super::super::device::Device;
use super::CudaError;
use super::product::Product;
use bytemuck::Pod;
use std::fmt::Debug;

/// How the products are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sums {
    /// In f32 throughout.
    Single,
    /// On tensor cores: a number is two of 11 bits each, and of their four products the three that count are
    /// summed in f32. About the same accuracy, and several times the speed where there are such cores.
    Split,
}

/// What else a machine's owner may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub sums: Sums,
    /// Signals that go through all their iterations at a time.
    pub signals_at_once: usize,
}

/// A kernel's source, and what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// What it is for.
    pub name: &'static str,
    pub text: &'static str,
    /// The function.
    pub entry: &'static str,
}

/// Memory of words of four bytes, kernels and products, one after the other in the order of the calls.
pub trait Machine: Device<Error = CudaError> + Debug {
    /// Words.
    type Memory: Debug;
    /// Compiled.
    type Kernel: Debug;

    fn settings(&self) -> Settings;
    /// Does work, and keeps in mind where it finds that the machine is lost.
    fn guarded<T>(&self, work: impl FnOnce() -> Result<T, CudaError>) -> Result<T, CudaError>;
    /// A kernel whose constants have these values.
    fn kernel(
        &self,
        source: Source,
        constants: &[(&'static str, usize)],
    ) -> Result<Self::Kernel, CudaError>;
    /// So many words, all zero.
    fn room(&self, what: &'static str, words: usize) -> Result<Self::Memory, CudaError>;
    /// Memory with these numbers in it.
    fn upload<T: Pod>(&self, what: &'static str, numbers: &[T]) -> Result<Self::Memory, CudaError> {
        let memory = self.room(what, size_of_val(numbers) / 4)?;
        self.write(&memory, numbers)?;
        Ok(memory)
    }
    /// These numbers from its beginning on.
    fn write<T: Pod>(&self, memory: &Self::Memory, numbers: &[T]) -> Result<(), CudaError>;
    /// Zeros everywhere.
    fn clear(&self, memory: &Self::Memory) -> Result<(), CudaError>;
    /// The numbers that the first words are, when everything before is done.
    fn read<T: Pod>(&self, memory: &Self::Memory, words: usize) -> Result<Vec<T>, CudaError>;
    /// Waits until everything is done.
    fn wait(&self) -> Result<(), CudaError>;
    /// Begins a kernel.
    fn launch(&self, job: &Job<'_, Self>) -> Result<(), CudaError>;
    /// Begins c = op(A) B + β c.
    fn product(
        &self,
        product: &Product,
        a: Words<'_, Self::Memory>,
        b: Words<'_, Self::Memory>,
        c: Words<'_, Self::Memory>,
    ) -> Result<(), CudaError>;
}

/// Words of a memory from `first` on, all that a kernel or a product may touch.
#[derive(Debug)]
pub struct Words<'a, M> {
    pub memory: &'a M,
    pub first: usize,
    pub count: usize,
}

impl<M> Clone for Words<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M> Copy for Words<'_, M> {}

/// One argument of a kernel.
#[derive(Debug)]
pub enum Argument<'a, M> {
    Words(Words<'a, M>),
    Count(u32),
    Number(f32),
}

/// A kernel on so many blocks of so many threads.
#[derive(Debug)]
pub struct Job<'a, M: Machine> {
    pub kernel: &'a M::Kernel,
    pub blocks: u32,
    pub threads: u32,
    pub arguments: Vec<Argument<'a, M::Memory>>,
}

/// Words of a memory, as an argument.
pub(super) const fn words<M>(memory: &M, first: usize, count: usize) -> Argument<'_, M> {
    Argument::Words(Words { memory, first, count })
}

/// As kernels count.
pub(super) fn count(what: &'static str, number: usize) -> Result<u32, CudaError> {
    // Blocks in a row, and what a kernel's `unsigned` and a product's `int` hold.
    let limit = i32::MAX as u32;
    let counted = u32::try_from(number).ok().filter(|number| *number <= limit);
    counted.ok_or(CudaError::TooLarge { what, wanted: number as u64, limit: u64::from(limit) })
}
