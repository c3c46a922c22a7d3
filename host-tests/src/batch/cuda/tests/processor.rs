//! [`Processor`]: a [`Machine`] that runs the kernels' own sources on the processor, compiled as C++, and makes
//! products by their definition.

use super::super::device::whole;
use super::super::ista::Ista;
use super::super::machine::{Argument, Job, Machine, Settings, Source, Sums, Words};
use super::super::product::{Product, by_definition};
use super::super::spd::Spd;
use super::super::{CudaError, Device};
use crate::batch::Backend;
use bytemuck::Pod;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;
use tempfile::TempDir;

#[derive(Debug)]
pub(super) struct Processor {
    folder: TempDir,
    pub(super) settings: Settings,
    compiled: RefCell<HashMap<(Source, String), Rc<Kernel>>>,
    /// Where a kernel's source is to be another one.
    pub(super) broken: Option<(&'static str, &'static str)>,
}

impl Processor {
    /// `None` where there is no compiler for C++.
    pub(super) fn find(sums: Sums, signals_at_once: usize) -> Option<Self> {
        let there = Command::new("c++").arg("--version").stdout(Stdio::null()).status();
        if !there.is_ok_and(|status| status.success()) {
            let _ = writeln!(std::io::stderr(), "skipped: there is no compiler for C++");
            return None;
        }
        Some(Self {
            folder: tempfile::tempdir().expect("a folder"),
            settings: Settings { sums, signals_at_once },
            compiled: RefCell::default(),
            broken: None,
        })
    }
}

impl Device for Processor {
    type Error = CudaError;
    type Spd = Spd<Self>;
    type Ista = Ista<Self>;
    const BACKEND: Backend = Backend::Cuda;
    const LARGEST: (usize, &'static str) = super::super::Cuda::LARGEST;
}

type Memory = RefCell<Vec<u32>>;

/// A program that waits for work.
#[derive(Debug)]
pub(super) struct Kernel {
    name: String,
    /// None when it is told that there is none.
    pipes: RefCell<Option<(ChildStdin, ChildStdout)>>,
    child: RefCell<Child>,
}

impl Kernel {
    /// What is left of as many words of memory.
    fn run(&self, input: &[u32], words: usize) -> Vec<u8> {
        let mut pipes = self.pipes.borrow_mut();
        let (stdin, stdout) = pipes.as_mut().expect("pipes");
        let mut output = vec![0; 4 * words];
        let asked = stdin.write_all(bytemuck::cast_slice(input)).and_then(|()| stdin.flush());
        if let Err(error) = asked.and_then(|()| stdout.read_exact(&mut output)) {
            let ended = self.child.borrow_mut().wait();
            panic!("{}: {error}, {ended:?}", self.name);
        }
        output
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        drop(self.pipes.borrow_mut().take());
        let _ = self.child.borrow_mut().wait();
    }
}

fn span(words: &Words<'_, Memory>) -> std::ops::Range<usize> {
    words.first..words.first + words.count
}

impl Machine for Processor {
    type Memory = Memory;
    type Kernel = Rc<Kernel>;

    fn settings(&self) -> Settings {
        self.settings
    }

    fn guarded<T>(&self, work: impl FnOnce() -> Result<T, CudaError>) -> Result<T, CudaError> {
        work()
    }

    fn kernel(
        &self,
        source: Source,
        constants: &[(&'static str, usize)],
    ) -> Result<Rc<Kernel>, CudaError> {
        let mut text = whole(source, constants);
        if let Some((right, wrong)) = self.broken {
            text = text.replace(right, wrong);
        }
        let mut compiled = self.compiled.borrow_mut();
        let number = compiled.len();
        let entry = source.entry;
        let kernel = compiled.entry((source, text)).or_insert_with_key(|(_, text)| {
            let path = self.folder.path().join(format!("{entry}-{number}"));
            let shim = include_str!("shim.hpp");
            let main = format!("int main() {{ for (;;) shim::run({entry}); }}\n");
            let code = path.with_extension("cpp");
            fs::write(&code, [shim, text, &main].concat()).expect("a file");
            // As the reference: products and sums are rounded one by one.
            let options = ["-std=c++17", "-O1", "-w", "-ffp-contract=off", "-o"];
            let built = Command::new("c++").args(options).arg(&path).arg(&code).output();
            let built = built.expect("a compiler");
            assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
            let mut child = Command::new(&path);
            child.stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = child.spawn().expect("the kernel");
            let pipes = child.stdin.take().zip(child.stdout.take());
            let (pipes, child) = (RefCell::new(pipes), RefCell::new(child));
            Rc::new(Kernel { name: source.name.to_owned(), pipes, child })
        });
        Ok(Rc::clone(kernel))
    }

    fn room(&self, _: &'static str, words: usize) -> Result<Memory, CudaError> {
        Ok(RefCell::new(vec![0; words]))
    }

    fn write<T: Pod>(&self, memory: &Memory, numbers: &[T]) -> Result<(), CudaError> {
        let words: &[u32] = bytemuck::cast_slice(numbers);
        memory.borrow_mut()[..words.len()].copy_from_slice(words);
        Ok(())
    }

    fn clear(&self, memory: &Memory) -> Result<(), CudaError> {
        memory.borrow_mut().fill(0);
        Ok(())
    }

    fn read<T: Pod>(&self, memory: &Memory, words: usize) -> Result<Vec<T>, CudaError> {
        let bytes: Vec<u8> = bytemuck::cast_slice(&memory.borrow()[..words]).to_vec();
        let numbers = bytes.chunks_exact(size_of::<T>());
        Ok(numbers.map(bytemuck::pod_read_unaligned).collect())
    }

    fn wait(&self) -> Result<(), CudaError> {
        Ok(())
    }

    /// Threads take their turns upwards and downwards, which has to make no difference.
    fn launch(&self, job: &Job<'_, Self>) -> Result<(), CudaError> {
        let words = |argument: &Argument<'_, Memory>| match argument {
            Argument::Words(words) => words.count,
            _ => 0,
        };
        let words = job.arguments.iter().map(words).sum();
        let [upwards, downwards] = [0, 1].map(|order| {
            let mut input = vec![job.blocks, job.threads, order];
            for argument in &job.arguments {
                match argument {
                    Argument::Words(words) => {
                        input.extend([1, words.count as u32]);
                        input.extend(&words.memory.borrow()[span(words)]);
                    }
                    Argument::Count(count) => input.extend([0, 1, *count]),
                    Argument::Number(number) => input.extend([0, 1, number.to_bits()]),
                }
            }
            job.kernel.run(&input, words)
        });
        assert!(upwards == downwards, "{}: the order of threads counts", job.kernel.name);
        let mut left = upwards.as_slice();
        for argument in &job.arguments {
            if let Argument::Words(words) = argument {
                let (own, rest) = left.split_at(4 * words.count);
                left = rest;
                let into = &mut words.memory.borrow_mut()[span(words)];
                bytemuck::cast_slice_mut::<u32, u8>(into).copy_from_slice(own);
            }
        }
        assert!(left.is_empty());
        Ok(())
    }

    fn product(
        &self,
        product: &Product,
        a: Words<'_, Memory>,
        b: Words<'_, Memory>,
        c: Words<'_, Memory>,
    ) -> Result<(), CudaError> {
        product.sizes()?;
        assert!([a, b, c].iter().zip(product.words()).all(|(there, need)| there.count >= need));
        let numbers = |words: Words<'_, Memory>| -> Vec<f32> {
            bytemuck::cast_slice(&words.memory.borrow()[span(&words)]).to_vec()
        };
        let (a, b, mut sums) = (numbers(a), numbers(b), numbers(c));
        by_definition(product, &a, &b, &mut sums);
        let into = &mut c.memory.borrow_mut()[span(&c)];
        into.copy_from_slice(bytemuck::cast_slice(&sums));
        Ok(())
    }
}
