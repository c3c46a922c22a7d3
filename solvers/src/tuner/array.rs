//! Serialisation of an array of [`Fit`]s. `serde-big-array` keeps a place that may be empty while it
//! reads, and the compiler does not see that it never is: a panic would stay in the image.

use super::fit::Fit;
use crate::Real;
use core::{fmt, marker::PhantomData};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

pub(super) fn serialize<S, R, const M: usize, const K: usize>(
    fits: &[Fit<R, M>; K],
    serializer: S,
) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    R: Serialize,
{
    let mut tuple = serializer.serialize_tuple(K)?;
    for fit in fits {
        tuple.serialize_element(fit)?;
    }
    tuple.end()
}

pub(super) fn deserialize<'de, D, R, const M: usize, const K: usize>(
    deserializer: D,
) -> Result<[Fit<R, M>; K], D::Error>
where
    D: Deserializer<'de>,
    R: Real + Deserialize<'de>,
{
    deserializer.deserialize_tuple(K, Fits(PhantomData))
}

struct Fits<R, const M: usize, const K: usize>(PhantomData<R>);

impl<'de, R, const M: usize, const K: usize> Visitor<'de> for Fits<R, M, K>
where
    R: Real + Deserialize<'de>,
{
    type Value = [Fit<R, M>; K];

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a fit for each arm")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut fits = [Fit::new(); K];
        for (index, fit) in fits.iter_mut().enumerate() {
            let next = sequence.next_element()?;
            *fit = next.ok_or_else(|| A::Error::invalid_length(index, &self))?;
        }
        Ok(fits)
    }
}
