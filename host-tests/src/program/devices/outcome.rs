//! What `devices` found, for people and for programs.

use super::Crossing;
use crate::batch::Backend;
use crate::batch::lanes::{Registers, count, instructions};
use serde::Serialize;
use std::fmt;

/// The JSON object of `devices`.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Threads that run at the same time here.
    pub threads: usize,
    /// Each backend, whether it is there or not.
    pub backends: Vec<Found>,
    /// From which number of problems on which backend is the fastest, as far as it is known.
    pub crossovers: Vec<Crossing>,
}

/// One backend.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// Which.
    pub backend: Backend,
    /// Can batches run on it?
    pub available: bool,
    /// What it is: instructions, or a device and its kind; null where it is not there.
    pub device: Option<String>,
    /// Its driver; null where there is none.
    pub driver: Option<String>,
    /// Problems side by side in f32 and in f64; null where that is not fixed.
    pub lanes: Option<[usize; 2]>,
    /// Why it is not there; null where it is.
    pub reason: Option<String>,
}

impl Outcome {
    /// What is there.
    #[must_use]
    pub fn here() -> Self {
        let scalar =
            Found { lanes: Some([1, 1]), ..Found::there(Backend::Scalar, "the processor") };
        let lanes = [count::<f32>(Registers::One), count::<f64>(Registers::One)];
        let simd = Found { lanes: Some(lanes), ..Found::there(Backend::Simd, instructions()) };
        Self {
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            backends: vec![scalar, simd, gpu(), cuda()],
            crossovers: Crossing::known(),
        }
    }
}

impl Found {
    fn there(backend: Backend, device: impl Into<String>) -> Self {
        let device = Some(device.into());
        Self { backend, available: true, device, driver: None, lanes: None, reason: None }
    }

    fn missing(backend: Backend, reason: String) -> Self {
        let reason = Some(reason);
        Self { backend, available: false, device: None, driver: None, lanes: None, reason }
    }
}

#[cfg(feature = "gpu")]
fn gpu() -> Found {
    match crate::batch::gpu::Gpu::shared() {
        Err(reason) => Found::missing(Backend::Gpu, reason.to_string()),
        Ok(gpu) => {
            let info = gpu.info();
            let device = format!("{} ({})", info.name, info.kind);
            let driver = Some(format!("{} {}", info.interface, info.driver));
            Found { driver, ..Found::there(Backend::Gpu, device) }
        }
    }
}

#[cfg(not(feature = "gpu"))]
fn gpu() -> Found {
    Found::missing(Backend::Gpu, "this build is without the feature gpu".to_owned())
}

#[cfg(feature = "cuda")]
fn cuda() -> Found {
    match crate::batch::cuda::Cuda::shared() {
        Err(reason) => Found::missing(Backend::Cuda, reason.to_string()),
        Ok(cuda) => {
            let info = cuda.info();
            let (major, minor) = info.capability;
            let device = format!("{} (compute capability {major}.{minor})", info.name);
            let driver = Some(format!("CUDA {}", info.driver));
            Found { driver, ..Found::there(Backend::Cuda, device) }
        }
    }
}

#[cfg(not(feature = "cuda"))]
fn cuda() -> Found {
    Found::missing(Backend::Cuda, "this build is without the feature cuda".to_owned())
}

/// A line for each backend.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for found in &self.backends {
            write!(f, "{:<7} ", found.backend.name())?;
            match (&found.device, &found.reason) {
                (Some(device), _) => f.write_str(device)?,
                (None, reason) => write!(f, "not there: {}", reason.as_deref().unwrap_or(""))?,
            }
            if let Some([singles, doubles]) = found.lanes.filter(|lanes| *lanes != [1, 1]) {
                write!(f, ", {singles} x f32 or {doubles} x f64 at a time")?;
            }
            if let Some(driver) = &found.driver {
                write!(f, ", {driver}")?;
            }
            writeln!(f)?;
        }
        let threads = self.threads;
        writeln!(f, "{threads} thread{}", if threads == 1 { "" } else { "s" })?;
        self.crossovers.iter().try_for_each(|crossing| writeln!(f, "{crossing}"))
    }
}
