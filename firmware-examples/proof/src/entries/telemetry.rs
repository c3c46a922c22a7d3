//! Runs that are watched, and runs that have a budget.

use core::hint::black_box;
use core::num::NonZeroU32;
use solvekit::sor::AdaptiveSor;
use solvekit::telemetry::{Frame, Wire};
use solvekit::{Armed, FivePoint, Ring, Run, SMatrix, StepCost, Stop};

#[inline(never)]
pub(super) fn watch() {
    let plate = FivePoint::<f32, 5, 3>::laplacian(black_box(0.1));
    let source = SMatrix::repeat(black_box(1.0));
    let Ok(sor) = AdaptiveSor::new(&plate, &source) else { return };
    let mut clock = black_box(0_u32);
    let measured = StepCost::measured(&sor, &mut sor.start(), || {
        clock = clock.wrapping_add(black_box(7));
        clock
    });
    let given = StepCost { step: NonZeroU32::new(black_box(3)).unwrap_or(measured.step), look: 2 };
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let Ok(stop) = stop.within(black_box(50_000), &black_box(given)) else { return };
    let slice = stop.steps_within(black_box(500), &measured).map_or(1, NonZeroU32::get);

    let mut ring = black_box(Ring::<f32, 4>::new());
    let (mut run, mut state) = (Run::new(stop), sor.start());
    let _ = run.advance_observed(&sor, &mut state, slice, &mut ring);
    let mut armed = Armed { arm: black_box(3), observer: &mut ring };
    let _ = run.advance_observed(&sor, &mut state, slice, &mut armed);

    let mut sent = black_box([0; Frame::LONGEST]);
    let mut wire = Wire::new(|bytes: &[u8]| {
        sent.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
        black_box(true)
    });
    while let Some(seen) = ring.pop() {
        black_box(wire.send(&seen, ring.lost()));
    }
    let _ = run.advance_observed(&sor, &mut state, slice, &mut wire);
    black_box((wire.lost(), ring.len(), ring.is_empty(), ring.iter().count()));
    let length = black_box(9);
    black_box(Frame::decode(sent.get(..length).unwrap_or(&[])).is_ok());
}
