//! The story.

use super::{Array, FakeArray, Gains, M, MP, Masks, N, P, masks};
use crate::Line;
use crate::nor::Nor;
use crate::relax::checksum;
use solvekit::calibration::{Auto, Form, GaussNewton, Order, Sensor, Snapshots, Verdict, search};
use solvekit::dictionary::Signs;
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::storage::TwoSlots;
use solvekit::{Iteration, SVector, Transposed};

type Flash = Nor<1024, 8, 512>;
type Slots = TwoSlots<Flash, Gains>;
type Readings = SVector<f32, MP>;

/// Advances of a calibration between two exposures.
const BUDGET: u32 = 2;

/// The last P exposures, each in the place of the one before with the same mask.
struct Sampling {
    array: Array<FakeArray>,
    readings: Readings,
    next: u8,
}

impl Sampling {
    /// Another exposure.
    ///
    /// # Panics
    /// If the bus failed three times in a row; it fails once in seven transfers.
    fn tick(&mut self) {
        let mut y = [0.0; M];
        self.array.sample(self.next, &mut y).expect("the bus answers");
        let first = usize::from(self.next) * M;
        self.readings.as_mut_slice()[first..first + M].copy_from_slice(&y);
        self.next = (self.next + 1) % P as u8;
    }
}

/// What a calibration came to.
struct Calibrated {
    verdict: Verdict<f32>,
    gains: Gains,
    sensors: [Sensor; M],
    ticks: u32,
}

/// Calibrates on a copy of the readings, a few advances between exposures that go on.
///
/// # Panics
/// If the readings were refused; they are not.
#[inline(never)]
fn calibrate(masks: &Masks, sampling: &mut Sampling) -> Calibrated {
    let (rows, readings) = (Transposed(masks), sampling.readings);
    let room = SVector::<f32, M>::zeros();
    let snapshots =
        Snapshots::new(&rows, &readings, room, Order::BySnapshot).expect("finite readings");
    let auto = Auto::new(snapshots).expect("enough exposures");
    let search = zeros::<f32, { search(N, P) }, 1>();
    let memory = zeros::<f32, { packed(N) }, 1>();
    let mut state = auto.start(memory, search, [Sensor::Sound; M]).expect("buffers that fit");
    let mut ticks = 0;
    let verdict = loop {
        sampling.tick();
        ticks += 1;
        if let Some(verdict) = auto.advance(&mut state, BUDGET) {
            break verdict;
        }
    };
    let gains = Gains {
        gains: core::array::from_fn(|i| state.gains()[i]),
        errors: core::array::from_fn(|i| state.gain_errors()[i]),
    };
    let mut sensors = [Sensor::Sound; M];
    sensors.copy_from_slice(state.sensors());
    Calibrated { verdict, gains, sensors, ticks }
}

const fn sensor_line(sensor: Sensor) -> Option<&'static str> {
    match sensor {
        Sensor::Dead => Some("  dead sensor"),
        Sensor::Stuck => Some("  stuck sensor"),
        Sensor::Clipped => Some("  clipped sensor"),
        Sensor::Erratic => Some("  erratic sensor"),
        Sensor::Weak => Some("  weak sensor"),
        Sensor::Flipped => Some("  flipped sensor"),
        _ => None,
    }
}

impl Calibrated {
    /// The largest error of a gain among those that take part, with the true gains made to have the mean 1
    /// there.
    fn worst(&self, truth: &[f32; M]) -> f32 {
        let kept = || (0..M).filter(|i| self.sensors[*i].takes_part());
        let mean = kept().map(|i| truth[i]).sum::<f32>() / kept().count() as f32;
        kept().map(|i| (self.gains.gains[i] - truth[i] / mean).abs()).fold(0.0, f32::max)
    }

    fn tell(&self, truth: &[f32; M], say: &mut impl FnMut(Line)) {
        let Self { verdict, gains, sensors, ticks } = self;
        say(Line::Text(if verdict.answer.is_given() { "  calibrated" } else { "  refused" }));
        say(Line::Count("  exposures meanwhile", *ticks));
        for (i, sensor) in sensors.iter().enumerate() {
            if let Some(line) = sensor_line(*sensor) {
                say(Line::Count(line, i as u32));
            }
        }
        say(Line::Real("  error to be expected", verdict.predicted));
        say(Line::Real("  largest error", self.worst(truth)));
        say(Line::Real("  gain of sensor 0", gains.gains[0]));
        say(Line::Count("  checksum of all gains", checksum(0, &gains.gains)));
    }
}

/// The story: a first calibration, a second one after a sensor died, both kept in flash; and what f32
/// can do without noise.
///
/// # Panics
/// If the flash refused a save; it does not.
pub fn story(say: &mut impl FnMut(Line)) {
    let masks = masks();
    say(Line::Count("sensors", M as u32));
    say(Line::Count("unknowns", N as u32));
    say(Line::Count("exposures of a calibration", P as u32));
    let array = Array::new(FakeArray::new());
    let mut sampling = Sampling { array, readings: Readings::zeros(), next: 0 };
    let mut buffer = [0; Slots::BUFFER];
    let mut slots = Slots::new(Flash::new(1), [0..512, 512..1024]).expect("two pages");
    for title in ["first calibration", "a sensor has died"] {
        (0..P).for_each(|_| sampling.tick());
        let found = calibrate(&masks, &mut sampling);
        say(Line::Text(title));
        let truth = sampling.array.bus().gains;
        found.tell(&truth, say);
        slots.save(&found.gains, &mut buffer).expect("there is power");
        let loaded = slots.load(&mut buffer).expect("a readable flash").value();
        assert_eq!(loaded, Some(found.gains));
        sampling.array.bus().gains[11] = 0.0;
    }
    say(Line::Text("the gains in flash have the same bits"));
    say(Line::Count("transfers tried again", sampling.array.retries));

    say(Line::Text("without noise, by least squares in f32"));
    exact::<P, MP>(say, "  largest error of 8 exposures", Form::Cholesky);
    exact::<2, { 2 * M }>(say, "  of 2 exposures, one equation more than needed", Form::Rotations);
}

/// The largest relative error of gains from unrounded snapshots.
///
/// # Panics
/// If the snapshots were refused; they are not.
#[inline(never)]
fn exact<const SNAPSHOTS: usize, const ALL: usize>(
    say: &mut impl FnMut(Line),
    label: &'static str,
    form: Form,
) {
    let fake = FakeArray::new();
    let masks = Signs::<f32, ALL, N>::new(16);
    let rows = Transposed(&masks);
    let y = SVector::<f32, ALL>::from_fn(|k, _| {
        fake.gains[k % M] * solvekit::RowOperator::row_dot(&masks, k, &fake.scene)
    });
    let room = SVector::<f32, M>::zeros();
    let snapshots = Snapshots::new(&rows, &y, room, Order::BySnapshot).expect("finite numbers");
    let fit = GaussNewton::new(snapshots).expect("enough snapshots").in_form(form);
    let mut state = fit.start(zeros::<f32, { packed(N) }, 1>()).expect("a buffer that fits");
    // The start, then two steps.
    (0..3).for_each(|_| fit.step(&mut state));
    let mean = fake.gains.iter().sum::<f32>() / M as f32;
    let error = |(found, gain): (&f32, f32)| (found * mean / gain - 1.0).abs();
    let worst = state.gains().iter().zip(fake.gains).map(error).fold(0.0, f32::max);
    say(Line::Real(label, worst));
}
