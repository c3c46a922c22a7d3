// Direct solution of symmetric positive definite systems: a few systems to a workgroup, one invocation to a
// row, and one more to the right-hand side, which is factored along as if it were the last row.
// N, GROUP and SHARED are put in front.

const ROWS: u32 = N + 1u;
const PACKED: u32 = ROWS * (ROWS + 1u) / 2u;
// f32's epsilon, 8 N times. Below it, relative to its diagonal entry, a pivot may be nothing but rounding.
const FLOOR: f32 = 8.0 * f32(N) * 1.1920929e-7;

@group(0) @binding(0) var<storage, read> matrices: array<f32>;
@group(0) @binding(1) var<storage, read> right_hand_sides: array<f32>;
// Powers of two that bring the right-hand sides to about 1.
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read_write> answers: array<f32>;
// Norms of b - A x; -1 where a pivot is too small.
@group(0) @binding(4) var<storage, read_write> residuals: array<f32>;

// L by rows; the last row is the scaled right-hand side, then the answer.
var<workgroup> factors: array<f32, GROUP * PACKED>;
// Reciprocals of L's diagonal, then the residual.
var<workgroup> columns: array<f32, GROUP * N>;
var<workgroup> usable: array<u32, GROUP>;

var<private> first: u32;

fn row_start(row: u32) -> u32 {
    return first + row * (row + 1u) / 2u;
}

// Of the first `count` entries of two rows, in the order of the scalar code.
fn product(a: u32, b: u32, count: u32) -> f32 {
    var sums = vec4<f32>(-0.0);
    var j = 0u;
    for (; j + 4u <= count; j += 4u) {
        let p = vec4<f32>(factors[a + j], factors[a + j + 1u], factors[a + j + 2u], factors[a + j + 3u]);
        let q = vec4<f32>(factors[b + j], factors[b + j + 1u], factors[b + j + 2u], factors[b + j + 3u]);
        sums += p * q;
    }
    for (; j < count; j += 1u) {
        sums[j & 3u] += factors[a + j] * factors[b + j];
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// The pivot of a row whose other entries are there: its reciprocal root.
fn pivot(slot: u32, row: u32) {
    let own = row_start(row);
    let diagonal = factors[own + row];
    let left = diagonal - product(own, own, row);
    // Also false for what is not a number.
    if !(left > FLOOR * diagonal) {
        usable[slot] = 0u;
    }
    columns[slot * N + row] = 1.0 / sqrt(left);
}

fn is_finite(value: f32) -> bool {
    return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u;
}

@compute @workgroup_size(GROUP * ROWS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) own: u32) {
    let slot = own / ROWS;
    let row = own % ROWS;
    let system = group.x * GROUP + slot;
    let exists = system < arrayLength(&residuals);
    first = slot * PACKED;

    // Neighbours read neighbouring numbers.
    for (var k = own; k < GROUP * N * N; k += GROUP * ROWS) {
        let into = k / (N * N);
        let i = (k % (N * N)) / N;
        let j = k % N;
        if j <= i && group.x * GROUP + into < arrayLength(&residuals) {
            var place = k % (N * N);
            if SHARED == 0u {
                place += (group.x * GROUP + into) * N * N;
            }
            factors[into * PACKED + i * (i + 1u) / 2u + j] = matrices[place];
        }
    }
    if exists && row < N {
        factors[row_start(N) + row] = right_hand_sides[system * N + row] * scales[system];
    }
    if row == 0u {
        usable[slot] = 1u;
    }
    workgroupBarrier();

    if row == 0u {
        pivot(slot, 0u);
    }
    workgroupBarrier();
    for (var k = 0u; k < N; k += 1u) {
        if row > k {
            let mine = row_start(row);
            let other = row_start(k);
            let entry = factors[mine + k] - product(mine, other, k);
            factors[mine + k] = entry * columns[slot * N + k];
            if row == k + 1u && row < N {
                pivot(slot, row);
            }
        }
        workgroupBarrier();
    }

    let x = row_start(N);
    for (var k = N; k > 0u; k -= 1u) {
        let column = k - 1u;
        if row == column {
            factors[x + column] = factors[x + column] * columns[slot * N + column];
        }
        workgroupBarrier();
        if row < column {
            factors[x + row] = factors[x + row] - factors[x + column] * factors[row_start(column) + row];
        }
    }
    workgroupBarrier();

    if exists && row < N {
        let scale = scales[system];
        // The reciprocal of a power of two.
        let back = bitcast<f32>((254u << 23u) - bitcast<u32>(scale));
        var matrix = row * N;
        if SHARED == 0u {
            matrix += system * N * N;
        }
        var sums = vec4<f32>(-0.0);
        for (var j = 0u; j < N; j += 1u) {
            sums[j & 3u] += matrices[matrix + j] * (factors[x + j] * back);
        }
        let known = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        columns[slot * N + row] = right_hand_sides[system * N + row] - known;
        answers[system * N + row] = factors[x + row] * back;
    }
    workgroupBarrier();

    if exists && row == 0u {
        var largest = 0.0;
        var sound = usable[slot] == 1u;
        for (var j = 0u; j < N; j += 1u) {
            let size = abs(columns[slot * N + j]);
            sound = sound && is_finite(size);
            largest = max(largest, size);
        }
        // Squares neither overflow nor vanish: scaled by a power of two near the largest.
        let exponent = clamp(bitcast<u32>(largest) >> 23u, 1u, 253u);
        let scale = bitcast<f32>((254u - exponent) << 23u);
        var sums = vec4<f32>(-0.0);
        for (var j = 0u; j < N; j += 1u) {
            let scaled = columns[slot * N + j] * scale;
            sums[j & 3u] += scaled * scaled;
        }
        let norm = sqrt((sums[0] + sums[1]) + (sums[2] + sums[3])) * bitcast<f32>(exponent << 23u);
        residuals[system] = select(-1.0, norm, sound);
    }
}
