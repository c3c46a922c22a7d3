//! A tuner saved to flash and loaded; the driver is only stood in for.

use crate::measure::call;
use crate::size::columns;
use core::hint::black_box;
use scenarios::opaque::Flash;
use solvekit::storage::TwoSlots;
use solvekit::tuner::TsallisInf;

pub(crate) fn slots() {
    type Tuner = TsallisInf<f32, { columns(20) }>;
    let Ok(tuner) = Tuner::evenly(black_box(1.0), black_box(1.95)) else { return };
    let mut buffer = black_box([0; TwoSlots::<Flash, Tuner>::BUFFER]);
    let regions = [black_box(0)..black_box(512), black_box(512)..black_box(1024)];
    let Ok(mut slots) = TwoSlots::<_, Tuner>::new(Flash, regions) else { return };
    // What is found goes where the caller keeps it.
    let found = call(TwoSlots::<Flash, Tuner>::BUFFER, || {
        black_box(slots.save(&tuner, &mut buffer).is_ok());
        slots.load(&mut buffer)
    });
    let _ = black_box(found);
}
