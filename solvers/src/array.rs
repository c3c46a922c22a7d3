//! Serialisation of arrays of any length, as tuples of their elements, for `#[serde(with)]`; serde itself
//! stops at 32. (`serde-big-array` keeps a place that may be empty while it reads, and at opt-level "s" the
//! compiler does not see that it never is: a panic would stay in the image.)

use core::{fmt, marker::PhantomData};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

pub(crate) fn serialize<S, E, const N: usize>(
    elements: &[E; N],
    serializer: S,
) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    E: Serialize,
{
    let mut tuple = serializer.serialize_tuple(N)?;
    for element in elements {
        tuple.serialize_element(element)?;
    }
    tuple.end()
}

pub(crate) fn deserialize<'de, D, E, const N: usize>(deserializer: D) -> Result<[E; N], D::Error>
where
    D: Deserializer<'de>,
    E: Copy + Deserialize<'de>,
{
    deserializer.deserialize_tuple(N, Elements(PhantomData))
}

struct Elements<E, const N: usize>(PhantomData<E>);

impl<'de, E: Copy + Deserialize<'de>, const N: usize> Visitor<'de> for Elements<E, N> {
    type Value = [E; N];

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("as many elements as the array has")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut next = |index| -> Result<E, A::Error> {
            sequence.next_element()?.ok_or_else(|| A::Error::invalid_length(index, &self))
        };
        // The first one stands in for the others until they come.
        let mut elements = [next(0)?; N];
        for (index, element) in elements.iter_mut().enumerate().skip(1) {
            *element = next(index)?;
        }
        Ok(elements)
    }
}

#[cfg(all(test, feature = "storage"))]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Long(#[serde(with = "crate::array")] [u16; 40]);

    #[test]
    fn an_array_is_read_as_it_was_written_and_a_short_one_is_refused() {
        let long = Long(core::array::from_fn(|k| (k * k) as u16));
        let mut bytes = [0; 200];
        let written = postcard::to_slice(&long, &mut bytes).unwrap();
        assert_eq!(postcard::from_bytes(written), Ok(long));
        let short = &written[..written.len() - 1];
        assert!(postcard::from_bytes::<Long>(short).is_err());
    }
}
