//! Never ends: the run must be stopped at its time limit.
#![no_std]
#![no_main]

firmware_examples::story!(fail);

fn fail(say: &mut impl FnMut(scenarios::Line)) {
    say(scenarios::Line::Text("about to hang"));
    loop {
        core::hint::spin_loop();
    }
}
