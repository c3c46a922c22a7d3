// Relaxation, one system to an invocation: as many sweeps as `rule` says, or until the run ends.
// N, LANES, SHARED and SYMMETRIC are put in front; finite numbers are told from others by their bits, since
// a compiler of shaders may assume that there are no others.

struct Setting { omega: f32, scale: f32, tolerance: f32, divergence: f32 }
struct Run {
    status: u32, iterations: u32, checks: u32,
    residual: f32, window: f32, window_before: f32,
}
struct Rule { sweeps: u32, check_every: u32, max_iterations: u32, stall_window: u32, order: u32 }
struct Left { count: atomic<u32>, systems: array<u32> }

const RUNNING: u32 = 0u;
const CONVERGED: u32 = 1u;
const ITERATION_LIMIT: u32 = 2u;
const STALLED: u32 = 3u;
const DIVERGED: u32 = 4u;
const NON_FINITE: u32 = 5u;

// Numbers of one matrix: its rows, and the reciprocals of its diagonal.
const SIZE: u32 = N * N + N;
// Below it squares have lost digits: f32's epsilon to the fourth power.
const TINY: f32 = 2.0194839e-28;

// Systems in groups of LANES, a group's numbers of one place side by side.
@group(0) @binding(0) var<storage, read> matrices: array<f32>;
@group(0) @binding(1) var<storage, read> right_hand_sides: array<f32>;
@group(0) @binding(2) var<storage, read_write> answers: array<f32>;
@group(0) @binding(3) var<storage, read> settings: array<Setting>;
@group(0) @binding(4) var<storage, read_write> runs: array<Run>;
// How many systems are left, and which.
@group(0) @binding(5) var<storage, read> before: array<u32>;
@group(0) @binding(6) var<storage, read_write> after: Left;
@group(0) @binding(7) var<uniform> rule: Rule;

var<workgroup> x: array<f32, N * LANES>;

// Where this invocation's numbers are: the first, and from one to the next.
var<private> matrix: u32;
var<private> stride: u32;
var<private> vectors: u32;
var<private> lane: u32;

// N, but unknown to the compiler where it would write out thousands of products.
fn order() -> u32 {
    if N > 8u {
        return rule.order;
    }
    return N;
}

fn is_finite(value: f32) -> bool {
    return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u;
}

fn entry(place: u32) -> f32 {
    return matrices[matrix + place * stride];
}

// In the order of the scalar code: four sums, one for every fourth product.
fn row_times_x(row: u32) -> f32 {
    var sums = vec4<f32>(-0.0);
    let first = row * N;
    for (var j = 0u; j + 4u <= order(); j += 4u) {
        let a = vec4<f32>(entry(first + j), entry(first + j + 1u), entry(first + j + 2u), entry(first + j + 3u));
        let p = j * LANES + lane;
        sums += a * vec4<f32>(x[p], x[p + LANES], x[p + 2u * LANES], x[p + 3u * LANES]);
    }
    for (var j = order() & ~3u; j < order(); j += 1u) {
        sums[j & 3u] += entry(first + j) * x[j * LANES + lane];
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

fn residual(row: u32) -> f32 {
    return right_hand_sides[vectors + row * LANES] - row_times_x(row);
}

fn relax(row: u32, omega: f32) {
    let place = row * LANES + lane;
    let old = x[place];
    let new_x = old + (omega * entry(N * N + row)) * residual(row);
    if is_finite(new_x) {
        x[place] = new_x;
    }
}

fn squares(scale: f32) -> f32 {
    var sums = vec4<f32>(-0.0);
    for (var row = 0u; row < order(); row += 1u) {
        let scaled = residual(row) * scale;
        sums[row & 3u] += scaled * scaled;
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// A power of two that brings x to about 1, and its reciprocal.
fn unit_scale(value: f32) -> vec2<f32> {
    let bits = bitcast<u32>(value) & 0x7fffffffu;
    if bits == 0u {
        return vec2<f32>(1.0);
    }
    let exponent = clamp(bits >> 23u, 1u, 253u);
    return vec2<f32>(bitcast<f32>((254u - exponent) << 23u), bitcast<f32>(exponent << 23u));
}

fn residual_norm(scale: f32) -> f32 {
    let all = squares(scale);
    if all >= TINY && is_finite(all) {
        return sqrt(all) * unit_scale(scale).x;
    }
    var largest = 0.0;
    for (var row = 0u; row < order(); row += 1u) {
        let size = abs(residual(row));
        if !is_finite(size) {
            return size;
        }
        largest = max(largest, size);
    }
    let own = unit_scale(largest);
    return sqrt(squares(own.x)) * own.y;
}

fn judge(run: ptr<function, Run>, setting: Setting, value: f32) {
    (*run).residual = value;
    if !is_finite(value) {
        (*run).status = NON_FINITE;
    } else if value <= setting.tolerance {
        (*run).status = CONVERGED;
    } else if value > setting.divergence {
        (*run).status = DIVERGED;
    } else if (*run).iterations >= rule.max_iterations {
        (*run).status = ITERATION_LIMIT;
    } else {
        (*run).window = max((*run).window, value);
        (*run).checks += 1u;
        if rule.stall_window != 0u && (*run).checks >= rule.stall_window {
            if (*run).window >= (*run).window_before {
                (*run).status = STALLED;
            }
            (*run).window_before = (*run).window;
            (*run).window = 0.0;
            (*run).checks = 0u;
        }
    }
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) own: u32) {
    let place = group.x * LANES + own;
    if place >= before[0] {
        return;
    }
    let system = before[1u + place];
    lane = own;
    vectors = (system / LANES) * N * LANES + system % LANES;
    if SHARED == 1u {
        matrix = 0u;
        stride = 1u;
    } else {
        matrix = (system / LANES) * SIZE * LANES + system % LANES;
        stride = LANES;
    }
    let setting = settings[system];
    var run = runs[system];
    for (var row = 0u; row < order(); row += 1u) {
        x[row * LANES + lane] = answers[vectors + row * LANES];
    }
    for (var sweep = 0u; sweep < rule.sweeps; sweep += 1u) {
        for (var row = 0u; row < order(); row += 1u) {
            relax(row, setting.omega);
        }
        if SYMMETRIC == 1u {
            for (var row = order(); row > 0u; row -= 1u) {
                relax(row - 1u, setting.omega);
            }
        }
        run.iterations += 1u;
        if run.iterations >= rule.max_iterations || run.iterations % rule.check_every == 0u {
            judge(&run, setting, residual_norm(setting.scale));
            if run.status != RUNNING {
                break;
            }
        }
    }
    for (var row = 0u; row < order(); row += 1u) {
        answers[vectors + row * LANES] = x[row * LANES + lane];
    }
    runs[system] = run;
    if run.status == RUNNING {
        after.systems[atomicAdd(&after.count, 1u)] = system;
    }
}
