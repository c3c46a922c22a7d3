//! A solve in slices beside a sampling task on an RP2350, with embassy-rp.
//!
//! What `embassy/` runs in emulation with a fake bus, on a real one: the task `sample` reads an MCP3208
//! by DMA a thousand times a second, and the solver yields to it after every slice. Wiring of a
//! Pico 2: GPIO 16 to the converter's output, GPIO 17 to its chip select, GPIO 18 to its clock, GPIO 19
//! to its input. Without a converter every sample is an error with a name, the currents stay as they
//! are, and the solves go on.
//!
//! # Run it
//!
//! On a board with a debug probe, in this folder: `cargo run --release`. Every ten seconds it says how
//! many deadlines were missed. There is no emulator for this chip: `cargo xtask firmware` builds it.
#![no_std]
#![no_main]

use core::cell::Cell;
use defmt_rtt as _;
use drivers::asynch::{Adc, SampleSource as _, Within};
use embassy_executor::Spawner;
use embassy_futures::yield_now;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::{DMA_CH0, DMA_CH1, SPI0};
use embassy_rp::spi::{Async, Config, Spi};
use embassy_rp::{bind_interrupts, dma};
use embassy_sync::blocking_mutex::{Mutex, raw::ThreadModeRawMutex};
use embassy_time::{Delay, Duration, Instant, Ticker};
use embedded_hal_bus::spi::{ExclusiveDevice, NoDelay};
use panic_probe as _;
use scenarios::faulty::Errors;
use scenarios::realtime::{
    Deadlines, HEATERS, Heat, Solve, Sweeps, load, rod, steps_within, sweeps,
};

bind_interrupts!(struct Interrupts {
    DMA_IRQ_0 => dma::InterruptHandler<DMA_CH0>, dma::InterruptHandler<DMA_CH1>;
});

/// Microseconds of a period of the sampling task. A job must have ended when the next is due.
const PERIOD: u32 = 1_000;
/// Microseconds of a slice: a job waits for one when it wakes up, and for one after each transfer.
const SLICE: u32 = 50;
/// Microseconds after which a sample is given up.
const PATIENCE: u32 = 800;
/// Jobs after which the task says how it went: 10 s.
const JOBS: u32 = 10_000;

type OwnAdc = Adc<ExclusiveDevice<Spi<'static, SPI0, Async>, Output<'static>, NoDelay>>;

/// What was sampled last.
static CURRENTS: Mutex<ThreadModeRawMutex, Cell<[f32; HEATERS]>> =
    Mutex::new(Cell::new([0.5; HEATERS]));

/// Microseconds since the start.
fn now() -> u32 {
    Instant::now().as_micros() as u32
}

#[embassy_executor::main]
async fn main(spawner: Spawner) -> ! {
    let p = embassy_rp::init(embassy_rp::config::Config::default());
    let mut config = Config::default();
    config.frequency = 1_000_000;
    let bus =
        Spi::new(p.SPI0, p.PIN_18, p.PIN_19, p.PIN_16, p.DMA_CH0, p.DMA_CH1, Interrupts, config);
    let select = Output::new(p.PIN_17, Level::High);
    let device = ExclusiveDevice::new_no_delay(bus, select).expect("a pin that cannot fail");

    let rod = rod();
    let step = {
        let load = load(&CURRENTS.lock(Cell::get));
        measured_step(&sweeps(&rod, &load).expect("finite currents"))
    };
    defmt::info!("a step in us: {=u32}, a slice: {=u32}", step, SLICE);
    let steps = steps_within(SLICE, step).expect("a slice of a step or more");
    spawner.spawn(sample(Adc::new(device)).expect("it was not spawned before"));

    let mut heat = Heat::zeros();
    loop {
        let load = load(&CURRENTS.lock(Cell::get));
        let sweeps = sweeps(&rod, &load).expect("finite currents");
        let mut solve = Solve::new(heat);
        let mut report = solve.advance(&sweeps, 0);
        yield_now().await;
        while !report.status.is_final() {
            report = solve.advance(&sweeps, steps);
            yield_now().await;
        }
        heat = *solve.heat();
    }
}

/// The dearest of a few steps, in microseconds.
fn measured_step(sweeps: &Sweeps<'_>) -> u32 {
    let mut solve = Solve::new(Heat::zeros());
    let _ = solve.advance(sweeps, 0);
    let costs = (0..8).map(|_| {
        let before = now();
        let _ = solve.advance(sweeps, 1);
        now().wrapping_sub(before)
    });
    // The clock cut off less than one.
    1 + costs.max().unwrap_or(0)
}

/// A thousand times a second, if the solver yields.
#[embassy_executor::task]
async fn sample(adc: OwnAdc) {
    let mut adc = Within::new(adc, Delay, PATIENCE);
    let mut errors = Errors::none();
    let mut ticker = Ticker::every(Duration::from_micros(PERIOD.into()));
    let mut deadlines = Deadlines::new(now().wrapping_add(PERIOD), PERIOD, PERIOD);
    loop {
        ticker.next().await;
        match adc.sample().await {
            Ok(currents) => CURRENTS.lock(|last| last.set(currents)),
            Err(error) => errors.note(&error),
        }
        deadlines.end(now());
        let tally = deadlines.tally();
        if tally.jobs.is_multiple_of(JOBS) {
            defmt::info!("samples: {=u32}, missed deadlines: {=u32}", tally.jobs, tally.missed);
            defmt::info!("all bits 0: {=u32}, all 1: {=u32}", errors.low, errors.high);
            defmt::info!("the bus failed: {=u32}, was late: {=u32}", errors.bus, errors.late);
        }
    }
}
