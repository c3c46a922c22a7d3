//! [`Own`]: solvekit's contenders, each with its numbers in a device's memory.

use super::{Case, Numbers};
use anyhow::Result;
use solvekit_host::batch::cuda::{Cuda, Sums};
use solvekit_host::batch::gpu::Gpu;
use solvekit_host::batch::resident::{ResidentSignals, ResidentSystems};
use solvekit_host::matrix::DenseMatrix;
use std::time::{Duration, Instant};

/// One way of solving a case: runs once, or brings back all answers.
pub struct Own<'d> {
    /// What it is called.
    pub name: String,
    run: Box<dyn Fn() -> Result<()> + 'd>,
    answers: Box<dyn Fn() -> Result<Vec<f32>> + 'd>,
}

impl std::fmt::Debug for Own<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Own").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Own<'_> {
    /// Runs it once.
    ///
    /// # Errors
    /// What the device says.
    pub fn time(&self) -> Result<Duration> {
        let start = Instant::now();
        (self.run)()?;
        Ok(start.elapsed())
    }

    /// Runs it once, and brings back the answers to some of the problems.
    ///
    /// # Errors
    /// What the device says.
    pub fn sample(&self, case: &Case, sample: &[usize]) -> Result<Vec<f32>> {
        (self.run)()?;
        let (all, width) = ((self.answers)()?, case.width());
        Ok(sample.iter().flat_map(|problem| all[problem * width..][..width].to_vec()).collect())
    }
}

/// The devices that are there: solvekit's ways to use CUDA, and what wgpu finds.
#[derive(Debug, Default)]
pub struct Devices {
    /// By name: sums and signals at a time.
    pub cuda: Vec<(String, Cuda)>,
    /// By wgpu.
    pub gpu: Option<Gpu>,
    /// What is not there, and why.
    pub skipped: Vec<(String, String)>,
    /// What was found.
    pub found: Vec<String>,
}

/// Signals that go through their iterations at a time: the default, half as many, and all of them.
const AT_ONCE: [(&str, usize); 3] =
    [("8448 at a time", 8_448), ("4224 at a time", 4_224), ("all at once", usize::MAX)];

impl Devices {
    /// Looks for them.
    #[must_use]
    pub fn find() -> Self {
        let mut devices = Self::default();
        match Gpu::find() {
            Ok(gpu) => {
                let info = gpu.info();
                devices.found.push(format!("wgpu: {} ({})", info.name, info.interface));
                devices.gpu = Some(gpu);
            }
            Err(error) => devices.skipped.push(("wgpu".to_owned(), error.to_string())),
        }
        for (sums, what) in [(Sums::Single, "f32"), (Sums::Split, "split TF32")] {
            for (how, at_once) in AT_ONCE {
                match Cuda::find() {
                    Ok(cuda) => {
                        let cuda = cuda.summing(sums).at_once(at_once);
                        devices.cuda.push((format!("cuda {what}, {how}"), cuda));
                    }
                    Err(error) => {
                        devices.skipped.push(("cuda".to_owned(), error.to_string()));
                        return devices;
                    }
                }
            }
        }
        if let Some((_, cuda)) = devices.cuda.first() {
            let info = cuda.info();
            devices.found.push(format!("cuda: {}, driver for CUDA {}", info.name, info.driver));
        }
        devices
    }

    /// Brings a batch of ISTA to all of them.
    ///
    /// # Errors
    /// Numbers that make no dictionary. What does not fit is skipped.
    pub fn ista<'d>(&'d self, case: &Case, numbers: &Numbers) -> Result<Brought<'d>> {
        let dictionary = DenseMatrix::from_columns(case.rows, numbers.a.clone())?;
        let (threshold, iterations) = (case.threshold, case.iterations);
        let mut brought = Brought::default();
        macro_rules! bring {
            ($name:expr, $device:expr) => {
                match ResidentSignals::new($device, &dictionary, &numbers.b, case.step) {
                    Err(error) => brought.skipped.push(($name.clone(), error.to_string())),
                    Ok(signals) => {
                        let signals = std::rc::Rc::new(signals);
                        let other = std::rc::Rc::clone(&signals);
                        brought.own.push(Own {
                            name: $name.clone(),
                            run: Box::new(move || Ok(signals.recover(threshold, iterations)?)),
                            answers: Box::new(move || Ok(other.answers()?)),
                        });
                    }
                }
            };
        }
        for (name, cuda) in &self.cuda {
            bring!(name, cuda);
        }
        if let Some(gpu) = &self.gpu {
            bring!("wgpu".to_owned(), gpu);
        }
        Ok(brought)
    }

    /// Brings systems to CUDA once, and to wgpu. What does not fit is skipped.
    #[must_use]
    pub fn spd<'d>(&'d self, case: &Case, numbers: &Numbers) -> Brought<'d> {
        let mut brought = Brought::default();
        macro_rules! bring {
            ($name:expr, $device:expr) => {
                match ResidentSystems::new($device, case.rows, &numbers.a, &numbers.b) {
                    Err(error) => brought.skipped.push(($name.to_owned(), error.to_string())),
                    Ok(systems) => {
                        let systems = std::rc::Rc::new(systems);
                        let other = std::rc::Rc::clone(&systems);
                        brought.own.push(Own {
                            name: $name.to_owned(),
                            run: Box::new(move || Ok(systems.solve()?)),
                            answers: Box::new(move || Ok(other.answers()?.0)),
                        });
                    }
                }
            };
        }
        if let Some((_, cuda)) = self.cuda.first() {
            bring!("cuda", cuda);
        }
        if let Some(gpu) = &self.gpu {
            bring!("wgpu", gpu);
        }
        brought
    }
}

/// What a case came to on the devices.
#[derive(Debug, Default)]
pub struct Brought<'d> {
    /// Who can do it.
    pub own: Vec<Own<'d>>,
    /// Who cannot, and why.
    pub skipped: Vec<(String, String)>,
}
