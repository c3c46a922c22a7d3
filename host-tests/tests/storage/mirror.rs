//! The layouts of the memories with every field in reach: same bytes, no rules.

use super::forge;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use solvekit::storage::{Memory, RecordError, decode, encode, longest};
use std::fmt::Debug;

type Ends = (f32, f32);

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Losses {
    pub(super) losses: [f32; 3],
    pub(super) root: f32,
    pub(super) mean: f32,
    pub(super) rounds: u32,
    pub(super) memory: u32,
    pub(super) baseline: bool,
    pub(super) selected: Option<(u32, f32)>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Bins {
    pub(super) arms: [f32; 3],
    pub(super) interval: Ends,
    pub(super) bins: [Losses; 2],
    pub(super) clamped: u32,
    pub(super) selected: Option<u32>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Fit {
    pub(super) low: [f32; 2],
    pub(super) high: [f32; 2],
    pub(super) projections: [f32; 2],
    pub(super) squares: f32,
    pub(super) coefficients: [f32; 2],
    pub(super) residual: f32,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Cheb {
    pub(super) arms: [f32; 3],
    pub(super) interval: Ends,
    pub(super) fits: [Fit; 3],
    pub(super) least: f32,
    pub(super) most: f32,
    pub(super) surprise: f32,
    pub(super) mean: f32,
    pub(super) rounds: u32,
    pub(super) memory: u32,
    pub(super) clamped: u32,
    pub(super) selected: Option<(u32, f32)>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Ucb {
    pub(super) arms: [f32; 3],
    pub(super) means: [f32; 3],
    pub(super) counts: [f32; 3],
    pub(super) variance: f32,
    pub(super) rounds: u32,
    pub(super) memory: u32,
    pub(super) selected: Option<u32>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Windowed {
    pub(super) arms: [f32; 3],
    pub(super) means: [f32; 3],
    pub(super) counts: [u32; 3],
    pub(super) squares: f32,
    pub(super) peak: f32,
    pub(super) costs: [f32; 8],
    pub(super) played: [u16; 8],
    pub(super) next: u32,
    pub(super) rounds: u32,
    pub(super) selected: Option<u32>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct CutOff<T> {
    pub(super) inner: T,
    pub(super) multiple: f32,
    pub(super) means: [f32; 3],
    pub(super) counts: [u32; 3],
    pub(super) selected: Option<u32>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Safe<T> {
    pub(super) inner: T,
    pub(super) owed: f32,
    pub(super) pending: f32,
    pub(super) pending_rounds: u32,
    pub(super) latest: f32,
    pub(super) largest: f32,
    /// Nobody, Gauss–Seidel, the inner tuner, both.
    pub(super) playing: u8,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Given {
    pub(super) omega: f32,
    pub(super) selected: bool,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Method {
    pub(super) steps: Option<f32>,
    pub(super) next_trial: u32,
    pub(super) wait: u32,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Methods {
    pub(super) methods: [Method; 3],
    pub(super) rounds: u32,
}

/// A value with its fields in reach.
pub(super) fn opened<N: DeserializeOwned>(value: &impl Memory) -> N {
    let payload = postcard::to_stdvec(value).expect("serialisable");
    let (fields, rest) = postcard::take_from_bytes(&payload).expect("the same layout");
    assert!(rest.is_empty(), "another layout");
    fields
}

fn judged<M: Memory>(fields: &impl Serialize) -> Result<M, RecordError> {
    decode(&forge(1, M::TAG, 0, &postcard::to_stdvec(fields).expect("serialisable")))
}

pub(super) fn accepts<M: Memory + Debug>(fields: &impl Serialize) {
    judged::<M>(fields).expect("sound");
}

/// One field set wrong.
pub(super) type Wrong<N> = (&'static str, fn(&mut N));

/// Accepts the value as it is, and refuses each wrong one, restoring and storing.
pub(super) fn refuses<M, N>(sound: &N, cases: &[Wrong<N>])
where
    M: Memory + PartialEq + Debug,
    N: Serialize + Clone,
{
    accepts::<M>(sound);
    for (what, spoil) in cases {
        let mut fields = sound.clone();
        spoil(&mut fields);
        assert_eq!(judged::<M>(&fields), Err(RecordError::Unsound), "{what}");
        let payload = postcard::to_stdvec(&fields).expect("serialisable");
        let value: M = postcard::from_bytes(&payload).expect("restorable");
        let mut buffer = vec![0; longest::<M>()];
        assert_eq!(encode(&value, &mut buffer), Err(RecordError::Unsound), "{what}");
    }
}

/// Accepts the value with every number at its longest, of exactly as many bytes as are declared, less
/// the 4 of each index that is below 128.
pub(super) fn is_longest<M: Memory + Debug>(fields: &impl Serialize, indices: usize) {
    accepts::<M>(fields);
    let length = postcard::to_stdvec(fields).expect("serialisable").len();
    assert_eq!(length + 4 * indices, M::LONGEST);
}
