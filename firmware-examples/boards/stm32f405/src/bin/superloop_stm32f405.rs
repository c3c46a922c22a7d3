//! The loop: samples when it is time, slices of a solve otherwise.
#![no_std]
#![no_main]

use drivers::SampleSource as _;
use scenarios::faulty::Errors;
use scenarios::realtime::{
    Deadlines, HEATERS, Heat, Solve, Sweeps, UNKNOWNS, load, rod, steps_within, sweeps,
};
use scenarios::relax::checksum;
use stm32f4xx_hal::pac::Peripherals;
use stm32f405::{Clock, HZ, OwnAdc, adc};

/// Cycles between two samples: 1 ms.
const PERIOD: u32 = HZ / 1_000;
/// Cycles of a slice.
const SLICE: u32 = PERIOD / 10;
/// Samples before the loop says how it went.
const JOBS: u32 = 2_000;

/// What the loop does besides solving.
struct Sampling {
    adc: OwnAdc,
    clock: Clock,
    due: u32,
    deadlines: Deadlines,
    currents: [f32; HEATERS],
    good: u32,
    errors: Errors,
}

impl Sampling {
    /// Samples if it is time. Without a good sample the currents stay as they are.
    fn poll(&mut self) {
        let now = self.clock.now();
        // Not yet, if it is in the past by more than half of the clock's turn.
        if now.wrapping_sub(self.due) > u32::MAX / 2 {
            return;
        }
        match self.adc.sample() {
            Ok(sampled) => {
                self.currents = sampled;
                self.good += 1;
            }
            Err(error) => self.errors.note(&error),
        }
        self.deadlines.end(self.clock.now());
        self.due = self.due.wrapping_add(PERIOD);
    }

    /// How it went.
    fn tell(&self) {
        let tally = self.deadlines.tally();
        defmt::debug!("worst response in cycles: {=u32} of {=u32}", tally.worst, PERIOD);
        defmt::info!("samples: {=u32}", tally.jobs);
        defmt::info!("  missed deadlines: {=u32}", tally.missed);
        defmt::info!("  good: {=u32}", self.good);
        defmt::info!("  the bus failed: {=u32}", self.errors.bus);
        defmt::info!("  all bits were 0: {=u32}", self.errors.low);
        defmt::info!("  all bits were 1: {=u32}", self.errors.high);
        assert!(tally.missed == 0, "a deadline was missed");
    }
}

/// The dearest of a few steps, in cycles of this very chip.
fn measured_step(sweeps: &Sweeps<'_>, clock: &mut Clock) -> u32 {
    let mut solve = Solve::new(Heat::zeros());
    let _ = solve.advance(sweeps, 0);
    let costs = (0..8).map(|_| {
        let before = clock.now();
        let _ = solve.advance(sweeps, 1);
        clock.now().wrapping_sub(before)
    });
    costs.max().unwrap_or(0)
}

#[cortex_m_rt::entry]
fn main() -> ! {
    let core = cortex_m::Peripherals::take().expect("nobody took them before");
    let adc = adc(Peripherals::take().expect("nobody took them before"));
    let mut clock = Clock::start(core.SYST);
    let (rod, currents, mut heat) = (rod(), [0.5; HEATERS], Heat::zeros());
    let step = {
        let load = load(&currents);
        measured_step(&sweeps(&rod, &load).expect("finite currents"), &mut clock)
    };
    defmt::debug!("a step in cycles: {=u32}, a slice: {=u32}", step, SLICE);
    let steps = steps_within(SLICE, step).expect("a slice of a step or more");
    defmt::info!("unknowns: {=usize}", UNKNOWNS);

    let due = clock.now().wrapping_add(PERIOD);
    let deadlines = Deadlines::new(due, PERIOD, PERIOD);
    let errors = Errors::none();
    let mut sampling = Sampling { adc, clock, due, deadlines, currents, good: 0, errors };
    let (mut solves, mut failures, mut told) = (0_u32, 0_u32, false);
    loop {
        let load = load(&sampling.currents);
        let sweeps = sweeps(&rod, &load).expect("finite currents");
        let mut solve = Solve::new(heat);
        let mut report = solve.advance(&sweeps, 0);
        sampling.poll();
        while !report.status.is_final() {
            report = solve.advance(&sweeps, steps);
            sampling.poll();
        }
        heat = *solve.heat();
        failures += u32::from(!report.converged());
        if solves == 0 {
            defmt::info!("first solve: sweeps: {=u32}", report.iterations);
            defmt::info!("  checksum: {=u32}", checksum(0, heat.as_slice()));
        }
        solves = solves.saturating_add(1);
        if sampling.deadlines.tally().jobs >= JOBS && !told {
            told = true;
            sampling.tell();
            defmt::info!("solves that did not converge: {=u32}", failures);
            stm32f405::end();
        }
    }
}
