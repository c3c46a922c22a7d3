//! The story.

use super::{Errors, FakeAdc, FakeImu, Fault, Faulty};
use crate::Line;
use crate::kept::Kept;
use crate::realtime::{HEATERS, Heat, Rod, Solve, load, rod, sweeps};
use crate::relax::checksum;
use drivers::{Adc, Imu, SampleSource, SensorError};
use embedded_hal::delay::DelayNs;
use solvekit::calibration::norm::{NormCalibration, NormError, NormOptions, Samples};

/// One after the other, between times without any.
const FAULTS: [Fault; 5] =
    [Fault::NoAcknowledge, Fault::TimedOut, Fault::StuckLow, Fault::StuckHigh, Fault::Frozen];
/// Ticks from fault to fault.
const EVERY: u32 = 60;
/// Ticks that one lasts.
const LASTS: u32 = 20;
/// Steps of a solve between two samples.
const STEPS: u32 = 3;

/// The fault of a tick, if there is one then.
fn fault_of(tick: u32) -> Option<Fault> {
    let fault = FAULTS.get((tick / EVERY) as usize);
    fault.copied().filter(|_| tick % EVERY >= EVERY - LASTS)
}

/// Solves of the rod while its ADC comes and goes.
struct Heating {
    adc: Adc<Faulty<FakeAdc>>,
    /// The same device on a bus without faults.
    sound: Adc<FakeAdc>,
    currents: [f32; HEATERS],
    errors: Errors,
    /// Good samples that are not those of the sound bus.
    wrong: u32,
}

impl Heating {
    /// A sample; without one the last good one stays.
    ///
    /// # Panics
    /// If the sound bus failed; it has no way to.
    fn tick(&mut self, tick: u32) -> Result<(), SensorError<super::BusFault>> {
        self.adc.bus().fault = fault_of(tick);
        match self.adc.sample() {
            // Frozen, and not yet seen to be.
            Ok(currents) if currents == self.currents => Ok(()),
            Ok(currents) => {
                let truth = self.sound.sample().expect("a sound bus");
                self.wrong += u32::from(currents != truth);
                self.currents = currents;
                Ok(())
            }
            Err(error) => {
                self.errors.note(&error);
                Err(error)
            }
        }
    }

    /// A solve in slices, a sample before each, and once more in one call; the tick after it.
    ///
    /// # Panics
    /// If the currents were not finite; no error leaves any that are not.
    fn solve(&mut self, rod: &Rod, heat: &mut Heat, mut tick: u32, told: &mut Told) -> u32 {
        let load = load(&self.currents);
        let sweeps = sweeps(rod, &load).expect("finite currents");
        let (start, mut solve) = (*heat, Solve::new(*heat));
        let report = loop {
            let error = self.tick(tick).err();
            let before = *solve.heat();
            let report = solve.advance(&sweeps, STEPS);
            told.slices += 1;
            if error.is_some() {
                let moved = *solve.heat() != before || report.status.is_final();
                told.stood_still += u32::from(!moved);
            }
            tick += 1;
            if report.status.is_final() {
                break report;
            }
        };
        let mut whole = Solve::new(start);
        let at_once = whole.finish(&sweeps);
        told.differing += u32::from(at_once != report || whole.heat() != solve.heat());
        told.failures += u32::from(!report.converged());
        told.solves += 1;
        *heat = *solve.heat();
        tick
    }
}

/// What all solves came to.
#[derive(Default)]
struct Told {
    solves: u32,
    slices: u32,
    /// Slices without a sample in which nothing moved.
    stood_still: u32,
    failures: u32,
    differing: u32,
}

fn heating(say: &mut impl FnMut(Line)) {
    let mut heating = Heating {
        adc: Adc::new(Faulty::new(FakeAdc::new())).frozen_after(4),
        sound: Adc::new(FakeAdc::new()),
        currents: [0.0; HEATERS],
        errors: Errors::none(),
        wrong: 0,
    };
    let (rod, mut heat, mut told) = (rod(), Heat::zeros(), Told::default());
    let _ = heating.tick(0);
    let mut tick = 1;
    while tick < EVERY * (FAULTS.len() as u32 + 1) {
        tick = heating.solve(&rod, &mut heat, tick, &mut told);
    }
    say(Line::Text("an ADC on SPI, and a solve that goes on"));
    say(Line::Count("  ticks", tick));
    heating.errors.tell(say);
    say(Line::Count("  good samples that a sound bus has otherwise", heating.wrong));
    say(Line::Count("  solves", told.solves));
    say(Line::Count("  slices", told.slices));
    say(Line::Count("    without a sample and without a step", told.stood_still));
    say(Line::Count("  solves that did not converge", told.failures));
    say(Line::Count("    whose bits differ in one call", told.differing));
    say(Line::Count("  checksum of the last", checksum(0, heat.as_slice())));
}

/// No time passes on an emulated bus.
struct NoDelay;

impl DelayNs for NoDelay {
    fn delay_ns(&mut self, _: u32) {}
}

/// How far apart readings are kept, m/s².
const APART: f32 = 2.7;
/// Earth's, m/s².
const GRAVITY: f32 = 9.806_65;

type Calibrated = Result<NormCalibration<f32>, NormError<f32>>;

/// Turns an IMU about on a bus, and calibrates its accelerometer from what was read.
fn turn(faults: bool) -> (Calibrated, Errors) {
    let mut imu = Imu::new(Faulty::new(FakeImu::new()), Imu::<()>::ADDRESS);
    let mut errors = Errors::none();
    let mut kept = Kept::new(APART);
    let mut last = [0.0; 3];
    let mut tick = 0;
    // As many good samples either way: a fault costs time and nothing else.
    let mut good = 0;
    while good < EVERY * FAULTS.len() as u32 {
        imu.bus().fault = fault_of(tick).filter(|_| faults);
        match imu.sample() {
            Ok([x, y, z, ..]) if [x, y, z] != last => {
                last = [x, y, z];
                good += 1;
                let _ = kept.offer(last.map(|part| part * Imu::<()>::ACCELERATION));
            }
            Ok(_) => {}
            Err(error) => errors.note(&error),
        }
        tick += 1;
    }
    let found = Samples::new(kept.readings())
        .and_then(|samples| NormCalibration::of(&samples, &NormOptions::new(Some(GRAVITY))));
    (found, errors)
}

fn calibrating(say: &mut impl FnMut(Line)) {
    say(Line::Text("an IMU on I2C, and a calibration of its accelerometer"));
    let mut imu = Imu::new(Faulty::new(FakeImu::new()), Imu::<()>::ADDRESS);
    let mut sleeps = |fault: &Fault| {
        imu.bus().fault = Some(*fault);
        imu.wake(&mut NoDelay).is_err()
    };
    let asleep = FAULTS.iter().filter(|fault| sleeps(fault)).count();
    say(Line::Count("  faults with which it does not wake up", asleep as u32));
    imu.bus().fault = None;
    let awake = imu.wake(&mut NoDelay).is_ok();
    say(Line::Text(if awake { "  without any it does" } else { "  without any neither" }));

    let (found, errors) = turn(true);
    let (sound, none) = turn(false);
    errors.tell(say);
    if let (Ok(found), Ok(sound)) = (&found, &sound) {
        say(Line::Real("  spread before", found.spread_before));
        say(Line::Real("  spread", found.spread));
        let bits =
            |of: &NormCalibration<f32>| checksum(checksum(0, &of.model.offset), &of.model.matrix);
        say(Line::Count("  checksum of all numbers", bits(found)));
        say(Line::Count("  on a sound bus", bits(sound)));
    } else {
        say(Line::Text("  refused"));
    }
    assert!(none == Errors::none(), "a sound bus failed");
}

/// The story.
///
/// # Panics
/// If a bus without faults failed; it does not.
pub fn story(say: &mut impl FnMut(Line)) {
    heating(say);
    calibrating(say);
}
