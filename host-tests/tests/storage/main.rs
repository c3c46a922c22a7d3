//! What was learned survives a reset: bytes, slots, power cuts, corruption.

mod auto;
mod calibration;
mod cuts;
mod fields;
mod garbage;
mod kinds;
mod methods;
mod mirror;
mod record;
mod resume;
mod slots;
mod unsound;
mod wild;
mod windowed;

use serde::Serialize;
use solvekit::Real;
use solvekit::storage::Memory;
use solvekit::tuner::{Cost, OmegaTuner, Round, TsallisInf};

/// The small tuner of most tests.
type Tuner = TsallisInf<f32, 5>;

/// A tuner after so many solves; in the middle of the next one if `playing`.
fn learned<R: Real, const K: usize>(solves: u32, playing: bool) -> TsallisInf<R, K> {
    let (first, last) = (R::from_f64(1.0), R::from_f64(1.9));
    let mut tuner = TsallisInf::evenly(first, last).expect("valid arms");
    for round in 0..solves {
        let omega = tuner.select(Round::new(draw(round))).expect("valid").omega;
        tuner.update(Cost::Solved(cost(omega))).expect("valid");
    }
    if playing {
        tuner.select(Round::new(draw(solves))).expect("valid");
    }
    tuner
}

/// A number in [0, 1) that is exact in f32.
fn draw<R: Real>(round: u32) -> R {
    R::from_f64(f64::from(round * 37 % 64) / 64.0)
}

fn cost<R: Real>(omega: R) -> R {
    R::from_f64(40.0) + R::from_f64(100.0) * (omega - R::from_f64(1.5)).abs()
}

/// CRC-32 of zip, from its definition.
fn crc32(parts: &[&[u8]]) -> u32 {
    let mut remainder = u32::MAX;
    for byte in parts.iter().copied().flatten() {
        remainder ^= u32::from(*byte);
        for _ in 0..8 {
            let carry = remainder & 1;
            remainder = (remainder >> 1) ^ (0xEDB8_8320 * carry);
        }
    }
    !remainder
}

/// A record as the documentation describes it, of any payload.
fn forge(version: u32, tag: u32, sequence: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = b"skit".to_vec();
    for word in [version, tag, sequence, payload.len() as u32] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(crc32(&[&bytes, payload]).to_le_bytes());
    bytes.extend(payload);
    bytes
}

/// The record of a value, by this file's own code and postcard.
fn record<M: Memory + Serialize>(value: &M, sequence: u32) -> Vec<u8> {
    forge(1, M::TAG, sequence, &postcard::to_stdvec(value).expect("serialisable"))
}
