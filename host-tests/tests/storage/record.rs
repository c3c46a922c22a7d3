//! Bytes of one record: what they are, and what is refused.

use super::{Tuner, crc32, forge, learned, record};
use serde::{Deserialize, Serialize};
use solvekit::Real;
use solvekit::storage::{HEADER, Memory, RecordError, decode, encode, longest, tag};
use solvekit::tuner::{Arms, TsallisInf};

fn bytes_of<M: Memory>(value: &M) -> Vec<u8> {
    let mut buffer = vec![0; longest::<M>()];
    encode(value, &mut buffer).expect("sound").to_vec()
}

fn refused(bytes: &[u8]) -> RecordError {
    decode::<Tuner>(bytes).expect_err("refused")
}

#[test]
fn the_checksum_is_that_of_zip() {
    // The catalogue's check value.
    assert_eq!(crc32(&[b"123456789"]), 0xCBF4_3926);
}

#[test]
fn the_bytes_are_as_documented() {
    for (solves, playing) in [(0, false), (0, true), (1, false), (200, true)] {
        let tuner: Tuner = learned(solves, playing);
        assert_eq!(bytes_of(&tuner), record(&tuner, 0), "{solves} {playing}");
    }
    let arms: Vec<_> = [1.0_f32, 1.5].iter().flat_map(|omega| omega.to_le_bytes()).collect();
    let fresh = TsallisInf::new(Arms::new([1.0_f32, 1.5]).expect("valid"));
    // Arms, losses, root, mean, rounds, an endless memory, no baseline, nothing selected. When this
    // changes, so must the tag.
    let endless = [0xff, 0xff, 0xff, 0xff, 0x0f];
    let payload =
        [&arms[..], &[0; 8], &1.0_f32.to_le_bytes(), &[0; 4], &[0], &endless, &[0, 0]].concat();
    let named = [&b"TsallisInf 1"[..], &4_u32.to_le_bytes(), &2_u32.to_le_bytes()];
    assert_eq!(bytes_of(&fresh), forge(1, crc32(&named), 0, &payload));
}

fn goes_round<R: Real + Serialize + serde::de::DeserializeOwned, const K: usize>() {
    for solves in [0, 1, 2, 3, 10, 127, 128, 500] {
        for playing in [false, true] {
            let tuner = learned::<R, K>(solves, playing);
            let bytes = bytes_of(&tuner);
            assert!(bytes.len() <= longest::<TsallisInf<R, K>>());
            assert_eq!(decode(&bytes), Ok(tuner), "{K} arms, {solves} solves");
        }
    }
}

#[test]
fn every_tuner_comes_back() {
    goes_round::<f32, 1>();
    goes_round::<f32, 2>();
    goes_round::<f32, 20>();
    goes_round::<f64, 20>();
    // An index of two bytes.
    goes_round::<f64, 300>();
}

#[test]
fn every_flipped_bit_is_refused() {
    for playing in [false, true] {
        let whole = bytes_of(&learned::<f32, 5>(40, playing));
        for bit in 0..8 * whole.len() {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let error = refused(&bytes);
            let said = match bit / 32 {
                0 => error == RecordError::NotARecord,
                1 => matches!(error, RecordError::Version { .. }),
                2 => matches!(error, RecordError::Tag { .. }),
                4 => matches!(
                    error,
                    RecordError::Truncated { .. }
                        | RecordError::Trailing { .. }
                        | RecordError::TooLong { .. }
                ),
                _ => error == RecordError::Checksum,
            };
            assert!(said, "bit {bit}: {error}");
        }
    }
}

#[test]
fn every_wrong_length_is_refused() {
    let whole = bytes_of(&learned::<f32, 5>(40, true));
    for found in 0..whole.len() {
        let needed = if found < HEADER { HEADER } else { whole.len() };
        assert_eq!(refused(&whole[..found]), RecordError::Truncated { needed, found });
    }
    let mut longer = whole.clone();
    longer.push(0);
    let expected = RecordError::Trailing { needed: whole.len(), found: whole.len() + 1 };
    assert_eq!(refused(&longer), expected);
}

#[test]
fn another_version_or_type_is_refused() {
    let payload = postcard::to_stdvec(&learned::<f32, 5>(9, false)).expect("serialisable");
    let next = forge(2, Tuner::TAG, 0, &payload);
    assert_eq!(refused(&next), RecordError::Version { found: 2 });
    let more_arms = bytes_of(&learned::<f32, 6>(9, false));
    let found = TsallisInf::<f32, 6>::TAG;
    assert_eq!(refused(&more_arms), RecordError::Tag { found });
    let wider = bytes_of(&learned::<f64, 5>(9, false));
    assert!(matches!(refused(&wider), RecordError::Tag { .. }));
}

#[test]
fn undamaged_bytes_that_are_no_value_are_refused() {
    let payload = postcard::to_stdvec(&learned::<f32, 5>(9, false)).expect("serialisable");
    let with = |payload: &[u8]| refused(&forge(1, Tuner::TAG, 0, payload));
    // The last byte says that no arm is in play; there is no third case.
    let mut neither = payload.clone();
    *neither.last_mut().expect("bytes") = 2;
    assert_eq!(with(&neither), RecordError::Payload);
    assert_eq!(with(&[&payload[..], &[0]].concat()), RecordError::Payload);
    assert_eq!(with(&payload[..payload.len() - 1]), RecordError::Payload);
    assert_eq!(with(&[]), RecordError::Payload);
    let longest = Tuner::LONGEST;
    assert_eq!(with(&vec![0; longest + 1]), RecordError::TooLong { longest });
}

#[test]
fn a_short_buffer_is_refused_from_the_first_save_on() {
    let needed = longest::<Tuner>();
    let tuner: Tuner = learned(0, false);
    for length in 0..needed {
        let mut short = vec![0; length];
        let refused = encode(&tuner, &mut short);
        assert_eq!(refused, Err(RecordError::Buffer { needed }));
    }
}

/// Declares less than it takes.
#[derive(Serialize, Deserialize)]
struct Liar(u64);

impl Memory for Liar {
    const TAG: u32 = tag("liar", &[]);
    const LONGEST: usize = 3;
    fn is_sound(&self) -> bool {
        true
    }
}

#[test]
fn a_value_longer_than_its_type_declares_is_refused() {
    let mut buffer = [0; 100];
    assert!(encode(&Liar(0x1F_FFFF), &mut buffer).is_ok());
    let refused = encode(&Liar(0x20_0000), &mut buffer);
    assert_eq!(refused, Err(RecordError::TooLong { longest: 3 }));
}
