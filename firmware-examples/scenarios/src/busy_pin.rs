//! A pin that is high while a solve runs, so that a scope shows how long it takes.

use crate::relax::{Campaign, Policy};
use crate::sequence::Variance;
use crate::{Line, Meter};
use core::convert::Infallible;
use embedded_hal::digital::{ErrorType, OutputPin};

/// Raises a pin around everything it measures. A pin that fails does not stop a solve: it is
/// counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct BusyPin<P> {
    /// The pin.
    pub pin: P,
    /// How often the pin did not do as it was told.
    pub faults: u32,
}

impl<P: OutputPin> Meter for BusyPin<P> {
    fn measure<T>(&mut self, _: &'static str, work: impl FnOnce() -> T) -> T {
        self.faults += u32::from(self.pin.set_high().is_err());
        let answer = work();
        self.faults += u32::from(self.pin.set_low().is_err());
        answer
    }
}

/// A pin that leads nowhere and counts its edges: what an emulated board has instead of a scope.
#[derive(Clone, Copy, Debug, Default)]
pub struct EdgeCounter {
    high: bool,
    /// Changes of level so far.
    pub edges: u32,
}

impl ErrorType for EdgeCounter {
    type Error = Infallible;
}

impl OutputPin for EdgeCounter {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.edges += u32::from(self.high);
        self.high = false;
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.edges += u32::from(!self.high);
        self.high = true;
        Ok(())
    }
}

/// The story: five adaptive solves, each between two edges.
pub fn story(say: &mut impl FnMut(Line)) {
    let mut meter = BusyPin::<EdgeCounter>::default();
    let mut campaign = Campaign::new(Policy::Adaptive, Variance::High);
    for _ in 0..5 {
        let (omega, sweeps) = campaign.next(&mut meter);
        say(Line::Count("sweeps", sweeps));
        say(Line::Real("  omega", omega));
    }
    campaign.outcome.tell(say);
    say(Line::Count("edges of the busy pin", meter.pin.edges));
    say(Line::Count("faults of the busy pin", meter.faults));
}
