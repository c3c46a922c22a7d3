// CUDA C on the processor: every thread of a block is a context of its own, and they take turns at barriers.
// Threads run one after the other up to the next barrier, upwards or downwards as is said, so that what a
// missing barrier would do is seen. Around every memory lie numbers that are none, which nobody may touch.

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <tuple>
#include <ucontext.h>
#include <vector>

#define __global__
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(threads)
#define __shared__ static

struct alignas(16) float4 {
    float x, y, z, w;
};
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
static inline unsigned max(unsigned a, unsigned b) { return a > b ? a : b; }
static inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
static inline unsigned __float_as_uint(float x) {
    unsigned bits;
    memcpy(&bits, &x, 4);
    return bits;
}
static inline float __uint_as_float(unsigned bits) {
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

struct Place {
    unsigned x;
};
static Place threadIdx, blockIdx, blockDim;

namespace shim {
constexpr unsigned WARP = 32;
constexpr size_t STACK = 256 * 1024, GUARD = 64;

struct Barrier {
    unsigned expected = 0, arrived = 0, generation = 0;
    void wait();
    void leave() {
        expected -= 1;
        release();
    }
    void release();
};
struct Thread {
    ucontext_t context;
    std::unique_ptr<char[]> stack;
    bool done;
};
static ucontext_t scheduler;
static std::vector<Thread> threads;
static std::vector<Barrier> warps;
static Barrier block;
static unsigned current;
static bool moved;
static unsigned said[1024];
static void (*body)();

void Barrier::release() {
    if (arrived > 0 && arrived == expected) {
        arrived = 0;
        generation += 1;
        moved = true;
    }
}
void Barrier::wait() {
    const unsigned own = current, before = generation;
    arrived += 1;
    release();
    while (generation == before) {
        swapcontext(&threads[own].context, &scheduler);
    }
}

static void enter() {
    const unsigned own = current;
    body();
    threads[own].done = true;
    moved = true;
    warps[own / WARP].leave();
    block.leave();
    swapcontext(&threads[own].context, &scheduler);
}

static void run_block(unsigned count, bool downwards) {
    threads.resize(count);
    warps.assign((count + WARP - 1) / WARP, Barrier());
    block = Barrier();
    block.expected = count;
    for (unsigned k = 0; k < count; k += 1) {
        warps[k / WARP].expected += 1;
        Thread &thread = threads[k];
        if (!thread.stack) {
            thread.stack.reset(new char[STACK]);
        }
        thread.done = false;
        getcontext(&thread.context);
        thread.context.uc_stack.ss_sp = thread.stack.get();
        thread.context.uc_stack.ss_size = STACK;
        thread.context.uc_link = &scheduler;
        makecontext(&thread.context, enter, 0);
    }
    for (unsigned left = count; left > 0;) {
        moved = false;
        left = 0;
        for (unsigned k = 0; k < count; k += 1) {
            current = downwards ? count - 1 - k : k;
            if (threads[current].done) {
                continue;
            }
            threadIdx.x = current;
            swapcontext(&scheduler, &threads[current].context);
            left += !threads[current].done;
        }
        if (left > 0 && !moved) {
            fprintf(stderr, "threads wait for each other\n");
            exit(4);
        }
    }
}

struct Argument {
    std::vector<unsigned> words;
    bool is_memory;
    template <class T> T as();
    unsigned *begin() {
        // Guards keep the alignment of what is between them.
        return words.data() + GUARD;
    }
};
template <class T> struct Read {
    static T from(Argument &argument) {
        T value;
        memcpy(&value, argument.words.data(), sizeof value);
        return value;
    }
};
template <class T> struct Read<T *> {
    static T *from(Argument &argument) { return (T *)argument.begin(); }
};

// Nobody asks any more where the input ends.
static unsigned next() {
    unsigned word;
    if (fread(&word, 4, 1, stdin) != 1) {
        exit(0);
    }
    return word;
}

template <class... A> struct Kernel {
    static void (*function)(A...);
    static std::tuple<A...> *arguments;
    static void call() { std::apply(function, *arguments); }
};
template <class... A> void (*Kernel<A...>::function)(A...);
template <class... A> std::tuple<A...> *Kernel<A...>::arguments;

// Blocks, threads, order and arguments come from the input: 1, a number of words and the words of memory, or
// 0, 1 and one word. All memory goes to the output.
template <class... A> void run(void (*kernel)(A...)) {
    constexpr unsigned NONE = 0x7fc0dead;
    const unsigned blocks = next(), count = next(), downwards = next();
    std::vector<Argument> given(sizeof...(A));
    for (Argument &argument : given) {
        argument.is_memory = next() == 1;
        const unsigned words = next();
        const size_t guard = argument.is_memory ? GUARD : 0;
        argument.words.assign(words + 2 * guard, NONE);
        for (unsigned k = 0; k < words; k += 1) {
            argument.words[guard + k] = next();
        }
    }
    size_t place = 0;
    std::tuple<A...> arguments{Read<A>::from(given[place++])...};
    Kernel<A...>::function = kernel;
    Kernel<A...>::arguments = &arguments;
    body = Kernel<A...>::call;
    blockDim.x = count;
    for (unsigned k = 0; k < blocks; k += 1) {
        blockIdx.x = downwards ? blocks - 1 - k : k;
        run_block(count, downwards);
    }
    for (Argument &argument : given) {
        if (!argument.is_memory) {
            continue;
        }
        const size_t words = argument.words.size() - 2 * GUARD;
        for (size_t k = 0; k < GUARD; k += 1) {
            if (argument.words[k] != NONE || argument.words[GUARD + words + k] != NONE) {
                fprintf(stderr, "a kernel wrote beyond its memory\n");
                exit(3);
            }
        }
        fwrite(argument.begin(), 4, words, stdout);
    }
    fflush(stdout);
}
} // namespace shim

static inline void __syncthreads() { shim::block.wait(); }
static inline unsigned __shfl_xor_sync(unsigned, unsigned own, int apart) {
    const unsigned thread = threadIdx.x;
    shim::Barrier &warp = shim::warps[thread / shim::WARP];
    shim::said[thread] = own;
    warp.wait();
    const unsigned heard = shim::said[thread ^ (unsigned)apart];
    warp.wait();
    return heard;
}
