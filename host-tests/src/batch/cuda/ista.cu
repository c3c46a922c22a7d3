// What ISTA does between products of matrices: one signal to 32 threads, four of its numbers to each at a time.
// A signal's numbers lie one behind the other, as many fours as are said, the last of them filled up with
// zeros.
// SPLIT is put in front. Where it is 1, a number v of x and r is two that have 11 bits each, the second behind
// all of the first ones: v = first + second, to a rounding of v.

#define WARP 32
#define EVERYBODY 0xffffffffu

#define RUNNING 0u
#define CONVERGED 1u
#define ITERATION_LIMIT 2u
#define STALLED 3u
#define DIVERGED 4u
#define NON_FINITE 5u

struct Signal {
    unsigned status, iterations, checks;
    float residual, window, window_before, threshold, tolerance, divergence;
};

#if SPLIT
#define PARTS 2
// To the nearest of 11 bits.
static __device__ __forceinline__ float first_bits(float value) {
    const unsigned bits = __float_as_uint(value);
    if (!is_finite(value)) {
        return value;
    }
    return __uint_as_float((bits + 0xfffu + ((bits >> 13) & 1u)) & ~0x1fffu);
}
static __device__ __forceinline__ float4 first_bits(float4 v) {
    return make_float4(first_bits(v.x), first_bits(v.y), first_bits(v.z), first_bits(v.w));
}
static __device__ __forceinline__ float4 load(const float4 *numbers, unsigned k, unsigned fours) {
    const float4 first = numbers[k], second = numbers[k + fours];
    return make_float4(first.x + second.x, first.y + second.y, first.z + second.z,
                       first.w + second.w);
}
static __device__ __forceinline__ void store(float4 *numbers, unsigned k, unsigned fours, float4 v) {
    const float4 first = first_bits(v);
    numbers[k] = first;
    numbers[k + fours] =
        first_bits(make_float4(v.x - first.x, v.y - first.y, v.z - first.z, v.w - first.w));
}
#else
#define PARTS 1
static __device__ __forceinline__ float4 load(const float4 *numbers, unsigned k, unsigned fours) {
    return numbers[k];
}
static __device__ __forceinline__ void store(float4 *numbers, unsigned k, unsigned fours, float4 v) {
    numbers[k] = v;
}
#endif

// Bits of sizes compare as the sizes do, and what is not finite is larger than all others.
static __device__ __forceinline__ unsigned size_bits(float value) {
    return __float_as_uint(value) & 0x7fffffffu;
}
static __device__ __forceinline__ unsigned largest_bits(float4 v) {
    return max(max(size_bits(v.x), size_bits(v.y)), max(size_bits(v.z), size_bits(v.w)));
}
static __device__ __forceinline__ unsigned largest_of_warp(unsigned own) {
#pragma unroll
    for (int apart = WARP / 2; apart > 0; apart /= 2) {
        own = max(own, __shfl_xor_sync(EVERYBODY, own, apart));
    }
    return own;
}

static __device__ __forceinline__ float soft(float x, float gradient, float step, float threshold) {
    const float z = x + step * gradient;
    // What is not a number stays none, which fminf and fmaxf would not see to.
    return z - (z > threshold ? threshold : z < -threshold ? -threshold : z);
}
static __device__ __forceinline__ float4 soft(float4 x, float4 g, float step, float threshold) {
    return make_float4(soft(x.x, g.x, step, threshold), soft(x.y, g.y, step, threshold),
                       soft(x.z, g.z, step, threshold), soft(x.w, g.w, step, threshold));
}

// r = y - product.
extern "C" __global__ void residual(const float4 *y, const float4 *product, float4 *r, unsigned count,
                                    unsigned fours) {
    const unsigned signal = blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    if (signal >= count) {
        return;
    }
    y += (size_t)signal * fours;
    product += (size_t)signal * fours;
    r += (size_t)signal * fours * PARTS;
    for (unsigned k = threadIdx.x % WARP; k < fours; k += WARP) {
        const float4 a = y[k], b = product[k];
        store(r, k, fours, make_float4(a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w));
    }
}

// The largest size of a signal's numbers, as bits.
extern "C" __global__ void largest(const float4 *numbers, unsigned *found, unsigned count,
                                   unsigned fours) {
    const unsigned signal = blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    if (signal >= count) {
        return;
    }
    unsigned most = 0;
    for (unsigned k = threadIdx.x % WARP; k < fours; k += WARP) {
        most = max(most, largest_bits(numbers[(size_t)signal * fours + k]));
    }
    most = largest_of_warp(most);
    if (threadIdx.x % WARP == 0) {
        found[signal] = most;
    }
}

// After `iteration` iterations: looks at the certificate |x - x+| / step of the x that is there, where that is
// due, and ends runs; then x becomes x+ = soft(x + step g). Where `asks`, `left` becomes 1 if a run goes on.
extern "C" __global__ void step(float4 *__restrict__ x, const float4 *__restrict__ gradient, Signal *signals, unsigned *left,
                                unsigned count, unsigned fours, float step, unsigned iteration,
                                unsigned due, unsigned asks, unsigned max_iterations, unsigned stall_window) {
    const unsigned signal = blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    const unsigned lane = threadIdx.x % WARP;
    if (signal >= count) {
        return;
    }
    Signal own = signals[signal];
    // What has ended stays as it is.
    if (own.status != RUNNING) {
        return;
    }
    x += (size_t)signal * fours * PARTS;
    gradient += (size_t)signal * fours;
    if (due) {
        unsigned bits = 0;
        for (unsigned k = lane; k < fours; k += WARP) {
            const float4 v = load(x, k, fours), next = soft(v, gradient[k], step, own.threshold);
            const float4 moved =
                make_float4(v.x - next.x, v.y - next.y, v.z - next.z, v.w - next.w);
            bits = max(bits, largest_bits(moved));
        }
        bits = largest_of_warp(bits);
        const float value = __uint_as_float(bits) / step;
        own.residual = value;
        own.iterations = iteration;
        if (bits >= 0x7f800000u || !is_finite(value)) {
            own.status = NON_FINITE;
        } else if (value <= own.tolerance) {
            own.status = CONVERGED;
        } else if (value > own.divergence) {
            own.status = DIVERGED;
        } else if (iteration >= max_iterations) {
            own.status = ITERATION_LIMIT;
        } else {
            own.window = fmaxf(own.window, value);
            own.checks += 1;
            if (stall_window != 0 && own.checks >= stall_window) {
                if (own.window >= own.window_before) {
                    own.status = STALLED;
                }
                own.window_before = own.window;
                own.window = 0.0f;
                own.checks = 0;
            }
        }
        if (lane == 0) {
            signals[signal] = own;
        }
        if (own.status != RUNNING) {
            return;
        }
    }
    for (unsigned k = lane; k < fours; k += WARP) {
        store(x, k, fours, soft(load(x, k, fours), gradient[k], step, own.threshold));
    }
    // Not always: all of them write to one place.
    if (asks && lane == 0) {
        *left = 1;
    }
}
