//! What no penalty is made of, one test for each cause.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use solvekit::SVector;
use solvekit::penalty::{
    Bounds, ElasticNet, GroupL1, L0, L1, Mcp, NonNegative, Penalty, PenaltyError, Scad,
};
use solvekit_host::vector::Vector;
use std::fmt::Debug;

const NO_WEIGHTS: [f32; 3] = [-1.0, f32::NAN, f32::INFINITY];

#[test]
fn a_weight_is_finite_and_not_negative() {
    for bad in NO_WEIGHTS {
        assert_eq!(L1::new(bad).unwrap_err(), PenaltyError::Weight);
        assert_eq!(ElasticNet::new(bad, 1.0).unwrap_err(), PenaltyError::Weight);
        assert_eq!(ElasticNet::new(1.0, bad).unwrap_err(), PenaltyError::Weight);
        assert_eq!(NonNegative::new(bad).unwrap_err(), PenaltyError::Weight);
        assert_eq!(GroupL1::new(bad, 2, 4).unwrap_err(), PenaltyError::Weight);
        assert_eq!(Mcp::new(bad, 2.0).unwrap_err(), PenaltyError::Weight);
        assert_eq!(Scad::new(bad, 3.7).unwrap_err(), PenaltyError::Weight);
    }
    // λ√|g| is the weight of a group.
    assert_eq!(GroupL1::new(f32::MAX, 4, 4).unwrap_err(), PenaltyError::Weight);
}

/// What was kept comes back, and what was changed since is refused as by the constructor.
#[test]
fn kept_penalties_are_checked_when_they_are_read() {
    fn kept<P>(penalty: P, bad: &[(&str, Value, PenaltyError)])
    where
        P: Serialize + DeserializeOwned + PartialEq + Debug,
    {
        let good = serde_json::to_value(&penalty).expect("numbers");
        assert_eq!(serde_json::from_value::<P>(good.clone()).expect("as it was written"), penalty);
        for (place, number, error) in bad {
            let mut kept = good.clone();
            let slot = kept.pointer_mut(place).unwrap_or_else(|| panic!("no {place} in {good}"));
            *slot = number.clone();
            let told = serde_json::from_value::<P>(kept).expect_err(place).to_string();
            assert_eq!(told, error.to_string(), "{penalty:?}, {place}: {number}");
        }
    }
    // Infinite in f32.
    let weights = |place| {
        [json!(-1.0), json!(-1e-40), json!(1e39)].map(|bad| (place, bad, PenaltyError::Weight))
    };
    let concave = |place, bad: f64| (place, json!(bad), PenaltyError::Concavity);
    kept(L1::new(0.3_f32).unwrap(), &weights("/lambda"));
    kept(L0::new(0.3_f32).unwrap(), &weights("/lambda"));
    kept(NonNegative::new(0.3_f32).unwrap(), &weights("/lambda"));
    let net = ElasticNet::new(0.3_f32, 0.7).unwrap();
    kept(net, &[weights("/l1/lambda"), weights("/ridge")].concat());
    let mcp = Mcp::new(0.3_f32, 2.0).unwrap();
    kept(mcp, &weights("/lambda"));
    kept(mcp, &[0.0, -2.0, 1e39].map(|bad| concave("/gamma", bad)));
    let scad = Scad::new(0.3_f32, 3.7).unwrap();
    kept(scad, &weights("/lambda"));
    kept(scad, &[1.0, -2.0, 1e39].map(|bad| concave("/a", bad)));
    let even = GroupL1::new(0.3_f32, 4, 12).unwrap();
    let last = |place, bad: Value| (place, bad, PenaltyError::LastGroup);
    let none = ("/size", json!(0), PenaltyError::NoGroup);
    kept(even, &[weights("/weight"), weights("/short_weight")].concat());
    kept(even, &[none.clone(), last("/short_weight", json!(0.1)), last("/short", json!(7))]);
    let uneven = GroupL1::new(0.3_f32, 4, 14).unwrap();
    let heavy = last("/short_weight", json!(0.7));
    kept(uneven, &[none, last("/short", json!(11)), last("/short", json!(usize::MAX)), heavy]);
    // One group, and that is shorter than said.
    kept(GroupL1::new(0.3_f32, 9, 4).unwrap(), &[]);
    kept(GroupL1::new(0.0_f32, 4, 14).unwrap(), &[last("/short_weight", json!(0.7))]);
}

#[test]
fn a_weight_of_zero_is_none() {
    for v in [-3.0_f32, 0.0, 0.5] {
        assert_eq!(ElasticNet::new(0.0, 0.0).unwrap().prox(0, 1.0, v), v);
        assert_eq!(Mcp::new(0.0, 2.0).unwrap().prox(0, 1.0, v), v);
        assert_eq!(Mcp::new(0.0, 2.0).unwrap().prox(0, 3.0, v), v);
        assert_eq!(Scad::new(0.0, 3.0).unwrap().prox(0, 1.0, v), v);
        assert_eq!(Scad::new(0.0, 3.0).unwrap().prox(0, 9.0, v), v);
        let mut block = [v, 1.0];
        GroupL1::new(0.0, 2, 2).unwrap().prox_block(&[0, 1], 1.0, &mut block);
        assert_eq!(block, [v, 1.0]);
    }
}

#[test]
fn a_concavity_has_a_range() {
    for bad in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(Mcp::new(1.0, bad).unwrap_err(), PenaltyError::Concavity);
    }
    for bad in [1.0, 0.0, f32::NAN, f32::INFINITY] {
        assert_eq!(Scad::new(1.0, bad).unwrap_err(), PenaltyError::Concavity);
    }
}

#[test]
fn a_group_has_coordinates() {
    assert_eq!(GroupL1::new(1.0, 0, 4).unwrap_err(), PenaltyError::NoGroup);
    assert_eq!(GroupL1::new(1.0, 2, 0).unwrap_err(), PenaltyError::Empty);
}

#[test]
fn a_bound_is_a_number() {
    let (good, bad) = (SVector::from([0.0_f32, 1.0]), SVector::from([0.0, f32::NAN]));
    let expected = PenaltyError::NanBound { coordinate: 1 };
    assert_eq!(Bounds::new(good, bad).unwrap_err(), expected);
    assert_eq!(Bounds::new(bad, good).unwrap_err(), expected);
}

#[test]
fn bounds_leave_a_number_between_them() {
    let infinite = f32::INFINITY;
    let pairs = [(1.0, 0.5), (infinite, infinite), (-infinite, -infinite), (infinite, -infinite)];
    for (l, u) in pairs {
        let bounds = Bounds::new(SVector::from([0.0, l]), SVector::from([0.0, u]));
        assert_eq!(bounds.unwrap_err(), PenaltyError::CrossedBounds { coordinate: 1 });
    }
    assert!(Bounds::all(-infinite, infinite).is_ok());
}

#[test]
fn there_are_as_many_lower_as_upper_bounds() {
    let (empty, one) = (Vector::from(vec![]), Vector::from(vec![1.0_f32]));
    let expected = PenaltyError::Length { expected: 1, found: 0 };
    assert_eq!(Bounds::new(one, empty.clone()).unwrap_err(), expected);
    assert_eq!(Bounds::new(empty.clone(), empty).unwrap_err(), PenaltyError::Empty);
}
