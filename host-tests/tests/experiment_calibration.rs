//! The experiment of blind calibration, at a tenth of its size: what must come out at any size.

use solvekit_host::experiment::Options;
use solvekit_host::experiment::calibration::{Part, Row, run};
use std::fs;
use tempfile::TempDir;

fn rows_of(part: Part, rows: &[Row]) -> Vec<&Row> {
    rows.iter().filter(|row| row.part == part).collect()
}

#[test]
fn more_equations_and_less_noise_help_and_auto_is_ahead() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = folder.path().join("calibration");
    let options = Options { output: output.clone(), scale: 0.1, full: false, seed: 20_231_004 };
    let rows = run(&options).expect("a writable folder");

    // Wherever there are as many equations as numbers and one more, `auto` succeeds without noise.
    for row in rows_of(Part::Success, &rows) {
        if row.method == "auto" {
            assert_eq!(row.measured, f64::from(row.trials), "{row:?}");
        }
        assert_eq!(row.reference, None, "only the whole size has a reference");
    }
    let transition = rows_of(Part::Transition, &rows);
    let successes = |method: &str| -> f64 {
        transition.iter().filter(|row| row.method == method).map(|row| row.measured).sum()
    };
    assert!(successes("auto") > successes("projected gradient"));
    // Too few equations are refused, not solved.
    for row in transition.iter().filter(|row| row.shape.ratio() < 1.0) {
        assert_eq!(row.measured, 0.0, "{row:?}");
    }

    // Errors follow the noise: 40 dB less noise, a hundredth of the error.
    let noise = rows_of(Part::Noise, &rows);
    let error = |method: &str, snr: f64| {
        let row = noise.iter().find(|row| row.method == method && row.snr == snr);
        row.expect("a row").measured
    };
    for method in ["projected gradient", "start and 2 Gauss-Newton", "auto", "true gains"] {
        let ratio = error(method, 10.0) / error(method, 50.0);
        assert!((70.0..140.0).contains(&ratio), "{method}: {ratio}");
    }
    assert!(error("uncalibrated", 50.0) > 20.0 * error("auto", 50.0));
    assert!(error("true gains", 30.0) < error("auto", 30.0));

    // The image is sharper with every look until rounding is reached.
    for rho in [0.1, 0.5, 0.9] {
        let image = rows_of(Part::Imaging, &rows);
        let own = image.iter().filter(|row| row.rho == rho && row.iterations.is_some());
        let curve: Vec<f64> = own.map(|row| row.measured).collect();
        let rises = |pair: &[f64]| pair[0] > 250.0 || pair[1] > pair[0] + 5.0;
        assert!(curve.windows(2).all(rises), "{curve:?}");
    }

    // Memory helps where gains move slowly, and what they do is learned nearly as well as known.
    let drift = rows_of(Part::Drift, &rows);
    let error = |method: &str, step: f64| {
        let row = drift.iter().find(|row| row.method == method && row.rho == step);
        row.expect("a row").measured
    };
    for step in [0.001, 0.003] {
        assert!(error("tracked, drift known", step) < 0.7 * error("each frame alone", step));
        assert!(error("tracked, steered", step) < 0.8 * error("each frame alone", step));
    }

    let table = fs::read_to_string(output.join("table.csv")).expect("a table");
    assert_eq!(table.lines().count(), rows.len() + 1);
    for figure in
        ["transition-gradient", "transition-auto", "noise", "imaging", "image-after", "drift"]
    {
        let text = fs::read_to_string(output.join(format!("{figure}.svg"))).expect("a figure");
        assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"), "{figure}");
    }
    // The same seed, the same table.
    let again = Options { output: folder.path().join("again"), ..options };
    run(&again).expect("a writable folder");
    let again = fs::read_to_string(again.output.join("table.csv")).expect("a table");
    assert_eq!(again, table);
}
