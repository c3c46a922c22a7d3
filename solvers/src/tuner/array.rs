//! Serialisation of long arrays. `serde-big-array` keeps a place that may be empty while it reads,
//! and where elements or arrays are large the compiler does not see that it never is: a panic would
//! stay in the image.

use core::{fmt, marker::PhantomData};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

pub(super) fn serialize<S, E, const N: usize>(
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

pub(super) fn deserialize<'de, D, E, const N: usize>(deserializer: D) -> Result<[E; N], D::Error>
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
