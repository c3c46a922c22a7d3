// Direct solution of symmetric positive definite systems that are too large for one thread's registers: a few
// systems to a block, one thread to a row, and one more to the right-hand side, which is factored along as
// if it were the last row.
// ORDER, GROUP and ONE_MATRIX are put in front.

#define ROWS (ORDER + 1)
#define SIZE (ORDER * ORDER)
#define ALL (ROWS * (ROWS + 1) / 2)
// Below it, relative to its diagonal entry, a pivot may be nothing but rounding.
#define FLOOR (8.0f * ORDER * ROUNDING)

static __device__ __forceinline__ unsigned row_start(unsigned row) { return row * (row + 1) / 2; }

// Of the first `count` entries of two rows, in the order of the scalar code.
static __device__ float product(const float *a, const float *b, unsigned count) {
    float s0 = 0.0f, s1 = 0.0f, s2 = 0.0f, s3 = 0.0f;
    unsigned j = 0;
    for (; j + 4 <= count; j += 4) {
        s0 += a[j] * b[j];
        s1 += a[j + 1] * b[j + 1];
        s2 += a[j + 2] * b[j + 2];
        s3 += a[j + 3] * b[j + 3];
    }
    if (j < count) {
        s0 += a[j] * b[j];
    }
    if (j + 1 < count) {
        s1 += a[j + 1] * b[j + 1];
    }
    if (j + 2 < count) {
        s2 += a[j + 2] * b[j + 2];
    }
    return (s0 + s1) + (s2 + s3);
}

extern "C" __global__ void __launch_bounds__(GROUP *ROWS)
    solve(const float *matrices, const float *right_hand_sides, const float *scales, float *answers,
          float *residuals, unsigned count) {
    // L by rows; the last row is the scaled right-hand side, then the answer.
    __shared__ float factors[GROUP * ALL];
    // Reciprocals of L's diagonal, then the residual.
    __shared__ float columns[GROUP * ORDER];
    __shared__ unsigned usable[GROUP];
    const unsigned own = threadIdx.x, slot = own / ROWS, row = own % ROWS;
    const size_t first = (size_t)blockIdx.x * GROUP, system = first + slot;
    const bool exists = system < count;
    float *factor = factors + slot * ALL, *column = columns + slot * ORDER;

    // Neighbours read neighbouring numbers.
    for (unsigned k = own; k < GROUP * SIZE; k += GROUP * ROWS) {
        const unsigned into = k / SIZE, i = k % SIZE / ORDER, j = k % ORDER;
        if (j <= i && first + into < count) {
            const float *from = ONE_MATRIX ? matrices : matrices + (first + into) * SIZE;
            factors[into * ALL + row_start(i) + j] = from[k % SIZE];
        }
    }
    float *x = factor + row_start(ORDER);
    if (exists && row < ORDER) {
        x[row] = right_hand_sides[system * ORDER + row] * scales[system];
    }
    if (row == 0) {
        usable[slot] = 1;
    }
    __syncthreads();
    for (unsigned k = 0; k < ORDER; k += 1) {
        if (row == k) {
            const float diagonal = factor[row_start(k) + k];
            const float left = diagonal - product(factor + row_start(k), factor + row_start(k), k);
            // Also false for what is not a number.
            if (!(left > FLOOR * diagonal)) {
                usable[slot] = 0;
            }
            column[k] = 1.0f / sqrtf(left);
        }
        __syncthreads();
        if (row > k) {
            float *mine = factor + row_start(row);
            mine[k] = (mine[k] - product(mine, factor + row_start(k), k)) * column[k];
        }
        __syncthreads();
    }
    for (unsigned k = ORDER; k > 0; k -= 1) {
        const unsigned last = k - 1;
        if (row == last) {
            x[last] *= column[last];
        }
        __syncthreads();
        if (row < last) {
            x[row] -= x[last] * factor[row_start(last) + row];
        }
        __syncthreads();
    }

    if (exists && row < ORDER) {
        const float back = reciprocal_of_power(scales[system]);
        const float *a = (ONE_MATRIX ? matrices : matrices + system * SIZE) + row * ORDER;
        float sum = right_hand_sides[system * ORDER + row];
        for (unsigned j = 0; j < ORDER; j += 1) {
            sum -= a[j] * (x[j] * back);
        }
        column[row] = sum;
        answers[system * ORDER + row] = x[row] * back;
    }
    __syncthreads();

    if (exists && row == 0) {
        float largest = 0.0f, squares = 0.0f;
        bool sound = usable[slot] == 1;
        for (unsigned j = 0; j < ORDER; j += 1) {
            sound = sound && is_finite(column[j]);
            largest = fmaxf(largest, fabsf(column[j]));
        }
        // Squares neither overflow nor vanish.
        const unsigned exponent = exponent_of(largest);
        for (unsigned j = 0; j < ORDER; j += 1) {
            const float scaled = column[j] * scale_down(exponent);
            squares += scaled * scaled;
        }
        residuals[system] = sound ? sqrtf(squares) * scale_up(exponent) : -1.0f;
    }
}
