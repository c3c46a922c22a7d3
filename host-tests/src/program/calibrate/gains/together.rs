//! [`Together`]: devices of which no row is missing, calibrated side by side.

use super::data::Data;
use super::found::Judged;
use super::residual::Residual;
use super::{GainsFound, Method, Options};
use crate::batch::{Answers, Calibrated, CalibrationBatch};
use crate::matrix::DenseMatrix;
use crate::program::calibrate::group::Group;
use crate::program::calibrate::{CalibrateError, Common, DeviceOutcome, Outcome, every};
use crate::program::{Chosen, Interrupt, Work};
use solvekit::calibration::{CalibrationError, Counts};
use std::time::Instant;

type Answered = Answers<f64, Result<Calibrated<f64>, CalibrationError>>;

/// Devices that all see through the same matrices, and what `auto` found of each, to the bits of one alone.
pub(super) struct Together {
    answers: Answered,
    /// Their numbers among all devices.
    places: Vec<usize>,
    observations: Vec<f64>,
    counts: Counts,
    residual: Residual,
    started: Instant,
}

impl Together {
    /// Calibrates those of the groups that are whole; none where there are fewer than two, and where something
    /// else is asked for than a batch does.
    ///
    /// # Errors
    /// [`CalibrateError`]: a backend that is not there.
    pub(super) fn calibrate(
        options: &Options,
        data: &Data,
        groups: &[Group],
        interrupt: &Interrupt<'_>,
    ) -> Result<Option<Self>, CalibrateError> {
        let started = Instant::now();
        let is_whole = |group: &Group| {
            group.refusal.is_none() && group.skipped == 0 && group.rows.len() == data.snapshots()
        };
        let whole = groups.iter().enumerate().filter(|(_, group)| is_whole(group));
        let places: Vec<usize> = whole.map(|(place, _)| place).collect();
        let Some(first) = places.first().filter(|_| places.len() > 1) else { return Ok(None) };
        if !is_for_lanes(options) {
            return Ok(None);
        }
        let Ok((rows, _)) = data.of(&groups[*first]) else { return Ok(None) };
        let mut observations = Vec::new();
        places.iter().for_each(|place| data.observe(&groups[*place], &mut observations));
        let Some(answers) = answers(options, data, &rows, &observations, interrupt)? else {
            return Ok(None);
        };
        let counts = Counts {
            unknowns: data.unknowns,
            sensors: data.sensors(),
            snapshots: data.snapshots(),
            offsets: false,
        };
        let residual = Residual::new(&rows);
        Ok(Some(Self { answers, places, observations, counts, residual, started }))
    }

    /// What became of all devices: of these, and of the others one by one.
    ///
    /// # Errors
    /// [`CalibrateError`].
    pub(super) fn with_the_others(
        self,
        options: &Options,
        data: &Data,
        groups: &[Group],
        interrupt: &Interrupt<'_>,
        one: impl Fn(&Group) -> Result<GainsFound, String> + Sync,
    ) -> Result<Outcome<GainsFound>, CalibrateError> {
        let names = data.observations.names();
        let mut devices: Vec<Option<DeviceOutcome<GainsFound>>> = vec![None; groups.len()];
        for (device, place) in self.places.iter().enumerate() {
            let group = &groups[*place];
            devices[*place] = Some(match self.of(device, names) {
                Some(found) => DeviceOutcome::new(group, found),
                None => DeviceOutcome::not_begun(group),
            });
        }
        let left = groups.iter().zip(&devices).filter(|(_, device)| device.is_none());
        let left: Vec<Group> = left.map(|(group, _)| group.clone()).collect();
        let mut others = every(&one_by_one(options), &left, interrupt, one)?.devices.into_iter();
        let devices = devices.into_iter().filter_map(|device| device.or_else(|| others.next()));
        let seconds = self.started.elapsed().as_secs_f64();
        Ok(Outcome::new(devices.collect(), options.common.device.is_some(), seconds))
    }

    /// What was found of one of them; none where somebody wished for an early end before it.
    fn of(&self, device: usize, names: &[String]) -> Option<Result<GainsFound, String>> {
        let found = match self.answers.outcomes[device].as_ref()? {
            Ok(found) => found,
            Err(refusal) => return Some(Err(refusal.to_string())),
        };
        let Counts { unknowns, sensors, .. } = self.counts;
        let numbers = self.answers.answer(device);
        let (gains, rest) = numbers.split_at(sensors);
        let (signal, rest) = rest.split_at(unknowns);
        let (gain_errors, signal_errors) = rest.split_at(sensors);
        let sensors = &found.sensors[..];
        let judged = Judged { gains, signal, gain_errors, signal_errors, sensors };
        let judged = GainsFound::judged(self.counts, found.advances, judged, found.verdict, names);
        Some(judged.map(|own| {
            let size = self.counts.equations();
            let y = &self.observations[device * size..(device + 1) * size];
            let residuals = self.residual.of(y, &own);
            own.named(names, residuals)
        }))
    }
}

/// What a batch does.
fn is_for_lanes(options: &Options) -> bool {
    options.method == Method::Auto && !options.offsets
}

/// What is asked for, for devices that have nobody beside them: lanes that are asked for have nothing to do then.
pub(super) fn one_by_one(options: &Options) -> Common {
    let mut common = options.common.clone();
    if is_for_lanes(options) && common.work.backend == Some(Chosen::Simd) {
        common.work.backend = None;
    }
    common
}

fn answers(
    options: &Options,
    data: &Data,
    rows: &DenseMatrix<f64>,
    observations: &[f64],
    interrupt: &Interrupt<'_>,
) -> Result<Option<Answered>, CalibrateError> {
    // What a batch refuses as a whole is said device by device.
    let Ok(batch) = CalibrationBatch::new(rows, data.sensors(), observations) else {
        return Ok(None);
    };
    let batch = match options.noise {
        Some(sigma) => batch.noise(sigma),
        None => batch,
    };
    let work = options.common.work;
    let work = Work { backend: Some(work.backend.unwrap_or(Chosen::Simd)), ..work };
    Ok(Some(work.run(&batch, interrupt)?))
}
