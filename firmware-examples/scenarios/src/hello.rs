//! The smallest story: one line of each kind.

use crate::Line;

/// Says a sentence, a count and a real.
pub fn story(say: &mut impl FnMut(Line)) {
    say(Line::Text("hello from fixed memory"));
    say(Line::Count("bits in a real", 32));
    say(Line::Real("a third", core::hint::black_box(1.0) / 3.0));
}
