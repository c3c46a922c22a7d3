//! What was learned, in flash.

use core::hint::black_box;
use scenarios::opaque::Flash;
use solvekit::SMatrix;
use solvekit::choice::MethodChoice;
use solvekit::sor::AutoMemory;
use solvekit::storage::{Memory, Recovery, TwoSlots, decode, encode, longest};
use solvekit::tuner::{
    ChebCb, CutOff, OmegaTuner, Round, Safe, TsallisBins, TsallisInf, UnimodalUcb, WindowedUcb,
};

#[inline(never)]
pub(super) fn save_and_load() {
    type Tuner = TsallisInf<f32, 20>;
    let mut bytes = black_box([0; longest::<Tuner>()]);
    let length = black_box(bytes.len());
    let decoded = decode::<Tuner>(bytes.get(..length).unwrap_or(&[]));
    if let Ok(mut tuner) = black_box(decoded) {
        black_box(tuner.select(Round::new(black_box(0.5))).is_ok());
        black_box(encode(&tuner, bytes.get_mut(..length).unwrap_or(&mut [])).is_ok());
    }
    let Ok(tuner) = Tuner::evenly(black_box(1.0), black_box(1.95)) else { return };
    let mut buffer = black_box([0; TwoSlots::<Flash, Tuner>::BUFFER]);
    let regions = [black_box(0)..black_box(512), black_box(512)..black_box(1024)];
    let Ok(mut slots) = TwoSlots::<_, Tuner>::new(Flash, regions) else { return };
    for _ in 0..black_box(3) {
        black_box(slots.save(&tuner, &mut buffer).is_ok());
        if let Ok(Recovery::Stored { value, refused }) = slots.load(&mut buffer) {
            black_box((value, refused));
        }
    }
    black_box(slots.saves_per_erase());
}

/// Everything that learns, from bytes and back.
#[inline(never)]
pub(super) fn restore_all() {
    restore::<TsallisBins<f32, 5, 3>>();
    restore::<ChebCb<f32, 5, 3>>();
    restore::<UnimodalUcb<f32, 5>>();
    restore::<WindowedUcb<f32, 5, 30>>();
    restore::<Safe<f32, UnimodalUcb<f32, 5>>>();
    restore::<CutOff<f32, TsallisInf<f32, 5>, 5>>();
    restore::<MethodChoice<f32, 3>>();
    restore::<AutoMemory<f32, SMatrix<f32, 4, 3>>>();
}

fn restore<M: Memory>() {
    let mut buffer = black_box([0; 1024]);
    let length = black_box(buffer.len());
    if let Ok(value) = black_box(decode::<M>(buffer.get(..length).unwrap_or(&[]))) {
        black_box(encode(&value, buffer.get_mut(..length).unwrap_or(&mut [])).is_ok());
    }
}
