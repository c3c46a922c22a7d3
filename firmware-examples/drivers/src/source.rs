//! [`SampleSource`]: several channels, sampled at once.

/// What samples several channels: an ADC's, an IMU's axes, a simulated sensor.
///
/// Samples are in parts of full scale: of a signed quantity from −1 to 1, of an unsigned one from 0
/// to 1. What full scale means is the sensor's business, and its constants are beside it.
pub trait SampleSource<const CHANNELS: usize> {
    /// Why there is no sample.
    type Error;

    /// All channels.
    ///
    /// # Errors
    /// The source's. It may be asked again: a failed sample leaves nothing behind.
    fn sample(&mut self) -> Result<[f32; CHANNELS], Self::Error>;
}

impl<const CHANNELS: usize, S: SampleSource<CHANNELS>> SampleSource<CHANNELS> for &mut S {
    type Error = S::Error;

    fn sample(&mut self) -> Result<[f32; CHANNELS], S::Error> {
        (**self).sample()
    }
}

/// A source made of a function: see [`from_fn`].
#[derive(Clone, Copy, Debug)]
pub struct FromFn<F>(F);

/// A source of what a HAL has for its own ADC, whose traits embedded-hal 1.0 leaves to the HALs.
///
/// ```
/// use drivers::{SampleSource, from_fn};
/// use core::convert::Infallible;
/// # struct OwnAdc;
/// # impl OwnAdc { fn convert(&mut self, pin: u8) -> u16 { 2048 * u16::from(pin) } }
/// # let (mut adc, left, right) = (OwnAdc, 0, 1);
/// let mut source = from_fn(|| {
///     let counts = [adc.convert(left), adc.convert(right)]; // as your HAL calls it
///     Ok::<_, Infallible>(counts.map(|count| f32::from(count) / 4096.0))
/// });
/// assert_eq!(source.sample(), Ok([0.0, 0.5]));
/// ```
pub const fn from_fn<F>(sample: F) -> FromFn<F> {
    FromFn(sample)
}

impl<const CHANNELS: usize, E, F> SampleSource<CHANNELS> for FromFn<F>
where
    F: FnMut() -> Result<[f32; CHANNELS], E>,
{
    type Error = E;

    fn sample(&mut self) -> Result<[f32; CHANNELS], E> {
        (self.0)()
    }
}
