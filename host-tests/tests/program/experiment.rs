//! `solvekit experiment --threads`.

use crate::desk::Desk;
use std::fs;

/// Trials that draw, solve and learn, in whatever order threads come to them.
#[test]
fn the_number_of_threads_changes_no_number() {
    let desk = Desk::with(&[]);
    for experiment in ["relax --scale 0.01", "relax-heat --scale 0.01 --nx 25"] {
        let tables = [1, 3].map(|threads| {
            let words = format!("experiment {experiment} --threads {threads} --output out");
            let told = desk.run(&words);
            assert_eq!(told.code, Some(0), "{words}: {told:?}");
            fs::read_to_string(desk.path("out").join("table.csv")).expect("a table")
        });
        assert_eq!(tables[0], tables[1], "{experiment}");
    }
}

#[test]
fn threads_that_are_none() {
    let desk = Desk::with(&[]);
    for (threads, cause) in [("0", "--threads: at least one thread is needed"), ("-1", "invalid")] {
        let told = desk.run(&format!("experiment relax --threads {threads} --output out"));
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
        assert!(told.stderr.contains(cause), "{told:?}");
    }
    assert_eq!(desk.names(), [""; 0], "nothing is written");
}
