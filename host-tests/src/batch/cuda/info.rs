//! [`CudaInfo`]: which device it is.

/// Which device it is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CudaInfo {
    /// Its name.
    pub name: String,
    /// Its compute capability.
    pub capability: (u32, u32),
    /// Bytes of its memory.
    pub memory: u64,
    /// The newest CUDA that its driver knows.
    pub driver: String,
}
