//! [`GpuInfo`]: which device it is, and [`GpuLimits`]: what it takes at once.

use std::fmt;

/// What kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GpuKind {
    /// With memory of its own.
    Discrete,
    /// It shares the processor's memory.
    Integrated,
    /// A share of one, in a virtual machine.
    Virtual,
    /// The driver does not say.
    Other,
    /// The processor itself, by a driver in software: for tests, not for speed.
    Software,
}

impl fmt::Display for GpuKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discrete => "discrete",
            Self::Integrated => "integrated",
            Self::Virtual => "virtual",
            Self::Other => "of unknown kind",
            Self::Software => "software",
        })
    }
}

/// Which device it is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct GpuInfo {
    /// Its name.
    pub name: String,
    /// What kind of device.
    pub kind: GpuKind,
    /// By which interface: vulkan, metal, dx12.
    pub interface: String,
    /// Its driver.
    pub driver: String,
}

impl From<wgpu::AdapterInfo> for GpuInfo {
    fn from(info: wgpu::AdapterInfo) -> Self {
        let kind = match info.device_type {
            wgpu::DeviceType::DiscreteGpu => GpuKind::Discrete,
            wgpu::DeviceType::IntegratedGpu => GpuKind::Integrated,
            wgpu::DeviceType::VirtualGpu => GpuKind::Virtual,
            wgpu::DeviceType::Cpu => GpuKind::Software,
            wgpu::DeviceType::Other => GpuKind::Other,
        };
        let driver = format!("{} {}", info.driver, info.driver_info).trim().to_owned();
        Self { name: info.name, kind, interface: info.backend.to_string(), driver }
    }
}

/// What a device takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct GpuLimits {
    /// Bytes of one buffer that a kernel sees.
    pub buffer_bytes: u64,
    /// Workgroups of one dispatch, in a row.
    pub workgroups: u32,
}

impl GpuLimits {
    pub(super) fn new(limits: &wgpu::Limits) -> Self {
        Self {
            buffer_bytes: limits.max_buffer_size.min(limits.max_storage_buffer_binding_size),
            workgroups: limits.max_compute_workgroups_per_dimension,
        }
    }

    /// Neither more than this nor than that.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            buffer_bytes: self.buffer_bytes.min(other.buffer_bytes),
            workgroups: self.workgroups.min(other.workgroups),
        }
    }
}
