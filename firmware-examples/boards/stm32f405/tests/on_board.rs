//! Tests that run on the board: in this folder, `cargo test --release`. probe-rs flashes them and
//! resets the chip for each.
#![no_std]
#![no_main]
#![allow(unexpected_cfgs, reason = "the harness's macro asks for one of rust-analyzer")]

#[cfg(test)]
#[embedded_test::tests]
mod tests {
    use drivers::{CHANNELS, SampleSource as _};
    use scenarios::realtime::{Heat, Solve, load, rod, sweeps};
    use scenarios::relax::checksum;
    use stm32f4xx_hal::pac::Peripherals;
    use stm32f405::{Clock, adc};

    /// Asserted on the host too, and by the emulated image's output.
    const CHECKSUM: u32 = 2_154_187_037;

    /// The bits that the host and every emulated board come to.
    #[test]
    fn the_first_solve_has_the_bits_of_every_other_machine() {
        let (rod, load) = (rod(), load(&[0.5; CHANNELS]));
        let mut solve = Solve::new(Heat::zeros());
        let report = solve.finish(&sweeps(&rod, &load).expect("finite currents"));
        defmt::assert!(report.converged());
        defmt::assert_eq!(checksum(0, solve.heat().as_slice()), CHECKSUM);
    }

    #[test]
    fn a_sample_is_good_or_an_error_with_a_name() {
        let mut adc = adc(Peripherals::take().expect("nobody took them before"));
        if let Ok(sample) = adc.sample() {
            defmt::assert!(sample.iter().all(|part| (0.0..1.0).contains(part)));
        }
    }

    #[test]
    fn the_clock_goes_on() {
        let core = cortex_m::Peripherals::take().expect("nobody took them before");
        let mut clock = Clock::start(core.SYST);
        let before = clock.now();
        defmt::assert!(clock.now() > before);
    }
}
