// What kernels share; it is put in front of each, after its constants.

// f32's epsilon.
#define ROUNDING 1.1920929e-7f

// Copies a number into shared memory without waiting for it.
static __device__ __forceinline__ void copy_begin(float *shared, const float *global) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    unsigned place = (unsigned)__cvta_generic_to_shared(shared);
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(place), "l"(global) : "memory");
#else
    *shared = *global;
#endif
}

// The same with four numbers, of which the first lies at a multiple of four on both sides.
static __device__ __forceinline__ void copy_four_begin(float *shared, const float *global) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    unsigned place = (unsigned)__cvta_generic_to_shared(shared);
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(place), "l"(global) : "memory");
#else
    *(float4 *)shared = *(const float4 *)global;
#endif
}

// Waits for what this thread began to copy; what others did is seen after the next barrier.
static __device__ __forceinline__ void copy_end() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

static __device__ __forceinline__ bool is_finite(float value) {
    return (__float_as_uint(value) & 0x7f800000u) != 0x7f800000u;
}

// The exponent of the largest of some numbers that are not negative, such that scaling by
// 2^-exponent neither overflows nor vanishes.
static __device__ __forceinline__ unsigned exponent_of(float largest) {
    unsigned exponent = __float_as_uint(largest) >> 23;
    return exponent < 1u ? 1u : exponent > 253u ? 253u : exponent;
}
static __device__ __forceinline__ float scale_down(unsigned exponent) {
    return __uint_as_float((254u - exponent) << 23);
}
static __device__ __forceinline__ float scale_up(unsigned exponent) {
    return __uint_as_float(exponent << 23);
}

// The reciprocal of a power of two.
static __device__ __forceinline__ float reciprocal_of_power(float power) {
    return __uint_as_float((254u << 23) - __float_as_uint(power));
}
