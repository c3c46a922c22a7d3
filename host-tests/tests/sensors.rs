//! The sensors on mocked buses, blocking and async: every transfer as the data sheets have it, and
//! every way in which a bus fails.

use drivers::{Adc, Imu, SampleSource, SensorError, asynch, from_fn};
use embassy_futures::block_on;
use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};
use embedded_hal_mock::eh1::delay::NoopDelay;
use embedded_hal_mock::eh1::i2c::{Mock as I2cMock, Transaction as I2c};
use embedded_hal_mock::eh1::spi::{Mock as SpiMock, Transaction as Spi};
use scenarios::faulty::{BusFault, FakeAdc, FakeImu, Fault, Faulty};

const ADDRESS: u8 = 0x68;
const NOBODY: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);

/// Accelerations of 1 g, −½ g and 0, a temperature, rates of full scale, its negative and 0.
const SAMPLE: [u8; 14] = [0x40, 0, 0xE0, 0, 0, 0, 0x12, 0x34, 0x7F, 0xFF, 0x80, 0, 0, 0];
const SCALED: [f32; 6] = [0.5, -0.25, 0.0, 32_767.0 / 32_768.0, -1.0, 0.0];

fn waking() -> [I2c; 2] {
    [I2c::write_read(ADDRESS, vec![0x75], vec![0x68]), I2c::write(ADDRESS, vec![0x6B, 0])]
}

fn reading(bytes: [u8; 14]) -> I2c {
    I2c::write_read(ADDRESS, vec![0x3B], bytes.to_vec())
}

#[test]
fn an_imu_is_woken_once_it_is_known_and_read_in_one_transfer() {
    let [who, power] = waking();
    let mut imu = Imu::new(I2cMock::new(&[who, power, reading(SAMPLE)]), ADDRESS);
    imu.wake(&mut NoopDelay::new()).expect("it is the right one");
    assert_eq!(imu.sample(), Ok(SCALED));
    imu.free().done();
}

#[test]
fn the_async_imu_makes_the_same_transfers() {
    let [who, power] = waking();
    let mut imu = asynch::Imu::new(I2cMock::new(&[who, power, reading(SAMPLE)]), ADDRESS);
    block_on(imu.wake(&mut NoopDelay::new())).expect("it is the right one");
    assert_eq!(block_on(asynch::SampleSource::sample(&mut imu)), Ok(SCALED));
    imu.free().done();
}

#[test]
fn another_device_is_not_woken() {
    let other = [I2c::write_read(ADDRESS, vec![0x75], vec![0x71])];
    let mut imu = Imu::new(I2cMock::new(&other), ADDRESS);
    let error = SensorError::Identity { expected: 0x68, found: 0x71 };
    assert_eq!(imu.wake(&mut NoopDelay::new()), Err(error));
    assert_eq!(error.to_string(), "another device answers: identity 0x71, not 0x68");
    imu.free().done();
    let mut imu = asynch::Imu::new(I2cMock::new(&other), ADDRESS);
    assert_eq!(block_on(imu.wake(&mut NoopDelay::new())), Err(error));
    imu.free().done();
}

#[test]
fn an_imu_that_nobody_answers_for_is_asked_anew_the_next_time() {
    let expected = [reading(SAMPLE).with_error(NOBODY), reading(SAMPLE)];
    let mut imu = Imu::new(I2cMock::new(&expected), ADDRESS);
    assert_eq!(imu.sample(), Err(SensorError::Bus(NOBODY)));
    assert_eq!(imu.sample(), Ok(SCALED));
    imu.free().done();
}

#[test]
fn readings_that_cannot_be_true_are_errors() {
    let expected = [reading([0; 14]), reading([0xFF; 14]), reading(SAMPLE)];
    let mut imu = Imu::new(I2cMock::new(&expected), ADDRESS);
    assert_eq!(imu.sample(), Err(SensorError::StuckLow));
    assert_eq!(imu.sample(), Err(SensorError::StuckHigh));
    assert_eq!(imu.sample(), Ok(SCALED));
    imu.free().done();
}

#[test]
fn an_imu_that_hangs_is_found_out_and_believed_again_when_it_moves() {
    let moved = SAMPLE.map(|byte| byte ^ 1);
    let mut expected = vec![reading(SAMPLE); 9];
    expected.push(reading(moved));
    let mut imu = Imu::new(I2cMock::new(&expected), ADDRESS);
    for _ in 0..7 {
        assert_eq!(imu.sample(), Ok(SCALED));
    }
    assert_eq!(imu.sample(), Err(SensorError::Frozen { samples: 8 }));
    assert_eq!(imu.sample(), Err(SensorError::Frozen { samples: 9 }));
    assert!(imu.sample().is_ok());
    imu.free().done();
}

/// One conversion: what goes out, what comes in.
fn conversion(channel: u8, answer: [u8; 3]) -> [Spi<u8>; 3] {
    let command = vec![0b110 | channel >> 2, (channel & 0b11) << 6, 0];
    [
        Spi::transaction_start(),
        Spi::transfer_in_place(command, answer.to_vec()),
        Spi::transaction_end(),
    ]
}

/// All eight, with counts of 256, 512, … on a line that is high until the device drives it.
fn conversions() -> Vec<Spi<u8>> {
    (0..8).flat_map(|channel| conversion(channel, [0xFF, 0xE0 | (channel + 1), 0])).collect()
}

const CURRENTS: [f32; 8] = [0.0625, 0.125, 0.1875, 0.25, 0.3125, 0.375, 0.4375, 0.5];

#[test]
fn an_adc_converts_channel_by_channel() {
    let mut adc = Adc::new(SpiMock::new(&conversions()));
    assert_eq!(adc.sample(), Ok(CURRENTS));
    adc.free().done();
    let mut adc = asynch::Adc::new(SpiMock::new(&conversions()));
    assert_eq!(block_on(asynch::SampleSource::sample(&mut adc)), Ok(CURRENTS));
    adc.free().done();
}

#[test]
fn the_null_bit_tells_full_scale_from_a_line_that_nobody_drives() {
    let full: Vec<_> = (0..8).flat_map(|channel| conversion(channel, [0xFF, 0xEF, 0xFF])).collect();
    let mut adc = Adc::new(SpiMock::new(&full));
    assert_eq!(adc.sample(), Ok([4095.0 / 4096.0; 8]));
    adc.free().done();
    let mut adc = Adc::new(SpiMock::new(&conversion(0, [0xFF; 3])));
    assert_eq!(adc.sample(), Err(SensorError::StuckHigh));
    adc.free().done();
}

#[test]
fn an_adc_whose_line_is_grounded_has_no_sample() {
    let low: Vec<_> = (0..8).flat_map(|channel| conversion(channel, [0; 3])).collect();
    let mut adc = Adc::new(SpiMock::new(&low));
    assert_eq!(adc.sample(), Err(SensorError::StuckLow));
    adc.free().done();
}

#[test]
fn an_adc_is_frozen_only_after_as_many_samples_as_its_user_said() {
    let expected: Vec<_> = (0..3).flat_map(|_| conversions()).collect();
    let mut adc = Adc::new(SpiMock::new(&expected)).frozen_after(3);
    assert_eq!(adc.sample(), Ok(CURRENTS));
    assert_eq!(adc.sample(), Ok(CURRENTS));
    assert_eq!(adc.sample(), Err(SensorError::Frozen { samples: 3 }));
    adc.free().done();
    let mut adc = Adc::new(SpiMock::new(&expected));
    assert!((0..3).all(|_| adc.sample() == Ok(CURRENTS)), "quiet inputs are honest");
    adc.free().done();
}

#[test]
fn a_function_is_a_source() {
    let mut left = 3;
    let mut source = from_fn(|| {
        left -= 1;
        if left == 0 { Err("no more") } else { Ok([left as f32]) }
    });
    let all = [source.sample(), source.sample(), source.sample()];
    assert_eq!(all, [Ok([2.0]), Ok([1.0]), Err("no more")]);
}

/// Ends after as many turns of the executor as it was asked for microseconds.
struct Turns;

impl embedded_hal_async::delay::DelayNs for Turns {
    async fn delay_ns(&mut self, nanoseconds: u32) {
        for _ in 0..nanoseconds / 1_000 {
            embassy_futures::yield_now().await;
        }
    }
}

#[test]
fn a_bus_that_never_answers_ends_in_an_error_and_is_asked_again() {
    use asynch::{SampleSource as _, Within};
    let adc = asynch::Adc::new(Faulty::new(FakeAdc::new()));
    let mut adc = Within::new(adc, Turns, 50);
    let before = block_on(adc.sample()).expect("a sound bus");
    adc.source().bus().fault = Some(Fault::Hangs);
    assert_eq!(block_on(adc.sample()), Err(SensorError::TimedOut));
    adc.source().bus().fault = None;
    let after = block_on(adc.sample()).expect("a sound bus");
    assert!(before != after, "another sample");
    // Each of the eight transfers waits for a turn: five are not enough.
    let mut hurried = Within::new(asynch::Adc::new(Faulty::new(FakeAdc::new())), Turns, 5);
    assert_eq!(block_on(hurried.sample()), Err(SensorError::TimedOut));
}

#[test]
fn every_fault_of_a_bus_has_a_name_and_leaves_the_driver_usable() {
    let mut imu = Imu::new(Faulty::new(FakeImu::new()), ADDRESS);
    let mut sound = Imu::new(Faulty::new(FakeImu::new()), ADDRESS);
    let all = [
        (Fault::NoAcknowledge, SensorError::Bus(BusFault::NoAcknowledge)),
        (Fault::TimedOut, SensorError::Bus(BusFault::TimedOut)),
        (Fault::Hangs, SensorError::Bus(BusFault::TimedOut)),
        (Fault::StuckLow, SensorError::StuckLow),
        (Fault::StuckHigh, SensorError::StuckHigh),
        (Fault::Frozen, SensorError::Frozen { samples: 8 }),
    ];
    for (fault, error) in all {
        imu.bus().fault = Some(fault);
        let first = (0..8).find_map(|_| imu.sample().err());
        assert_eq!(first, Some(error), "{fault:?}");
        imu.bus().fault = None;
        assert_eq!(imu.sample(), sound.sample(), "after {fault:?}");
    }
}
