// After a proposal: looks at the certificates that are due, ends runs, and counts the others.

struct Signal {
    status: u32, iterations: u32, checks: u32, residual: f32, window: f32, window_before: f32,
    threshold: f32, tolerance: f32, divergence: f32,
}
struct Rule { check_every: u32, max_iterations: u32, stall_window: u32, step: f32 }

@group(0) @binding(0) var<storage, read_write> signals: array<Signal>;
@group(0) @binding(1) var<storage, read_write> largest: array<u32>;
@group(0) @binding(2) var<storage, read_write> left: atomic<u32>;
@group(0) @binding(3) var<uniform> rule: Rule;

const RUNNING: u32 = 0u;
const CONVERGED: u32 = 1u;
const ITERATION_LIMIT: u32 = 2u;
const STALLED: u32 = 3u;
const DIVERGED: u32 = 4u;
const NON_FINITE: u32 = 5u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) place: vec3<u32>) {
    if place.x >= arrayLength(&signals) {
        return;
    }
    var signal = signals[place.x];
    if signal.status != RUNNING {
        return;
    }
    signal.iterations += 1u;
    let bits = largest[place.x];
    largest[place.x] = 0u;
    let capped = signal.iterations >= rule.max_iterations;
    if capped || signal.iterations % rule.check_every == 0u {
        let value = bitcast<f32>(bits) / rule.step;
        signal.residual = value;
        if bits >= 0x7f800000u || (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u {
            signal.status = NON_FINITE;
        } else if value <= signal.tolerance {
            signal.status = CONVERGED;
        } else if value > signal.divergence {
            signal.status = DIVERGED;
        } else if capped {
            signal.status = ITERATION_LIMIT;
        } else {
            signal.window = max(signal.window, value);
            signal.checks += 1u;
            if rule.stall_window != 0u && signal.checks >= rule.stall_window {
                if signal.window >= signal.window_before {
                    signal.status = STALLED;
                }
                signal.window_before = signal.window;
                signal.window = 0.0;
                signal.checks = 0u;
            }
        }
    }
    signals[place.x] = signal;
    if signal.status == RUNNING {
        atomicAdd(&left, 1u);
    }
}
