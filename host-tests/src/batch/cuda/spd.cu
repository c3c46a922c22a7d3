// Direct solution of small symmetric positive definite systems: one thread to a system, its factor in
// registers, 32 systems to a block. Memory's bandwidth is the limit, so a block's matrices, which lie one
// behind the other, are copied into shared memory as they lie, all at once and without waiting.
// ORDER and ONE_MATRIX are put in front.

#define SIZE (ORDER * ORDER)
// Numbers that are read at once.
#define WIDTH (ORDER % 4 == 0 ? 4 : 1)
// Words from one system to the next, such that no two threads meet in a bank: those that read one number are
// 32, and those that read four are eight at a time.
#define APART (WIDTH == 4 ? SIZE + 4 : SIZE | 1)
#define APART_B (ORDER | 1)
#define SYSTEMS 32
// Below it, relative to its diagonal entry, a pivot may be nothing but rounding.
#define FLOOR (8.0f * ORDER * ROUNDING)
// Row i of a triangle, column j <= i.
#define PACKED(i, j) ((i) * ((i) + 1) / 2 + (j))

// The first `count` numbers of a row.
static __device__ __forceinline__ void load_row(const float *row, int count, float *into) {
#pragma unroll
    for (int j = 0; j < count; j += WIDTH) {
        if (WIDTH == 4) {
            const float4 four = *(const float4 *)(row + j);
            into[j] = four.x;
            into[j + 1] = four.y;
            into[j + 2] = four.z;
            into[j + 3] = four.w;
        } else {
            into[j] = row[j];
        }
    }
}

extern "C" __global__ void __launch_bounds__(SYSTEMS)
    solve(const float *matrices, const float *right_hand_sides, const float *scales, float *answers,
          float *residuals, unsigned count) {
    // The same for the matrices of all systems, or one for all.
    __shared__ __attribute__((aligned(16))) float tile[ONE_MATRIX ? SIZE : SYSTEMS * APART];
    __shared__ float vectors[SYSTEMS * APART_B];
    const unsigned own = threadIdx.x;
    const size_t first = (size_t)blockIdx.x * SYSTEMS;
    const unsigned here = count - first < SYSTEMS ? (unsigned)(count - first) : SYSTEMS;

    const float *from = ONE_MATRIX ? matrices : matrices + first * SIZE;
#pragma unroll 8
    for (unsigned k = own * WIDTH; k < (ONE_MATRIX ? 1 : here) * SIZE; k += SYSTEMS * WIDTH) {
        float *into = &tile[ONE_MATRIX ? k : k / SIZE * APART + k % SIZE];
        if (WIDTH == 4) {
            copy_four_begin(into, &from[k]);
        } else {
            copy_begin(into, &from[k]);
        }
    }
    for (unsigned k = own; k < here * ORDER; k += SYSTEMS) {
        copy_begin(&vectors[k / ORDER * APART_B + k % ORDER], &right_hand_sides[first * ORDER + k]);
    }
    copy_end();
    __syncthreads();

    if (own < here) {
        const float *a = ONE_MATRIX ? tile : tile + own * APART;
        float *b = vectors + own * APART_B;
        const float scale = scales[first + own];
        // The lower triangle, then L with the reciprocals of its diagonal; the right-hand side, then x.
        float l[ORDER * (ORDER + 1) / 2], x[ORDER];
#pragma unroll
        for (int i = 0; i < ORDER; i += 1) {
            x[i] = b[i] * scale;
            float row[ORDER + WIDTH];
            load_row(a + i * ORDER, i + 1, row);
#pragma unroll
            for (int j = 0; j <= i; j += 1) {
                l[PACKED(i, j)] = row[j];
            }
        }
        bool usable = true;
#pragma unroll
        for (int k = 0; k < ORDER; k += 1) {
            const float left = l[PACKED(k, k)];
            // Also false for what is not a number.
            usable = usable && left > FLOOR * a[k * ORDER + k];
            const float root = rsqrtf(left);
            l[PACKED(k, k)] = root;
            x[k] *= root;
#pragma unroll
            for (int i = k + 1; i < ORDER; i += 1) {
                l[PACKED(i, k)] *= root;
                x[i] -= l[PACKED(i, k)] * x[k];
            }
#pragma unroll
            for (int j = k + 1; j < ORDER; j += 1) {
#pragma unroll
                for (int i = j; i < ORDER; i += 1) {
                    l[PACKED(i, j)] -= l[PACKED(i, k)] * l[PACKED(j, k)];
                }
            }
        }
        const float back = reciprocal_of_power(scale);
#pragma unroll
        for (int k = ORDER - 1; k >= 0; k -= 1) {
            x[k] *= l[PACKED(k, k)];
#pragma unroll
            for (int i = 0; i < k; i += 1) {
                x[i] -= l[PACKED(k, i)] * x[k];
            }
        }
#pragma unroll
        for (int i = 0; i < ORDER; i += 1) {
            x[i] *= back;
        }
        float largest = 0.0f, squares = 0.0f;
        // One row after the other, or all of A would be in registers, which are few.
#pragma unroll 1
        for (int i = 0; i < ORDER; i += 1) {
            float sum = b[i], row[ORDER];
            load_row(a + i * ORDER, ORDER, row);
#pragma unroll
            for (int j = 0; j < ORDER; j += 1) {
                sum -= row[j] * x[j];
            }
            usable = usable && is_finite(sum);
            b[i] = sum;
            largest = fmaxf(largest, fabsf(sum));
        }
        // Squares neither overflow nor vanish.
        const unsigned exponent = exponent_of(largest);
#pragma unroll
        for (int i = 0; i < ORDER; i += 1) {
            const float scaled = b[i] * scale_down(exponent);
            squares += scaled * scaled;
            b[i] = x[i];
        }
        residuals[first + own] = usable ? sqrtf(squares) * scale_up(exponent) : -1.0f;
    }
    __syncthreads();
    for (unsigned k = own; k < here * ORDER; k += SYSTEMS) {
        answers[first * ORDER + k] = vectors[k / ORDER * APART_B + k % ORDER];
    }
}
