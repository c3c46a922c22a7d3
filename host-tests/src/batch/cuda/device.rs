//! [`Cuda`]: a device that was found and opened.

use super::driver::{self, Driver, Memory};
use super::machine::{Job, Machine, Settings, Source, Sums, Words};
use super::product::Product;
use super::{CudaError, CudaInfo};
use bytemuck::Pod;
use cudarc::driver::CudaFunction;
use std::collections::HashMap;
use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Signals that go through their iterations at a time: 66 tiles of 128, which are half as many as an H200 has
/// processors, and what 250 × 500 numbers make of them stays in its cache.
const SIGNALS_AT_ONCE: usize = 8_448;

/// What is in front of every kernel.
const COMMON: &str = include_str!("common.cuh");

/// An NVIDIA processor, by CUDA.
///
/// ```
/// use solvekit_host::batch::cuda::Cuda;
/// match Cuda::find() {
///     Ok(cuda) => println!("{}", cuda.info().name),
///     Err(why) => println!("{why}"),
/// }
/// ```
pub struct Cuda {
    driver: Driver,
    info: CudaInfo,
    /// Bytes of one allocation, at most.
    limit: u64,
    settings: Settings,
    kernels: Mutex<HashMap<(Source, String), CudaFunction>>,
    lost: Mutex<Option<String>>,
}

impl fmt::Debug for Cuda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Cuda");
        shown.field("info", &self.info).field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The one that [`Cuda::shared`] opened.
static SHARED: Mutex<Option<Arc<Cuda>>> = Mutex::new(None);

/// What is missing here, and will be until the program ends: looking for it takes its time.
static MISSING: OnceLock<CudaError> = OnceLock::new();

impl Cuda {
    /// Opens the driver's first device, which is the fastest one unless `CUDA_DEVICE_ORDER` or
    /// `CUDA_VISIBLE_DEVICES` in the environment say otherwise.
    ///
    /// # Errors
    /// [`CudaError::NoLibrary`] and [`CudaError::NoDevice`] name what is missing; what the driver says where
    /// the device does not open.
    pub fn find() -> Result<Self, CudaError> {
        driver::libraries()?;
        // A library of another version may lack a function: cudarc panics then.
        catch_unwind(Self::open)
            .unwrap_or_else(|panic| Err(CudaError::Driver { reason: said(&*panic) }))
    }

    /// The one of [`find`](Self::find), opened once for all who ask.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn shared() -> Result<Arc<Self>, CudaError> {
        if let Some(missing) = MISSING.get() {
            return Err(missing.clone());
        }
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cuda) = shared.as_ref().filter(|cuda| !cuda.is_lost()) {
            return Ok(Arc::clone(cuda));
        }
        let found = Self::find();
        if let Err(missing @ (CudaError::NoLibrary { .. } | CudaError::NoDevice { .. })) = &found {
            MISSING.get_or_init(|| missing.clone());
        }
        let cuda = Arc::new(found?);
        *shared = Some(Arc::clone(&cuda));
        Ok(cuda)
    }

    /// The same with less room, to see what happens when it is short: so many bytes at once.
    #[must_use]
    pub fn limited(self, bytes: u64) -> Self {
        Self { limit: self.limit.min(bytes), ..self }
    }

    /// The same with products that are made in another way; [`Sums::Single`] where nothing is said.
    #[must_use]
    pub fn summing(self, sums: Sums) -> Self {
        let settings = Settings { sums, ..self.settings };
        Self { settings, ..self }
    }

    /// The same with so many signals at a time that go through all their iterations.
    #[must_use]
    pub fn at_once(self, signals: usize) -> Self {
        let settings = Settings { signals_at_once: signals.max(1), ..self.settings };
        Self { settings, ..self }
    }

    /// Which device it is.
    #[must_use]
    pub const fn info(&self) -> &CudaInfo {
        &self.info
    }

    fn open() -> Result<Self, CudaError> {
        driver::devices()?;
        let driver = Driver::open(0)?;
        let failed = driver::failed;
        let (major, minor) = driver.context.compute_capability().map_err(failed)?;
        let memory = driver.context.total_mem().map_err(failed)? as u64;
        let version = driver::version().unwrap_or(0);
        let info = CudaInfo {
            name: driver.context.name().map_err(failed)?,
            capability: (major.cast_unsigned(), minor.cast_unsigned()),
            memory,
            driver: format!("{}.{}", version / 1_000, version % 1_000 / 10),
        };
        Ok(Self {
            driver,
            info,
            limit: memory,
            settings: Settings { sums: Sums::Single, signals_at_once: SIGNALS_AT_ONCE },
            kernels: Mutex::default(),
            lost: Mutex::default(),
        })
    }

    fn is_lost(&self) -> bool {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.unwrap_or_else(|| "its driver gave up".to_owned())
}

/// A kernel's source with its constants and what all kernels share in front.
pub(super) fn whole(source: Source, constants: &[(&'static str, usize)]) -> String {
    let mut text = String::new();
    for (name, value) in constants {
        // A string takes all.
        let _ = writeln!(text, "#define {name} {value}");
    }
    text + COMMON + source.text
}

impl Machine for Cuda {
    type Memory = Memory;
    type Kernel = CudaFunction;

    fn settings(&self) -> Settings {
        self.settings
    }

    fn guarded<T>(&self, work: impl FnOnce() -> Result<T, CudaError>) -> Result<T, CudaError> {
        if let Some(reason) = self.lost.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Err(CudaError::Lost { reason });
        }
        let done = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|panic| Err(CudaError::Lost { reason: said(&*panic) }));
        if let Err(CudaError::Lost { reason }) = &done {
            *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.clone());
        }
        done
    }
    fn kernel(
        &self,
        source: Source,
        constants: &[(&'static str, usize)],
    ) -> Result<CudaFunction, CudaError> {
        let text = whole(source, constants);
        let mut compiled = self.kernels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kernel) = compiled.get(&(source, text.clone())) {
            return Ok(kernel.clone());
        }
        let (major, minor) = self.info.capability;
        let code = driver::compile(source, &text, 10 * major + minor)?;
        let kernel = self.driver.load(source, code)?;
        compiled.insert((source, text), kernel.clone());
        Ok(kernel)
    }

    fn room(&self, what: &'static str, words: usize) -> Result<Memory, CudaError> {
        let (wanted, limit) = (4 * words as u64, self.limit);
        if wanted > limit {
            return Err(CudaError::TooLarge { what, wanted, limit });
        }
        self.driver.room(words)
    }

    fn write<T: Pod>(&self, memory: &Memory, numbers: &[T]) -> Result<(), CudaError> {
        self.driver.write(memory, numbers)
    }

    fn clear(&self, memory: &Memory) -> Result<(), CudaError> {
        self.driver.clear(memory)
    }

    fn read<T: Pod>(&self, memory: &Memory, words: usize) -> Result<Vec<T>, CudaError> {
        self.driver.read(memory, words)
    }

    fn wait(&self) -> Result<(), CudaError> {
        self.driver.wait()
    }

    fn launch(&self, job: &Job<'_, Self>) -> Result<(), CudaError> {
        self.driver.launch(job.kernel, (job.blocks, job.threads), &job.arguments)
    }

    fn product(
        &self,
        product: &Product,
        a: Words<'_, Memory>,
        b: Words<'_, Memory>,
        c: Words<'_, Memory>,
    ) -> Result<(), CudaError> {
        self.driver.product(product, [a, b, c])
    }
}
