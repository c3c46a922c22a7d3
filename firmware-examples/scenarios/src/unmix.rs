//! What a small spectrometer sees, taken apart into six known gases reading by reading: amounts that
//! cannot be negative, by greedy blocks and by single coordinates.

use crate::relax::checksum;
use crate::{Line, Meter, NoMeter};
use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{Cyclic, Greedy, Proximal, Rule};
use solvekit::bcd::update::{Coordinate, ProximalNewton, Update};
use solvekit::bcd::{Descent, Partition};
use solvekit::direct::packed;
use solvekit::fit::{LeastSquares, Quadratic};
use solvekit::nalgebra::ArrayStorage;
use solvekit::operator::zeros;
use solvekit::penalty::NonNegative;
use solvekit::{ColumnOperator, LinearOperator, Report, SMatrix, SVector, Scalar, Stop, solve};

/// Wavelengths at which a reading is taken.
pub const BANDS: usize = 24;
/// Gases whose spectrum is known.
pub const GASES: usize = 6;
/// Readings.
pub const TICKS: u32 = 12;
/// Relative tolerance in f32.
pub const TOLERANCE: f32 = 1e-5;
/// Standard deviation of a band's noise.
pub const NOISE: f32 = 0.01;
/// Steps after which a refit gives up.
const CAP: u32 = 1_000;
/// Passes over a block of a proximal Newton step, at most.
const PASSES: u32 = 20;

/// Bands by gases.
pub type Spectra = SMatrix<f32, BANDS, GASES>;
/// One reading.
pub type Reading = SVector<f32, BANDS>;
/// An amount of each gas.
pub type Amounts = SVector<f32, GASES>;
/// The gases' correlations.
pub type Gram = SMatrix<f32, GASES, GASES>;
/// The problem that a tick poses.
pub type Tick<'a> = Quadratic<'a, f32, Gram>;

/// The spectrum of each gas: a strong line and a weak one, each over several bands and across those
/// of its neighbours. A table in flash, made by the compiler with arithmetic alone.
pub static SPECTRA: Spectra = Spectra::from_array_storage(ArrayStorage(spectra()));

/// Band and half width of a gas's strong line, and of its line of a third of the height.
const LINES: [[f32; 4]; GASES] = [
    [3.0, 2.5, 15.0, 2.0],
    [6.0, 2.0, 20.0, 3.0],
    [9.5, 2.5, 2.0, 2.0],
    [13.0, 2.0, 22.0, 2.0],
    [16.5, 2.5, 7.0, 3.0],
    [20.0, 2.0, 11.0, 2.5],
];

/// Amounts at ticks 0, 4, 8 and 12; straight lines between them.
const AMOUNTS: [[f32; GASES]; 4] = [
    [1.0, 0.6, 0.0, 0.0, 0.0, 0.3],
    [0.8, 0.0, 0.5, 0.0, 0.0, 0.6],
    [0.9, 0.0, 0.8, 0.4, 0.0, 0.0],
    [0.7, 0.0, 0.0, 0.8, 0.5, 0.0],
];

const fn spectra() -> [[f32; BANDS]; GASES] {
    let mut table = [[0.0; BANDS]; GASES];
    let (mut gas, mut band) = (0, 0);
    while gas < GASES {
        let [strong, width, weak, other] = LINES[gas];
        let place = band as f32;
        table[gas][band] = bump(place - strong, width) + bump(place - weak, other) / 3.0;
        band += 1;
        if band == BANDS {
            (gas, band) = (gas + 1, 0);
        }
    }
    table
}

/// Lorentz's line: 1 in the middle, a half at its half width.
const fn bump(distance: f32, width: f32) -> f32 {
    width * width / (width * width + distance * distance)
}

/// What was there at a tick.
pub fn truth(tick: u32) -> Amounts {
    let (key, part) = ((tick / 4) as usize, (tick % 4) as f32 / 4.0);
    let amount = |key: usize, gas: usize| AMOUNTS.get(key).map_or(0.0, |all| all[gas]);
    Amounts::from_fn(|gas, _| (1.0 - part) * amount(key, gas) + part * amount(key + 1, gas))
}

/// What the spectrometer says at a tick.
pub fn reading(tick: u32) -> Reading {
    let mut random = Pcg32::new(2014, u64::from(tick));
    // The first output of neighbouring streams is related; the second is not.
    let _ = random.next_u32();
    let mut uniform = || (random.next_u32() >> 8) as f32 / 16_777_216.0;
    let amounts = truth(tick);
    Reading::from_fn(|band, _| {
        let clean = (0..GASES).fold(0.0, |sum, gas| sum + SPECTRA[(band, gas)] * amounts[gas]);
        // The sum of three has a standard deviation of a half.
        clean + 2.0 * NOISE * (uniform() + uniform() + uniform() - 1.5)
    })
}

/// AᵀA: the same for every reading, so it is made once; a reading then costs its Aᵀy.
///
/// # Panics
/// If the spectra were refused; they are not.
pub fn gram() -> Gram {
    let nothing = zeros::<f32, BANDS, 1>();
    let fit = LeastSquares::new(&SPECTRA, &nothing).expect("finite spectra");
    let (mut gram, mut correlations) = (Gram::zeros(), Amounts::zeros());
    fit.gram(gram.as_mut_slice(), correlations.as_mut_slice()).expect("room for both");
    gram
}

/// Aᵀy.
pub fn correlations(reading: &Reading) -> Amounts {
    Amounts::from_fn(|gas, _| SPECTRA.column_dot(gas, reading))
}

/// What all readings came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Steps in all: blocks, or passes.
    pub steps: u32,
    /// The most steps of one refit that had a start.
    pub most: u32,
    /// Refits that did not converge.
    pub failures: u32,
    /// The largest certificate at an end, relative to ‖Aᵀy‖_∞.
    pub certificate: f32,
    /// The bits of every amount at every tick, folded into one number.
    pub checksum: u32,
}

impl Outcome {
    /// The outcome as a story tells it.
    pub fn tell(&self, say: &mut impl FnMut(Line)) {
        say(Line::Count("  steps", self.steps));
        say(Line::Count("  most steps of a warm refit", self.most));
        say(Line::Count("  not converged", self.failures));
        say(Line::Real("  worst certificate", self.certificate));
        say(Line::Count("  checksum of all amounts", self.checksum));
    }
}

/// All readings, each refit from where the one before ended. `meter` runs the refits, without what
/// makes the readings.
///
/// # Panics
/// If a problem is refused; none is.
pub fn run<S, U>(
    (name, rule, update): (&'static str, S, U),
    meter: &mut impl Meter,
    mut each: impl FnMut(u32, &Report<f32>, &Amounts),
) -> Outcome
where
    S: for<'a> Rule<Tick<'a>, NonNegative<f32>> + Copy,
    U: for<'a> Update<Tick<'a>, NonNegative<f32>> + Copy,
{
    let stop = Stop::relative(TOLERANCE).expect("a valid tolerance").max_iterations(CAP);
    let gram = gram();
    let mut outcome = Outcome::default();
    let mut amounts = Amounts::zeros();
    for tick in 0..TICKS {
        let reading = reading(tick);
        let report =
            meter.measure(name, || refit(&gram, &reading, &mut amounts, (rule, update), stop));
        outcome.steps += report.iterations;
        if tick > 0 {
            outcome.most = outcome.most.max(report.iterations);
        }
        outcome.failures += u32::from(!report.converged());
        // Of core: NaN wins, where f32's own `max` would drop it.
        outcome.certificate = Scalar::max(outcome.certificate, report.relative());
        outcome.checksum = checksum(outcome.checksum, amounts.as_slice());
        each(tick, &report, &amounts);
    }
    outcome
}

/// One reading, from the amounts of the last one. Kept as one function of its own, so that what is
/// measured is the refit.
#[inline(never)]
fn refit<S, U>(
    gram: &Gram,
    reading: &Reading,
    amounts: &mut Amounts,
    (rule, update): (S, U),
    stop: Stop<f32>,
) -> Report<f32>
where
    S: for<'a> Rule<Tick<'a>, NonNegative<f32>>,
    U: for<'a> Update<Tick<'a>, NonNegative<f32>>,
{
    let correlations = correlations(reading);
    let fit = Quadratic::new(gram, &correlations).expect("a valid problem");
    let start = fit.start_at(*amounts).expect("finite amounts");
    let descent = Descent::new(fit, NonNegative::default(), rule, update);
    let mut state = descent.start_from(start);
    let report = solve(&descent, &mut state, stop);
    *amounts = state.point.x;
    report
}

/// All gases that want to move, together: a gas of nothing that is pushed below zero promises nothing
/// and stays out of the block, of which a step finds the exact least value. So a step is over the
/// gases that are there, once they are known.
///
/// Far fewer steps than passes over single gases, but each is dearer: with six unknowns a pass is a
/// few dozen multiplications, and on an M4F the passes execute fewer instructions (`count_unmix`).
///
/// # Panics
/// As [`run`].
pub fn by_blocks(meter: &mut impl Meter, each: impl FnMut(u32, &Report<f32>, &Amounts)) -> Outcome {
    let room = zeros::<f32, GASES, 1>();
    let rule = Greedy::new(Proximal, [0; GASES], room);
    let update = ProximalNewton::new(room, zeros::<f32, { packed(GASES) }, 1>(), PASSES);
    run(("refits by blocks", rule, update), meter, each)
}

/// One gas after the other, a pass in each step.
///
/// # Panics
/// As [`run`].
pub fn by_gases(meter: &mut impl Meter, each: impl FnMut(u32, &Report<f32>, &Amounts)) -> Outcome {
    let all = Partition::consecutive([0; GASES], GASES).expect("a valid partition");
    run(("refits by passes", Cyclic::new(all), Coordinate), meter, each)
}

/// ‖y − A x‖.
pub fn misfit(tick: u32, amounts: &Amounts) -> f32 {
    let mut seen = Reading::zeros();
    SPECTRA.apply(amounts, &mut seen);
    solvekit::sum::norm(&(reading(tick) - seen))
}

/// The story: twelve readings, refit by blocks and by single gases.
///
/// # Panics
/// As [`run`].
pub fn story(say: &mut impl FnMut(Line)) {
    say(Line::Count("bands", BANDS as u32));
    say(Line::Count("gases", GASES as u32));
    say(Line::Count("readings", TICKS));
    say(Line::Text("gases that want to move, as one block (proximal Newton)"));
    let mut last = Amounts::zeros();
    let outcome = by_blocks(&mut NoMeter, |tick, report, amounts| {
        say(Line::Count("  after reading", tick + 1));
        say(Line::Count("    steps", report.iterations));
        for (name, amount) in NAMES.into_iter().zip(amounts).filter(|(_, amount)| **amount > 0.0) {
            say(Line::Real(name, *amount));
        }
        say(Line::Real("    misfit", misfit(tick, amounts)));
        say(Line::Real("    certificate", report.relative()));
        last = *amounts;
    });
    outcome.tell(say);
    say(Line::Text("one gas after the other, a pass each step"));
    let mut end = Amounts::zeros();
    by_gases(&mut NoMeter, |_, _, amounts| end = *amounts).tell(say);
    say(Line::Real("  last amounts are apart by at most", (end - last).amax()));
}

const NAMES: [&str; GASES] =
    ["    gas 1", "    gas 2", "    gas 3", "    gas 4", "    gas 5", "    gas 6"];
