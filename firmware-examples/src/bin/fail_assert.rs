//! Fails an assert: the run must exit with 101.
#![no_std]
#![no_main]

firmware_examples::story!(fail);

fn fail(say: &mut impl FnMut(scenarios::Line)) {
    say(scenarios::Line::Text("about to fail an assert"));
    assert!(core::hint::black_box(1) > 1, "one is not above one");
}
