// The app of both programs, which differ in `JOBS` and `SLICED`.

#[rtic::app(device = lm3s6965, dispatchers = [SSI0])]
mod app {
    use super::{JOBS, SLICED};
    use drivers::{Adc, SampleSource as _};
    use firmware_examples::say;
    use rtic_example::board::{self, Clock, cycles, elapsed};
    use rtic_example::{PERIOD, SLICE, measured_step};
    use scenarios::Line;
    use scenarios::faulty::FakeAdc;
    use scenarios::realtime::{
        Deadlines, HEATERS, Heat, Rod, Solve, Tally, UNKNOWNS, load, rod, steps_within, sweeps,
    };
    use scenarios::relax::checksum;
    use semihosting::process::exit;

    /// What both tasks use.
    #[shared]
    struct Shared {
        /// The solve that is under way.
        solve: Solve,
        /// What was sampled last.
        currents: [f32; HEATERS],
        /// What became of the sampling task's jobs.
        tally: Tally,
    }

    /// What one task uses.
    #[local]
    struct Local {
        adc: Adc<FakeAdc>,
        clock: Clock,
        deadlines: Deadlines,
        rod: Rod,
        steps: u32,
    }

    #[init]
    fn init(mut cx: init::Context) -> (Shared, Local) {
        board::start(&mut cx.core.SYST);
        let mut adc = Adc::new(FakeAdc::new());
        let currents = adc.sample().expect("the bus answers");
        let rod = rod();
        let solve = Solve::new(Heat::zeros());
        let load = load(&currents);
        let step = measured_step(&sweeps(&rod, &load).expect("finite currents"), solve);
        defmt::debug!("a step in cycles: {=u32}, a slice: {=u32}", step, SLICE);
        let steps = steps_within(SLICE, step).expect("a slice of a step or more");
        assert!(steps_within(step - 1, step).is_err(), "less than a step is not refused");

        solving::spawn().expect("it was not spawned before");
        board::start_timer(PERIOD);
        let clock = Clock::new();
        let deadlines = Deadlines::new(PERIOD, PERIOD, PERIOD);
        let tally = deadlines.tally();
        let steps = if SLICED { steps } else { u32::MAX };
        (Shared { solve, currents, tally }, Local { adc, clock, deadlines, rod, steps })
    }

    #[idle]
    fn idle(_: idle::Context) -> ! {
        loop {
            cortex_m::asm::wfi();
        }
    }

    /// A thousand times a second, whatever the solver does.
    #[task(binds = TIMER_0A, priority = 2, local = [adc, clock, deadlines], shared = [solve, currents, tally])]
    fn sample(cx: sample::Context) {
        board::heard_timer();
        let sample::LocalResources { adc, clock, deadlines, .. } = cx.local;
        deadlines.begin(clock.now());
        let sampled = adc.sample().expect("the bus answers");
        (cx.shared.solve, cx.shared.currents).lock(|solve, currents| {
            *currents = sampled;
            // Whatever the solver is at: the temperatures can be used.
            assert!(solve.heat().iter().all(|heat| heat.is_finite()), "a temperature is not finite");
        });
        deadlines.end(clock.now());
        let mut tally = cx.shared.tally;
        tally.lock(|tally| {
            if tally.jobs < JOBS {
                *tally = deadlines.tally();
            }
        });
    }

    /// Solve after solve, in what time the sampling leaves.
    #[task(priority = 1, local = [rod, steps], shared = [solve, currents, tally])]
    async fn solving(mut cx: solving::Context) {
        let (rod, steps) = (&*cx.local.rod, *cx.local.steps);
        let (mut solves, mut slices, mut longest) = (0, 0, 0);
        let (mut differing, mut failures) = (0_u32, 0_u32);
        say(Line::Count("unknowns", UNKNOWNS as u32));
        loop {
            let load = load(&cx.shared.currents.lock(|currents| *currents));
            let sweeps = sweeps(rod, &load).expect("finite currents");
            let start = cx.shared.solve.lock(|solve| *solve.heat());
            cx.shared.solve.lock(|solve| *solve = Solve::new(start));
            // The start is evaluated in a slice of its own.
            let mut report = cx.shared.solve.lock(|solve| solve.advance(&sweeps, 0));
            while !report.status.is_final() {
                report = cx.shared.solve.lock(|solve| {
                    let before = cycles();
                    let report = solve.advance(&sweeps, steps);
                    longest = longest.max(elapsed(before, cycles()));
                    report
                });
                slices += 1;
            }
            let sliced = cx.shared.solve.lock(|solve| *solve.heat());

            // Once more without a lock: the sampling task interrupts it where it likes.
            let mut whole = Solve::new(start);
            let at_once = whole.finish(&sweeps);
            let bits = |heat: &Heat| heat.map(f32::to_bits);
            let same = report == at_once && bits(&sliced) == bits(whole.heat());
            differing += u32::from(!same);
            failures += u32::from(!report.converged());
            if solves == 0 {
                say(Line::Count("first solve: sweeps", report.iterations));
                say(Line::Count("  checksum", checksum(0, sliced.as_slice())));
            }
            solves += 1;
            let tally = cx.shared.tally.lock(|tally| *tally);
            if tally.jobs >= JOBS {
                defmt::debug!("solves: {=u32}, slices: {=u32}", solves, slices);
                defmt::debug!("longest slice in cycles: {=u32}", longest);
                defmt::debug!("worst response in cycles: {=u32} of {=u32}", tally.worst, PERIOD);
                say(Line::Count("jobs of the sampling task", tally.jobs));
                say(Line::Count("  missed deadlines", tally.missed));
                say(Line::Count("solves that did not converge", failures));
                say(Line::Count("  whose bits differ in one call", differing));
                assert!(tally.missed == 0, "a deadline was missed");
                assert!(differing == 0, "slices changed a bit");
                exit(0)
            }
        }
    }
}
