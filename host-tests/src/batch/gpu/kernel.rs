//! Kernels: WGSL with its sizes in front, compiled once for each of them, and the memory they work on.
#![allow(unsafe_code, reason = "loops that need no counter beside their own")]

use super::{Gpu, GpuError};
use bytemuck::Pod;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError, mpsc};

/// The source of a kernel, and what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Source {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

/// Kernels that are compiled already.
#[derive(Debug, Default)]
pub(super) struct Kernels(Mutex<HashMap<(Source, String), wgpu::ComputePipeline>>);

impl Kernels {
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Gpu {
    /// The kernel whose constants have these values; its entry is `main`.
    pub(super) fn kernel(
        &self,
        source: Source,
        constants: &[(&str, u32)],
    ) -> wgpu::ComputePipeline {
        let mut head = String::new();
        for (name, value) in constants {
            // A string takes all.
            let _ = writeln!(head, "const {name}: u32 = {value}u;");
        }
        let mut compiled = self.kernels.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (source, head);
        if let Some(kernel) = compiled.get(&key) {
            return kernel.clone();
        }
        let text = format!("{}{}", key.1, source.text);
        let module = wgpu::ShaderModuleDescriptor {
            label: Some(source.name),
            source: wgpu::ShaderSource::Wgsl(text.into()),
        };
        let checks = wgpu::ShaderRuntimeChecks {
            force_loop_bounding: false,
            ..wgpu::ShaderRuntimeChecks::checked()
        };
        // SAFETY: what is left out is a counter in every loop that ends it some time. Every loop of every
        // kernel counts up or down by a constant to a bound that was there before it began, and so ends
        // by itself. Indices are checked as ever.
        let module = unsafe { self.device.create_shader_module_trusted(module, checks) };
        let kernel = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(source.name),
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                // Every kernel writes what it reads.
                zero_initialize_workgroup_memory: false,
                ..Default::default()
            },
            cache: None,
        });
        compiled.insert(key, kernel.clone());
        kernel
    }

    /// Can a buffer be as large?
    pub(super) fn check_buffer(&self, what: &'static str, bytes: u64) -> Result<(), GpuError> {
        let limit = self.limits().buffer_bytes;
        if bytes <= limit { Ok(()) } else { Err(GpuError::TooLarge { what, wanted: bytes, limit }) }
    }

    /// So many workgroups in a row, if that many go.
    pub(super) fn check_workgroups(&self, count: usize) -> Result<u32, GpuError> {
        let limit = self.limits().workgroups;
        u32::try_from(count).ok().filter(|count| *count <= limit).ok_or(GpuError::TooLarge {
            what: "workgroups",
            wanted: count as u64,
            limit: u64::from(limit),
        })
    }

    /// Memory of the device, full of zeros; at least one number.
    pub(super) fn room(&self, what: &'static str, bytes: u64) -> Result<wgpu::Buffer, GpuError> {
        use wgpu::BufferUsages as Use;
        self.check_buffer(what, bytes)?;
        Ok(self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(what),
            size: bytes.max(4),
            usage: Use::STORAGE | Use::UNIFORM | Use::COPY_SRC | Use::COPY_DST,
            mapped_at_creation: false,
        }))
    }

    /// Memory of the device with these numbers in it.
    pub(super) fn upload<T: Pod>(
        &self,
        what: &'static str,
        numbers: &[T],
    ) -> Result<wgpu::Buffer, GpuError> {
        let bytes: &[u8] = bytemuck::cast_slice(numbers);
        let buffer = self.room(what, bytes.len() as u64)?;
        self.queue.write_buffer(&buffer, 0, bytes);
        Ok(buffer)
    }

    /// The bindings 0, 1, … of a kernel.
    pub(super) fn bind(
        &self,
        kernel: &wgpu::ComputePipeline,
        buffers: &[&wgpu::Buffer],
    ) -> wgpu::BindGroup {
        let entries: Vec<_> = (0..)
            .zip(buffers)
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &kernel.get_bind_group_layout(0),
            entries: &entries,
        })
    }

    /// The first number in the device's memory, when all that was submitted is done.
    pub(super) fn read_first(&self, buffer: &wgpu::Buffer) -> Result<u32, GpuError> {
        Ok(self.read_bytes(buffer, 4)?.first().copied().unwrap_or(0))
    }

    /// What is in the device's memory, when all that was submitted is done.
    pub(super) fn read<T: Pod>(&self, buffer: &wgpu::Buffer) -> Result<Vec<T>, GpuError> {
        self.read_bytes(buffer, buffer.size())
    }

    fn read_bytes<T: Pod>(&self, buffer: &wgpu::Buffer, size: u64) -> Result<Vec<T>, GpuError> {
        let driver = |reason: String| GpuError::Driver { reason };
        let landing = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("landing"),
            size,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut commands = self.device.create_command_encoder(&Default::default());
        commands.copy_buffer_to_buffer(buffer, 0, &landing, 0, size);
        self.queue.submit([commands.finish()]);
        let (tell, told) = mpsc::channel();
        landing.map_async(wgpu::MapMode::Read, .., move |mapped| {
            // Nobody waits where the work was given up.
            let _ = tell.send(mapped);
        });
        let waited = self.device.poll(wgpu::PollType::wait_indefinitely());
        waited.map_err(|error| driver(error.to_string()))?;
        let mapped = told.try_recv().map_err(|error| driver(error.to_string()))?;
        mapped.map_err(|error| driver(error.to_string()))?;
        let view = landing.get_mapped_range(..).map_err(|error| driver(error.to_string()))?;
        Ok(view.chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned).collect())
    }
}
