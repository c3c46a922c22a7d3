//! `solvekit devices`.

use crate::desk::Desk;

#[test]
fn it_tells_what_is_there_and_why_not() {
    let desk = Desk::with(&[]);
    let told = desk.run("devices --json");
    let json = told.json();
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(json["threads"].as_u64().expect("a number") >= 1);
    let backends = json["backends"].as_array().expect("a list");
    let names: Vec<_> = backends.iter().map(|found| found["backend"].as_str()).collect();
    assert_eq!(names, [Some("scalar"), Some("simd"), Some("gpu"), Some("cuda")]);
    for found in backends {
        let available = found["available"].as_bool().expect("yes or no");
        assert_eq!(found["device"].is_string(), available, "{found}");
        assert_eq!(found["reason"].is_string(), !available, "{found}");
    }
    assert!(backends[0]["available"] == true && backends[1]["available"] == true);
    assert!(backends[1]["lanes"][0].as_u64() >= Some(4) && backends[0]["lanes"][0] == 1);
    assert_eq!(backends[2]["driver"].is_string(), backends[2]["available"] == true);
    let cuda = &backends[3];
    let reason = cuda["reason"].as_str().unwrap_or_default();
    let missing = ["libcuda", "libnvrtc", "libcublas", "NVIDIA"];
    if cfg!(feature = "cuda") {
        let is_named = missing.iter().any(|one| reason.contains(one));
        assert!(cuda["available"] == true || is_named, "{cuda}");
    } else {
        assert_eq!(reason, "this build is without the feature cuda");
    }

    let told = desk.run("devices");
    assert!(told.code == Some(0) && told.stdout.is_empty(), "{told:?}");
    for line in ["scalar  the processor\n", "simd    ", "gpu     ", "cuda    ", " thread"] {
        assert!(told.stderr.contains(line), "{told:?}");
    }
}

/// Measured once, found again by the next call.
#[test]
fn crossovers_are_measured_and_kept() {
    let desk = Desk::with(&[]);
    let crossovers = |words: &str| desk.run(words).json()["crossovers"].clone();
    assert_eq!(crossovers("devices --json"), serde_json::json!([]));
    let measured = crossovers("devices --measure --json");
    let list = measured.as_array().expect("a list");
    let families: Vec<_> = list.iter().map(|one| (&one["family"], &one["sizes"][0])).collect();
    let known = [8, 16, 32].map(|n| [("sor".into(), n.into()), ("cholesky".into(), n.into())]);
    let known: Vec<(serde_json::Value, serde_json::Value)> = known.into_iter().flatten().collect();
    assert_eq!(families, known.iter().map(|(family, n)| (family, n)).collect::<Vec<_>>());
    for crossing in list {
        let from = crossing["from"].as_array().expect("a list");
        assert!(from[0]["problems"] == 1 && from.len() < 10, "{crossing}");
    }
    assert_eq!(crossovers("devices --json"), measured);
    assert!(desk.run("devices").stderr.contains("sor 16, f32: from 1 "));
}
