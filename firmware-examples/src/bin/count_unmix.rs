//! Counts a refit of the story `unmix`, the mean of its twelve: by greedy blocks, and by passes over the
//! single gases.
#![no_std]
#![no_main]

use firmware_examples::Regions;
use scenarios::{Line, unmix};

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    say(Line::Text("refits by blocks"));
    unmix::by_blocks(&mut Regions, |_, _, _| ()).tell(say);
    say(Line::Text("refits by passes"));
    unmix::by_gases(&mut Regions, |_, _, _| ()).tell(say);
}
