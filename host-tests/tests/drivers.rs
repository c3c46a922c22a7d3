//! The stories' drivers on a mocked bus: every transfer as the device's data sheet has it.

use embedded_hal_mock::eh1::i2c::{Mock as I2cMock, Transaction as I2cTransaction};
use embedded_hal_mock::eh1::spi::{Mock as SpiMock, Transaction as SpiTransaction};
use scenarios::array::{ADDRESS, Array, FakeArray, M, NoAnswer, READINGS};
use scenarios::compass::{Magnetometer, READ_AXES};

#[test]
fn an_exposure_is_written_and_all_readings_come_in_one_transfer() {
    let mut bytes = vec![0; 2 * M];
    bytes[..6].copy_from_slice(&[0x40, 0x00, 0xC0, 0x00, 0x00, 0x01]);
    let expected = [
        I2cTransaction::write(ADDRESS, vec![0x01, 5]),
        I2cTransaction::write_read(ADDRESS, vec![READINGS], bytes),
    ];
    let mut array = Array::new(I2cMock::new(&expected));
    let mut y = [1.0; M];
    array.sample(5, &mut y).expect("the bus answers");
    assert_eq!(y[..4], [0.5, -0.5, 1.0 / 32_768.0, 0.0]);
    assert_eq!(array.retries, 0);
    array.bus().done();
}

#[test]
fn a_busy_device_is_asked_again_and_a_dead_bus_leaves_the_readings() {
    use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};
    let busy = || ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);
    let expose = || I2cTransaction::write(ADDRESS, vec![0x01, 0]);
    let read = || I2cTransaction::write_read(ADDRESS, vec![READINGS], vec![0x20; 2 * M]);
    let expected = [
        expose().with_error(busy()),
        expose(),
        read().with_error(busy()),
        read().with_error(busy()),
        read(),
    ];
    let mut array = Array::new(I2cMock::new(&expected));
    let mut y = [0.0; M];
    array.sample(0, &mut y).expect("the third try");
    assert_eq!(array.retries, 3);
    array.bus().done();

    let dead =
        [expose(), read().with_error(busy()), read().with_error(busy()), read().with_error(busy())];
    let mut array = Array::new(I2cMock::new(&dead));
    let mut y = [7.0; M];
    assert_eq!(array.sample(0, &mut y), Err(busy()));
    assert_eq!(y, [7.0; M]);
    array.bus().done();
}

#[test]
fn the_fake_array_answers_as_the_driver_expects() {
    let mut array = Array::new(FakeArray::new());
    let mut y = [0.0; M];
    array.sample(3, &mut y).expect("the bus answers");
    let fake = array.bus();
    for (i, y) in y.iter().enumerate() {
        // A reading is rounded to a count, after noise of at most 0.001.
        let meant = fake.gains[i] * fake.seen(i);
        assert!((y - meant).abs() < 0.001 + 1.0 / 32_768.0, "{i}: {y} {meant}");
    }
    use embedded_hal::i2c::I2c;
    assert_eq!(fake.write(ADDRESS + 1, &[0]), Err(NoAnswer), "nobody has that address");
}

#[test]
fn a_magnetometer_is_read_in_one_transaction() {
    let expected = [
        SpiTransaction::transaction_start(),
        SpiTransaction::write(READ_AXES),
        SpiTransaction::read_vec(vec![0x01, 0x00, 0xFF, 0xFF, 0x00, 0x10]),
        SpiTransaction::transaction_end(),
    ];
    let mut sensor = Magnetometer::new(SpiMock::new(&expected));
    let mut mock = {
        let read = sensor.read().expect("the bus answers");
        assert_eq!(read, [1.0, -1.0, 4096.0]);
        sensor.free()
    };
    mock.done();
}
