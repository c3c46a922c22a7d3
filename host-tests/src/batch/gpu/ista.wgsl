// A product of matrices, signal by signal, and what ISTA makes of it. 128 signals and 128 columns to a
// workgroup, 8 x 8 of them to an invocation, 8 terms of the sums at a time.
// PASS is put in front: 0 is r = y - x A', 1 is x+ = soft(x + step r A), 2 is the largest |r A|.

struct Signal {
    status: u32, iterations: u32, checks: u32, residual: f32, window: f32, window_before: f32,
    threshold: f32, tolerance: f32, divergence: f32,
}
struct Sizes { signals: u32, terms: u32, columns: u32, step: f32 }

// One signal's numbers lie one behind the other.
@group(0) @binding(0) var<storage, read> left: array<f32>;
@group(0) @binding(1) var<storage, read> right: array<f32>;
@group(0) @binding(2) var<storage, read> beside: array<f32>;
@group(0) @binding(3) var<storage, read_write> made: array<f32>;
@group(0) @binding(4) var<storage, read> signals: array<Signal>;
// The bits of numbers that are not negative: as integers they compare as the numbers do, and what is not
// finite is larger than all others.
@group(0) @binding(5) var<storage, read_write> largest: array<atomic<u32>>;
@group(0) @binding(6) var<uniform> sizes: Sizes;

var<workgroup> left_terms: array<vec4<f32>, 256>;
var<workgroup> right_terms: array<vec4<f32>, 256>;
var<workgroup> is_needed: u32;

fn size_bits(value: f32) -> u32 {
    return bitcast<u32>(value) & 0x7fffffffu;
}

// One number of the product; returns what counts for the largest.
fn finish_one(signal: u32, column: u32, sum: f32) -> u32 {
    if column >= sizes.columns {
        return 0u;
    }
    let place = signal * sizes.columns + column;
    if PASS == 0u {
        made[place] = beside[place] - sum;
        return 0u;
    } else if PASS == 1u {
        let x = beside[place];
        let z = x + sizes.step * sum;
        let threshold = signals[signal].threshold;
        let next = z - clamp(z, -threshold, threshold);
        made[place] = next;
        return size_bits(x - next);
    }
    return size_bits(sum);
}

fn finish(signal: u32, column: u32, first: vec4<f32>, second: vec4<f32>) {
    if signal >= sizes.signals {
        return;
    }
    // What has ended stays as it is.
    if signals[signal].status != 0u {
        return;
    }
    var most = 0u;
    for (var k = 0u; k < 4u; k += 1u) {
        most = max(most, finish_one(signal, column + k, first[k]));
        most = max(most, finish_one(signal, column + 64u + k, second[k]));
    }
    if PASS != 0u {
        atomicMax(&largest[signal], most);
    }
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) own: u32) {
    let first_signal = group.x * 128u;
    let first_column = group.y * 128u;
    if own == 0u {
        is_needed = 0u;
    }
    workgroupBarrier();
    if own < 128u && first_signal + own < sizes.signals {
        if signals[first_signal + own].status == 0u {
            is_needed = 1u;
        }
    }
    if workgroupUniformLoad(&is_needed) == 0u {
        return;
    }
    var c00 = vec4<f32>(); var c01 = vec4<f32>();
    var c10 = vec4<f32>(); var c11 = vec4<f32>();
    var c20 = vec4<f32>(); var c21 = vec4<f32>();
    var c30 = vec4<f32>(); var c31 = vec4<f32>();
    var c40 = vec4<f32>(); var c41 = vec4<f32>();
    var c50 = vec4<f32>(); var c51 = vec4<f32>();
    var c60 = vec4<f32>(); var c61 = vec4<f32>();
    var c70 = vec4<f32>(); var c71 = vec4<f32>();
    for (var term = 0u; term < sizes.terms; term += 8u) {
        // Two invocations to a signal, and 32 to a term.
        let signal = own / 2u;
        let from_term = (own % 2u) * 4u;
        let to_column = (own % 32u) * 4u;
        let own_term = own / 32u;
        var terms = vec4<f32>();
        for (var k = 0u; k < 4u; k += 1u) {
            let s = first_signal + signal;
            let t = term + from_term + k;
            var value = 0.0;
            if s < sizes.signals && t < sizes.terms {
                value = left[s * sizes.terms + t];
            }
            left_terms[(from_term + k) * 32u + signal / 4u][signal % 4u] = value;
            let c = first_column + to_column + k;
            if term + own_term < sizes.terms && c < sizes.columns {
                terms[k] = right[(term + own_term) * sizes.columns + c];
            }
        }
        right_terms[own] = terms;
        workgroupBarrier();
        for (var k = 0u; k < 8u; k += 1u) {
            let a0 = left_terms[k * 32u + own / 16u];
            let a1 = left_terms[k * 32u + 16u + own / 16u];
            let b0 = right_terms[k * 32u + own % 16u];
            let b1 = right_terms[k * 32u + 16u + own % 16u];
            c00 += a0.x * b0;
            c01 += a0.x * b1;
            c10 += a0.y * b0;
            c11 += a0.y * b1;
            c20 += a0.z * b0;
            c21 += a0.z * b1;
            c30 += a0.w * b0;
            c31 += a0.w * b1;
            c40 += a1.x * b0;
            c41 += a1.x * b1;
            c50 += a1.y * b0;
            c51 += a1.y * b1;
            c60 += a1.z * b0;
            c61 += a1.z * b1;
            c70 += a1.w * b0;
            c71 += a1.w * b1;
        }
        workgroupBarrier();
    }
    let signal = first_signal + (own / 16u) * 4u;
    let column = first_column + (own % 16u) * 4u;
    finish(signal, column, c00, c01);
    finish(signal + 1u, column, c10, c11);
    finish(signal + 2u, column, c20, c21);
    finish(signal + 3u, column, c30, c31);
    finish(signal + 64u, column, c40, c41);
    finish(signal + 65u, column, c50, c51);
    finish(signal + 66u, column, c60, c61);
    finish(signal + 67u, column, c70, c71);
}
