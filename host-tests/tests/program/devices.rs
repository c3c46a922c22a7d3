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
    assert_eq!(backends[3]["reason"], "this build has no cuda");

    let told = desk.run("devices");
    assert!(told.code == Some(0) && told.stdout.is_empty(), "{told:?}");
    for line in
        ["scalar  the processor\n", "simd    ", "gpu     ", "cuda    not there: ", " thread"]
    {
        assert!(told.stderr.contains(line), "{told:?}");
    }
}
