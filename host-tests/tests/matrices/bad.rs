//! Matrix Market files that were broken to test other readers: each is refused, for its reason.

use crate::data::{solve, trial};
use libtest_mimic::Trial;
use std::path::Path;

/// Where each is broken: file, line, words of the message.
const BROKEN: [(&str, &str, &str); 9] = [
    ("bad/3by0.mtx", "line 2", "the matrix is empty: 3×0"),
    ("bad/mangled1.mtx", "line 1", "unknown object `mangled`"),
    ("bad/mangled2.mtx", "line 1", "unknown format `mangled`"),
    ("bad/mangled3.mtx", "line 1", "unknown field `mangled`"),
    ("bad/mangled4.mtx", "line 1", "unknown symmetry `mangled`"),
    ("bad/mangled5.mtx", "line 1", "`hermitian` is for complex entries only"),
    ("bad/mangled6.mtx", "line 1", "`hermitian` is for complex entries only"),
    ("bad/mangled7.mtx", "line 5", "expected three fields (row, column, value), found `1 1`"),
    ("bad/mangled8.mtx", "line 4", "expected a size line of three numbers"),
];

pub(crate) fn trials() -> Vec<Trial> {
    let refused = |(file, line, words): (&'static str, &'static str, &'static str)| {
        trial(file, file, move |path| {
            let told = solve(path, &[]);
            assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
            for part in [file, line, words] {
                assert!(told.stderr.contains(part), "`{part}` is not in: {}", told.stderr);
            }
        })
    };
    let mut trials: Vec<Trial> = BROKEN.into_iter().map(refused).collect();
    trials.push(trial("bad/no_other_file", "bad", no_other_file));
    trials
}

fn no_other_file(folder: &Path) {
    for entry in folder.read_dir().expect("a readable folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(
            BROKEN.iter().any(|(file, ..)| *file == format!("bad/{name}")),
            "{name} has no test"
        );
    }
}
