// The tasks of both programs, which differ in `JOBS` and `SLICED`.

use core::cell::Cell;
use drivers::asynch::{Adc, SampleSource as _, Within};
use embassy_example::{PATIENCE, PERIOD, SLICE, fault_of, measured_step, now, systick};
use embassy_executor::Spawner;
use embassy_futures::yield_now;
use embassy_sync::blocking_mutex::{Mutex, raw::ThreadModeRawMutex};
use embassy_time::{Delay, Duration, Ticker};
use firmware_examples::say;
use scenarios::Line;
use scenarios::faulty::{Errors, FakeAdc, Faulty};
use scenarios::realtime::{
    Deadlines, HEATERS, Heat, Rod, Solve, Tally, UNKNOWNS, load, rod, steps_within, sweeps,
};
use scenarios::relax::checksum;
use semihosting::process::exit;

/// What both tasks use, in the one thread that they share.
type Shared<T> = Mutex<ThreadModeRawMutex, Cell<T>>;

/// What was sampled last.
static CURRENTS: Shared<[f32; HEATERS]> = Shared::new(Cell::new([0.5; HEATERS]));
/// What became of the sampling task's jobs, and of its bus.
static TALLY: Shared<(Tally, Errors)> =
    Shared::new(Cell::new((Tally { jobs: 0, missed: 0, worst: 0 }, Errors::none())));

type Bus = Faulty<FakeAdc>;

#[embassy_executor::main]
async fn main(spawner: Spawner) -> ! {
    let peripherals = cortex_m::Peripherals::take().expect("nobody took them before");
    systick::start(peripherals.SYST);
    let rod = rod();
    let load = load(&CURRENTS.lock(Cell::get));
    let solve = Solve::new(Heat::zeros());
    let step = measured_step(&sweeps(&rod, &load).expect("finite currents"), solve);
    defmt::debug!("a step in us: {=u32}, a slice: {=u32}", step, SLICE);
    let steps = steps_within(SLICE, step).expect("a slice of a step or more");
    assert!(steps_within(step - 1, step).is_err(), "less than a step is not refused");

    spawner.spawn(sample().expect("it was not spawned before"));
    solve_on(&rod, if SLICED { steps } else { u32::MAX }).await
}

/// A thousand times a second, if the solver yields.
#[embassy_executor::task]
async fn sample() {
    let adc = Adc::new(Bus::new(FakeAdc::new())).frozen_after(4);
    let mut adc = Within::new(adc, Delay, PATIENCE);
    let mut errors = Errors::none();
    let mut ticker = Ticker::every(Duration::from_micros(PERIOD.into()));
    let mut deadlines = Deadlines::new(now().wrapping_add(PERIOD), PERIOD, PERIOD);
    for job in 0..JOBS {
        // A ticker forgets none: jobs that are late come all the same.
        ticker.next().await;
        adc.source().bus().fault = fault_of(job);
        match adc.sample().await {
            Ok(currents) => CURRENTS.lock(|last| last.set(currents)),
            Err(error) => errors.note(&error),
        }
        deadlines.end(now());
        TALLY.lock(|tally| tally.set((deadlines.tally(), errors)));
    }
}

/// Solves whose bits are compared in the end.
const COMPARED: usize = 100;

/// Solve after solve, in what time the sampling leaves.
async fn solve_on(rod: &Rod, steps: u32) -> ! {
    let mut solved = [([0.0; HEATERS], 0, 0); COMPARED];
    let (mut solves, mut slices, mut longest, mut failures) = (0, 0, 0, 0_u32);
    let mut heat = Heat::zeros();
    let (tally, errors) = loop {
        let currents = CURRENTS.lock(Cell::get);
        let load = load(&currents);
        let sweeps = sweeps(rod, &load).expect("finite currents");
        let mut solve = Solve::new(heat);
        // The start is evaluated in a slice of its own.
        let mut report = solve.advance(&sweeps, 0);
        while !report.status.is_final() {
            yield_now().await;
            let before = now();
            report = solve.advance(&sweeps, steps);
            longest = now().wrapping_sub(before).max(longest);
            slices += 1;
        }
        heat = *solve.heat();
        failures += u32::from(!report.converged());
        if let Some(place) = solved.get_mut(solves) {
            *place = (currents, report.iterations, checksum(0, heat.as_slice()));
        }
        solves += 1;
        yield_now().await;
        let seen = TALLY.lock(Cell::get);
        if seen.0.jobs >= JOBS {
            break seen;
        }
    };
    defmt::debug!("solves: {=usize}, slices: {=u32}", solves, slices);
    defmt::debug!("longest slice in us: {=u32} of {=u32}", longest, SLICE);
    defmt::debug!("worst response in us: {=u32} of {=u32}", tally.worst, PERIOD);

    say(Line::Count("unknowns", UNKNOWNS as u32));
    say(Line::Count("jobs of the sampling task", tally.jobs));
    say(Line::Count("  missed deadlines", tally.missed));
    errors.tell(&mut say);
    say(Line::Count("solves that did not converge", failures));

    // Each again in one call, which nobody waits for any more, from where the one before ended.
    let mut heat = Heat::zeros();
    let mut differing = 0_u32;
    let compared = solved.get(..solves).unwrap_or(&solved);
    for (currents, iterations, bits) in compared {
        let load = load(currents);
        let mut solve = Solve::new(heat);
        let report = solve.finish(&sweeps(rod, &load).expect("finite currents"));
        heat = *solve.heat();
        let same = report.iterations == *iterations && checksum(0, heat.as_slice()) == *bits;
        differing += u32::from(!same);
    }
    if SLICED {
        say(Line::Count("solves compared with one call", compared.len() as u32));
        say(Line::Count("  whose bits differ", differing));
    }
    assert!(tally.missed == 0, "a deadline was missed");
    assert!(differing == 0, "slices changed a bit");
    exit(0)
}
