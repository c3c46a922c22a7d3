//! [`Backend`]: what does the work.

use std::fmt;

/// What does the work of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Backend {
    /// One problem after the other by the solvers' own code: the reference of all others.
    Scalar,
    /// Problems side by side in the processor's vector registers.
    Simd,
    /// A graphics processor by Vulkan, Metal or DirectX.
    Gpu,
    /// An NVIDIA processor by CUDA.
    Cuda,
}

impl Backend {
    /// The name, as the program's option has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Simd => "simd",
            Self::Gpu => "gpu",
            Self::Cuda => "cuda",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
