//! [`Gpu`]: a device that was found and opened.

use super::kernel::Kernels;
use super::{GpuError, GpuInfo, GpuLimits};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// A graphics processor, by Vulkan, Metal or DirectX 12, whatever the machine's drivers offer.
///
/// ```no_run
/// use solvekit_host::batch::gpu::Gpu;
/// match Gpu::find() {
///     Ok(gpu) => println!("{}", gpu.info().name),
///     Err(why) => println!("{why}"),
/// }
/// ```
pub struct Gpu {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    pub(super) kernels: Kernels,
    info: GpuInfo,
    limits: GpuLimits,
    trouble: Arc<Mutex<Option<GpuError>>>,
}

impl fmt::Debug for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Gpu");
        shown.field("info", &self.info).field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// The one that [`Gpu::shared`] opened.
static SHARED: Mutex<Option<Arc<Gpu>>> = Mutex::new(None);

impl Gpu {
    /// All that the drivers know, the fastest kind first.
    #[must_use]
    pub fn list() -> Vec<GpuInfo> {
        adapters().iter().map(|adapter| adapter.get_info().into()).collect()
    }

    /// Opens the fastest kind there is: with memory of its own before integrated before software.
    ///
    /// # Errors
    /// [`GpuError::NoDevice`]; what the driver says where it does not open.
    pub fn find() -> Result<Self, GpuError> {
        let found = adapters();
        Self::open(found.first().ok_or_else(none_found)?)
    }

    /// Opens the first whose name contains `wanted`, in capitals or not.
    ///
    /// # Errors
    /// As [`find`](Self::find), and [`GpuError::NoSuchDevice`].
    pub fn named(wanted: &str) -> Result<Self, GpuError> {
        let found = adapters();
        if found.is_empty() {
            return Err(none_found());
        }
        let names: Vec<_> = found.iter().map(|adapter| adapter.get_info().name).collect();
        let lower = wanted.to_lowercase();
        let place = names.iter().position(|name| name.to_lowercase().contains(&lower));
        let chosen = place.and_then(|place| found.get(place)).ok_or_else(|| {
            GpuError::NoSuchDevice { wanted: wanted.to_owned(), found: names.join(", ") }
        })?;
        Self::open(chosen)
    }

    /// The one of [`find`](Self::find), opened once for all who ask; anew where it was lost.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn shared() -> Result<Arc<Self>, GpuError> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gpu) = shared.as_ref().filter(|gpu| !gpu.is_lost()) {
            return Ok(Arc::clone(gpu));
        }
        let gpu = Arc::new(Self::find()?);
        *shared = Some(Arc::clone(&gpu));
        Ok(gpu)
    }

    /// Is the one of [`shared`](Self::shared) worth a trial: no program that plays one on the
    /// processor?
    #[must_use]
    pub fn is_fast() -> bool {
        Self::shared().is_ok_and(|gpu| gpu.info().kind != super::GpuKind::Software)
    }

    /// The same with less room, to see what happens when it is short.
    #[must_use]
    pub fn limited(self, limits: GpuLimits) -> Self {
        Self { limits: self.limits.and(limits), ..self }
    }

    /// Which device it is.
    #[must_use]
    pub const fn info(&self) -> &GpuInfo {
        &self.info
    }

    /// What it takes at once.
    #[must_use]
    pub const fn limits(&self) -> GpuLimits {
        self.limits
    }

    /// Gives it up; whatever is asked of it from now on ends with [`GpuError::Lost`].
    pub fn destroy(&self) {
        self.device.destroy();
        // The driver's own word comes with the next poll, if at all.
        note(&self.trouble, GpuError::Lost { reason: "it was given up".to_owned() });
    }

    fn is_lost(&self) -> bool {
        matches!(self.trouble(), Some(GpuError::Lost { .. }))
    }

    fn trouble(&self) -> Option<GpuError> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn open(adapter: &wgpu::Adapter) -> Result<Self, GpuError> {
        let info = GpuInfo::from(adapter.get_info());
        let required_limits = adapter.limits();
        let limits = GpuLimits::new(&required_limits);
        let asked = wgpu::DeviceDescriptor { required_limits, ..Default::default() };
        let opened = pollster::block_on(adapter.request_device(&asked));
        let (device, queue) = opened.map_err(|error| GpuError::NoDevice {
            reason: format!("{} does not open: {error}", info.name),
        })?;
        let trouble = Arc::new(Mutex::new(None));
        let lost = Arc::clone(&trouble);
        device.set_device_lost_callback(move |why, message| {
            note(&lost, GpuError::Lost { reason: format!("{message} ({why:?})") });
        });
        // What no scope catches would panic otherwise.
        let stray = Arc::clone(&trouble);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            note(&stray, error.into());
        }));
        Ok(Self { device, queue, kernels: Kernels::default(), info, limits, trouble })
    }

    /// Does work whose errors the driver tells on the side, and returns the first of them.
    pub(super) fn guarded<T>(
        &self,
        work: impl FnOnce() -> Result<T, GpuError>,
    ) -> Result<T, GpuError> {
        use wgpu::ErrorFilter::{Internal, OutOfMemory, Validation};
        if let Some(GpuError::Lost { reason }) = self.trouble() {
            return Err(GpuError::Lost { reason });
        }
        let [internal, validation, memory] =
            [Internal, Validation, OutOfMemory].map(|kind| self.device.push_error_scope(kind));
        // A driver that loses its device while one waits for it makes wgpu panic.
        let done = catch_unwind(AssertUnwindSafe(work));
        // In the reverse order of their beginnings. Where memory was short, all that follows is
        // invalid: that is told first.
        let caught = [memory, validation, internal].map(|scope| pollster::block_on(scope.pop()));
        // Nobody asks a device that panicked for anything again.
        let done = done.unwrap_or_else(|panic| {
            let reason = panic.downcast_ref::<String>().cloned();
            let reason = reason.unwrap_or_else(|| "its driver gave up".to_owned());
            note(&self.trouble, GpuError::Lost { reason: reason.clone() });
            Err(GpuError::Lost { reason })
        });
        if let Some(GpuError::Lost { reason }) = self.trouble() {
            return Err(GpuError::Lost { reason });
        }
        match caught.into_iter().flatten().next() {
            Some(error) => {
                // Some of them may be what failed.
                self.kernels.forget();
                Err(error.into())
            }
            None => match self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take() {
                Some(stray) => Err(stray),
                None => done,
            },
        }
    }
}

/// The first trouble is the cause of the others, but for a loss, which is final.
fn note(trouble: &Mutex<Option<GpuError>>, error: GpuError) {
    let mut trouble = trouble.lock().unwrap_or_else(PoisonError::into_inner);
    let lost = matches!(error, GpuError::Lost { .. });
    if trouble.is_none() || (lost && !matches!(*trouble, Some(GpuError::Lost { .. }))) {
        *trouble = Some(error);
    }
}

fn none_found() -> GpuError {
    let reason = "no driver for Vulkan, Metal or DirectX 12 with a device was found";
    GpuError::NoDevice { reason: reason.to_owned() }
}

/// The fastest kind first, otherwise in the drivers' order.
fn adapters() -> Vec<wgpu::Adapter> {
    let mut wanted = wgpu::InstanceDescriptor::new_without_display_handle();
    // Neither the layers that check, nor their complaints where they are not installed.
    wanted.flags = wgpu::InstanceFlags::empty();
    let instance = wgpu::Instance::new(wanted);
    let mut found = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    found.sort_by_key(|adapter| GpuInfo::from(adapter.get_info()).kind);
    found
}
