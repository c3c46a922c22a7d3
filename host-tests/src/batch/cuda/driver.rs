//! [`Driver`]: the calls to CUDA's libraries. Nothing else of this crate makes one.
//!
//! What makes them sound, once for all: every pointer into a device's memory comes from an allocation that is
//! borrowed for the call, and [`Driver::address`] has looked that the words which a kernel or a product
//! may touch lie within it. Everything goes through one stream, so what was begun before an allocation is
//! given back is done before it is given to somebody else. Which words a kernel touches is between its source
//! and the function next to it that builds the [`Job`]: `cargo test` runs every kernel on the processor,
//! with guards around its memory.
#![allow(unsafe_code, reason = "calls of C libraries")]

use super::CudaError;
use super::machine::{Argument, Source, Words};
use super::product::Product;
use bytemuck::Pod;
use cudarc::cublas::result::{self as blas, CublasError};
use cudarc::cublas::sys as blas_sys;
use cudarc::driver::result as cuda;
use cudarc::driver::sys::{self, CUresult};
use cudarc::driver::{CudaContext, CudaFunction, CudaSlice, CudaStream, DevicePtr, DriverError};
use cudarc::nvrtc::result as nvrtc;
use cudarc::nvrtc::{Ptx, sys as nvrtc_sys};
use std::ffi::{CStr, CString, c_void};
use std::fmt;
use std::ptr::from_ref;
use std::sync::{Arc, Mutex, PoisonError};

/// A device that is open.
#[derive(Debug)]
pub(super) struct Driver {
    pub(super) context: Arc<CudaContext>,
    stream: Arc<CudaStream>,
    blas: Mutex<Blas>,
}

/// Words of a device's memory.
#[allow(unreachable_pub, reason = "named by a sealed trait")]
pub struct Memory {
    address: sys::CUdeviceptr,
    words: usize,
    /// Gives them back.
    _owned: CudaSlice<u32>,
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("words", &self.words).finish_non_exhaustive()
    }
}

/// The library for products.
#[derive(Debug)]
struct Blas(blas_sys::cublasHandle_t);

// SAFETY: a handle may be used by any thread, by one at a time: it lies behind a lock.
unsafe impl Send for Blas {}

impl Drop for Blas {
    fn drop(&mut self) {
        // SAFETY: it was created, and nobody has it any more. A device that is lost has nothing to free.
        let _ = unsafe { blas::destroy_handle(self.0) };
    }
}

/// Says which library is missing. Asked before any call: cudarc panics where one is.
pub(super) fn libraries() -> Result<(), CudaError> {
    let missing = |library, hint| Err(CudaError::NoLibrary { library, hint });
    let toolkit = "it comes with the CUDA toolkit or with the Python packages of the same name; \
                   LD_LIBRARY_PATH may have to name its folder";
    // SAFETY: the libraries are NVIDIA's own, and loading them runs nothing but their constructors.
    let [driver, compiler, products] = unsafe {
        [sys::is_culib_present(), nvrtc_sys::is_culib_present(), blas_sys::is_culib_present()]
    };
    match (driver, compiler, products) {
        (false, ..) => missing("NVIDIA's driver (libcuda)", "it comes with the processor's driver"),
        (_, false, _) => missing("CUDA's compiler (libnvrtc)", toolkit),
        (.., false) => missing("cuBLAS (libcublas)", toolkit),
        _ => Ok(()),
    }
}

/// Is the compiler there? It needs neither a driver nor a device.
#[cfg(test)]
pub(super) fn has_compiler() -> bool {
    // SAFETY: as above.
    unsafe { nvrtc_sys::is_culib_present() }
}

/// How many devices there are.
pub(super) fn devices() -> Result<usize, CudaError> {
    let counted = CudaContext::device_count().map_err(|error| match error.0 {
        CUresult::CUDA_ERROR_NO_DEVICE => CudaError::NoDevice { reason: NONE.to_owned() },
        _ => CudaError::NoDevice { reason: told(error) },
    })?;
    match usize::try_from(counted) {
        Ok(counted) if counted > 0 => Ok(counted),
        _ => Err(CudaError::NoDevice { reason: NONE.to_owned() }),
    }
}

const NONE: &str = "the driver knows none";

/// The newest CUDA that the driver knows: 1000 times its major and 10 times its minor version.
pub(super) fn version() -> Option<i32> {
    let mut version = 0;
    // SAFETY: it is written to, and nothing else happens.
    let done = unsafe { sys::cuDriverGetVersion(&raw mut version) };
    done.result().ok().map(|()| version)
}

impl Driver {
    pub(super) fn open(ordinal: usize) -> Result<Self, CudaError> {
        let context = CudaContext::new(ordinal).map_err(failed)?;
        let stream = context.default_stream();
        let handle = blas::create_handle().map_err(|error| blas_failed(&error))?;
        let blas = Blas(handle);
        // SAFETY: both are open.
        unsafe { blas::set_stream(handle, stream.cu_stream().cast()) }
            .map_err(|error| blas_failed(&error))?;
        Ok(Self { context, stream, blas: Mutex::new(blas) })
    }

    /// The function of a source that was compiled.
    pub(super) fn load(
        &self,
        source: Source,
        machine_code: Vec<u8>,
    ) -> Result<CudaFunction, CudaError> {
        let module = self.context.load_module(Ptx::from_binary(machine_code)).map_err(failed)?;
        let kernel = module.load_function(source.entry).map_err(failed)?;
        if kernel.shared_size_bytes().map_err(failed)? > 0 {
            // As many blocks at a time as there can be: a hint, which may be refused.
            let _ = kernel.set_attribute(
                sys::CUfunction_attribute::CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT,
                100,
            );
        }
        Ok(kernel)
    }

    pub(super) fn room(&self, words: usize) -> Result<Memory, CudaError> {
        // Of nothing there is no address.
        let owned = self.stream.alloc_zeros::<u32>(words.max(1)).map_err(failed)?;
        let (address, guard) = owned.device_ptr(&self.stream);
        drop(guard);
        Ok(Memory { address, words, _owned: owned })
    }

    pub(super) fn write<T: Pod>(&self, memory: &Memory, numbers: &[T]) -> Result<(), CudaError> {
        let address = address(Words { memory, first: 0, count: size_of_val(numbers) / 4 })?;
        self.context.bind_to_thread().map_err(failed)?;
        let bytes: &[u8] = bytemuck::cast_slice(numbers);
        // SAFETY: as many bytes are there; the host's are read before this returns, for they are not pinned.
        unsafe { cuda::memcpy_htod_async(address, bytes, self.stream.cu_stream()) }.map_err(failed)
    }

    pub(super) fn clear(&self, memory: &Memory) -> Result<(), CudaError> {
        self.context.bind_to_thread().map_err(failed)?;
        let (address, bytes) = (memory.address, 4 * memory.words);
        // SAFETY: as many bytes are there.
        unsafe { cuda::memset_d8_async(address, 0, bytes, self.stream.cu_stream()) }.map_err(failed)
    }

    pub(super) fn read<T: Pod>(&self, memory: &Memory, words: usize) -> Result<Vec<T>, CudaError> {
        let address = address(Words { memory, first: 0, count: words })?;
        self.context.bind_to_thread().map_err(failed)?;
        let mut numbers = vec![T::zeroed(); 4 * words / size_of::<T>()];
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut numbers);
        // SAFETY: no more bytes are asked for than are there, and they stay until the stream is done.
        let asked = unsafe { cuda::memcpy_dtoh_async(bytes, address, self.stream.cu_stream()) };
        let waited = self.wait();
        asked.map_err(failed)?;
        waited?;
        Ok(numbers)
    }

    pub(super) fn wait(&self) -> Result<(), CudaError> {
        self.stream.synchronize().map_err(failed)?;
        // What was freed on the way may have found something too.
        self.context.check_err().map_err(failed)
    }

    pub(super) fn launch(
        &self,
        kernel: &CudaFunction,
        (blocks, threads): (u32, u32),
        arguments: &[Argument<'_, Memory>],
    ) -> Result<(), CudaError> {
        let mut addresses = Vec::with_capacity(arguments.len());
        for argument in arguments {
            addresses.push(match argument {
                Argument::Words(words) => address(*words)?,
                _ => 0,
            });
        }
        let place = |(argument, address): (&Argument<'_, Memory>, &sys::CUdeviceptr)| {
            let place: *const c_void = match argument {
                Argument::Words(_) => from_ref(address).cast(),
                Argument::Count(count) => from_ref(count).cast(),
                Argument::Number(number) => from_ref(number).cast(),
            };
            place.cast_mut()
        };
        let mut places: Vec<*mut c_void> = arguments.iter().zip(&addresses).map(place).collect();
        self.context.bind_to_thread().map_err(failed)?;
        let (grid, block) = ((blocks, 1, 1), (threads, 1, 1));
        // SAFETY: the arguments are those of the kernel, one by one, and are copied before this returns; the
        // words they point to are there (see the head of this file), and stay until the stream is
        // done.
        unsafe {
            cuda::launch_kernel(
                kernel.cu_function(),
                grid,
                block,
                0,
                self.stream.cu_stream(),
                &mut places,
            )
        }
        .map_err(failed)
    }

    pub(super) fn product(
        &self,
        product: &Product,
        [a, b, c]: [Words<'_, Memory>; 3],
    ) -> Result<(), CudaError> {
        let [m, n, k, lda, ldb, ldc] = product.sizes()?;
        let needed = product.words();
        if [a, b, c].iter().zip(needed).any(|(there, needed)| there.count < needed) {
            return Err(beyond());
        }
        let [a, b, c] = [address(a)?, address(b)?, address(c)?];
        let (plain, adjoint) =
            (blas_sys::cublasOperation_t::CUBLAS_OP_N, blas_sys::cublasOperation_t::CUBLAS_OP_T);
        let (one, beta) = (1.0_f32, if product.adds { 1.0_f32 } else { 0.0 });
        let single = blas_sys::cudaDataType_t::CUDA_R_32F;
        let compute = match product.coarse {
            true => blas_sys::cublasComputeType_t::CUBLAS_COMPUTE_32F_FAST_TF32,
            false => blas_sys::cublasComputeType_t::CUBLAS_COMPUTE_32F,
        };
        self.context.bind_to_thread().map_err(failed)?;
        let blas = self.blas.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the handle is open and nobody else uses it now; as many words of each matrix are there as
        // the sizes say; the two factors are on the host, where the library looks for them by default.
        unsafe {
            blas::gemm_ex(
                blas.0,
                if product.transposed { adjoint } else { plain },
                plain,
                m,
                n,
                k,
                from_ref(&one).cast(),
                a as *const c_void,
                single,
                lda,
                b as *const c_void,
                single,
                ldb,
                from_ref(&beta).cast(),
                c as *mut c_void,
                single,
                ldc,
                compute,
                blas_sys::cublasGemmAlgo_t::CUBLAS_GEMM_DEFAULT,
            )
        }
        .map_err(|error| blas_failed(&error))
    }
}

/// Where words begin, which are all there.
fn address(words: Words<'_, Memory>) -> Result<sys::CUdeviceptr, CudaError> {
    let end = words.first.checked_add(words.count).filter(|end| *end <= words.memory.words);
    end.map(|_| words.memory.address + 4 * words.first as u64).ok_or_else(beyond)
}

fn beyond() -> CudaError {
    CudaError::Driver { reason: "a kernel was to look beyond its memory".to_owned() }
}

/// Machine code of a kernel for an architecture (90 for 9.0): no translation by the driver is needed, which
/// would have to be as new as the compiler.
pub(super) fn compile(source: Source, text: &str, architecture: u32) -> Result<Vec<u8>, CudaError> {
    let broken = |log: String| CudaError::Compile { kernel: source.name, log };
    let refused = |error: nvrtc::NvrtcError| broken(error.to_string());
    let text = CString::new(text).map_err(|error| broken(error.to_string()))?;
    let program = Program(nvrtc::create_program(&text, None).map_err(refused)?);
    // Fused sums are one rounding nearer to the truth and half the work; what a device adds up is in the table
    // of tolerances anyway. Roots and quotients are those of IEEE 754, and small numbers stay.
    let architecture = format!("--gpu-architecture=sm_{architecture}");
    let options = ["--fmad=true", "--std=c++17", &architecture];
    // SAFETY: the program was created, and is given up at the end of this function.
    unsafe {
        if let Err(error) = nvrtc::compile_program(program.0, &options) {
            let log = nvrtc::get_program_log(program.0).map_err(refused)?;
            let log: Vec<u8> = log.into_iter().map(|byte| byte as u8).collect();
            let log = CStr::from_bytes_until_nul(&log).unwrap_or_default();
            return Err(broken(format!("{error}: {}", log.to_string_lossy().trim())));
        }
        let mut size = 0;
        nvrtc_sys::nvrtcGetCUBINSize(program.0, &raw mut size).result().map_err(refused)?;
        let mut code = vec![0_u8; size];
        let into = code.as_mut_ptr().cast();
        nvrtc_sys::nvrtcGetCUBIN(program.0, into).result().map_err(refused)?;
        Ok(code)
    }
}

struct Program(nvrtc_sys::nvrtcProgram);

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: it was created, and nobody has it any more.
        let _ = unsafe { nvrtc::destroy_program(self.0) };
    }
}

fn told(error: DriverError) -> String {
    let name = error.error_string().ok().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| format!("{:?}", error.0))
}

/// After some errors a device does nothing any more for this program.
pub(super) fn failed(error: DriverError) -> CudaError {
    use CUresult as Code;
    match error.0 {
        Code::CUDA_ERROR_OUT_OF_MEMORY => CudaError::OutOfMemory,
        Code::CUDA_ERROR_DEINITIALIZED
        | Code::CUDA_ERROR_DEVICE_UNAVAILABLE
        | Code::CUDA_ERROR_ECC_UNCORRECTABLE
        | Code::CUDA_ERROR_NVLINK_UNCORRECTABLE
        | Code::CUDA_ERROR_ILLEGAL_ADDRESS
        | Code::CUDA_ERROR_LAUNCH_TIMEOUT
        | Code::CUDA_ERROR_CONTEXT_IS_DESTROYED
        | Code::CUDA_ERROR_ASSERT
        | Code::CUDA_ERROR_HARDWARE_STACK_ERROR
        | Code::CUDA_ERROR_ILLEGAL_INSTRUCTION
        | Code::CUDA_ERROR_MISALIGNED_ADDRESS
        | Code::CUDA_ERROR_INVALID_ADDRESS_SPACE
        | Code::CUDA_ERROR_INVALID_PC
        | Code::CUDA_ERROR_LAUNCH_FAILED
        | Code::CUDA_ERROR_UNKNOWN => CudaError::Lost { reason: told(error) },
        Code::CUDA_ERROR_NO_DEVICE | Code::CUDA_ERROR_INVALID_DEVICE => {
            CudaError::NoDevice { reason: told(error) }
        }
        _ => CudaError::Driver { reason: told(error) },
    }
}

fn blas_failed(error: &CublasError) -> CudaError {
    match error.0 {
        blas_sys::cublasStatus_t::CUBLAS_STATUS_ALLOC_FAILED => CudaError::OutOfMemory,
        other => CudaError::Driver { reason: format!("cuBLAS: {other:?}") },
    }
}
