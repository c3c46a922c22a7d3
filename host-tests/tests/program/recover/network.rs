//! `solvekit recover --method network`.

use crate::desk::{Desk, Told};
use crate::model::{COLUMNS, LAYERS, ROWS, dictionary, measurements, models};
use solvekit_host::file::Columns;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Model, Numbers, write};
use solvekit_host::vector::Vector;

/// Numbers whose shortest decimals say every bit.
fn csv(columns: &[&[f32]]) -> String {
    let row =
        |i: usize| columns.iter().map(|c| format!("{:?}", c[i])).collect::<Vec<_>>().join(",");
    (0..columns[0].len()).map(|i| row(i) + "\n").collect()
}

pub(crate) fn table(a: &DenseMatrix<f32>) -> String {
    let columns: Vec<&[f32]> = (0..a.values().len() / ROWS).map(|j| a.column(j)).collect();
    csv(&columns)
}

/// A dictionary, measurements, and a file for each kind of network.
pub(crate) struct Trained {
    pub(crate) desk: Desk,
    a: DenseMatrix<f32>,
    y: Vec<Vector<f32>>,
    pub(crate) models: Vec<Model>,
}

impl Trained {
    pub(crate) fn new(columns: usize) -> Self {
        let a = dictionary(1);
        let y = measurements(&a, columns);
        let slices: Vec<&[f32]> = y.iter().map(|y| &**y).collect();
        let desk = Desk::with(&[("a.csv", &table(&a)), ("y.csv", &csv(&slices))]);
        let models = models(&a);
        models.iter().for_each(|model| keep(&desk, model, &name(model)));
        Self { desk, a, y, models }
    }

    fn recover(&self, options: &str) -> Told {
        let files = "--dictionary a.csv --measurements y.csv --method network";
        self.desk.run(&format!("recover {files} {options}"))
    }

    fn found(&self) -> Vec<Vec<u32>> {
        let columns = Columns::<f32>::read(&self.desk.path("found.npy")).expect("signals");
        let bits = |x: &Vector<f32>| x.iter().map(|x| x.to_bits()).collect();
        columns.as_slice().iter().map(bits).collect()
    }
}

pub(crate) fn keep(desk: &Desk, model: &Model, name: &str) {
    write(model, &desk.path(name)).expect("a writable folder");
}

pub(crate) fn name(model: &Model) -> String {
    format!("{}.json", model.kind())
}

#[test]
fn it_has_the_bits_of_the_deployed_layers() {
    let trained = Trained::new(3);
    for model in &trained.models {
        for (depth, options) in [(None, ""), (Some(2), "--layers 2")] {
            let told = trained
                .recover(&format!("--network {} {options} --json --output found.npy", name(model)));
            let json = told.json();
            assert_eq!((told.code, &json["status"]), (Some(0), &"inferred".into()), "{json}");
            let expected = model.recover(&trained.a, &trained.y, depth).expect("recovered");
            let bits = |x: &Vector<f32>| x.iter().map(|x| x.to_bits()).collect();
            assert_eq!(trained.found(), expected.iter().map(bits).collect::<Vec<Vec<u32>>>());
            let layers = depth.unwrap_or(LAYERS as u32);
            assert_eq!(json["iterations"], 3 * layers);
            assert_eq!(json["layers"], layers);
            assert_eq!(json["network"], model.kind().to_string());
            for key in ["tolerance", "lambda", "sparsity", "nmse_db", "refused"] {
                assert!(json[key].is_null(), "{key} in {json}");
            }
            assert!(json["seconds"].is_number() && json["residual"].is_number(), "{json}");
        }
    }
}

/// ‖y − A x‖ / ‖y‖ and the NMSE by hand.
#[test]
fn figures_are_those_of_x() {
    let trained = Trained::new(2);
    let truths = [[0.9_f32, 0.0, 0.0, 0.0, -0.6, 0.0, 0.0, 0.0, 0.0]; 2];
    let truths: Vec<&[f32]> = truths.iter().map(|x| &x[..]).collect();
    trained.desk.put("x.csv", csv(&truths).as_bytes());
    let told = trained.recover("--network alista.json --truth x.csv --json --output found.npy");
    let json = told.json();
    let found = Columns::<f64>::read(&trained.desk.path("found.npy")).expect("signals").into_vec();
    let (mut worst, mut error, mut size) = (0.0_f64, 0.0, 0.0);
    for ((x, y), truth) in found.iter().zip(&trained.y).zip(&truths) {
        let mut r: Vec<f64> = y.iter().map(|y| f64::from(*y)).collect();
        let y_norm = r.iter().map(|y| y * y).sum::<f64>().sqrt();
        for (j, x) in x.iter().enumerate() {
            r.iter_mut().zip(trained.a.column(j)).for_each(|(r, a)| *r -= f64::from(*a) * x);
        }
        worst = worst.max(r.iter().map(|r| r * r).sum::<f64>().sqrt() / y_norm);
        for (x, t) in x.iter().zip(*truth) {
            // As the file has it: a decimal number.
            let t: f64 = t.to_string().parse().expect("a number");
            error += (x - t).powi(2);
            size += t.powi(2);
        }
    }
    // A few roundings of f32.
    assert!((super::number(&json, "residual") / worst - 1.0).abs() < 1e-5, "{worst}: {json}");
    let decibels = 10.0 * (error / size).log10();
    assert!((super::number(&json, "nmse_db") - decibels).abs() < 1e-9, "{decibels}: {json}");
    assert_eq!(json["reports"][1]["status"], "inferred");
    let told = trained.recover("--network alista.json --truth x.csv");
    assert!(told.stderr.contains("inferred after 8 layers, 2 of 2 columns inferred"), "{told:?}");
}

#[test]
fn a_safeguard_converges_whatever_the_layers_do() {
    let trained = Trained::new(3);
    let mut bad = trained.models[0].clone();
    bad.numbers = Numbers::UnfoldedIsta { lambda: 0.02, steps: vec![40.0; LAYERS] };
    keep(&trained.desk, &bad, "bad.json");
    let ista = trained.desk.run(
        "recover --dictionary a.csv --measurements y.csv --method ista --lambda 0.02 --tol 1e-9 \
         --output found.npy",
    );
    assert_eq!(ista.code, Some(0), "{ista:?}");
    let read = || Columns::<f64>::read(&trained.desk.path("found.npy")).expect("x").into_vec();
    let plain = read();
    for file in
        ["unfolded-ista.json", "alista.json", "lista-cp.json", "hyperlista.json", "bad.json"]
    {
        // An unfolded network has its own λ, the same.
        let lambda = if file.contains("lista") { "--lambda 0.02" } else { "" };
        let told = trained
            .recover(&format!("--network {file} --safeguard {lambda} --json --output found.npy"));
        let json = told.json();
        assert_eq!((told.code, &json["status"]), (Some(0), &"converged".into()), "{file}: {json}");
        assert!(super::number(&json, "residual") <= 1e-5, "{json}");
        assert!((super::number(&json, "lambda") - 0.02).abs() < 1e-8, "{json}");
        let refused = super::number(&json, "refused") as usize;
        assert!(refused == 3 || file != "bad.json", "{json}");
        for (x, plain) in
            read().iter().flat_map(|x| x.iter()).zip(plain.iter().flat_map(|x| x.iter()))
        {
            // The tolerance in f32, magnified a little on the way from a gradient to x.
            assert!((x - plain).abs() < 1e-3, "{file}: {x} and {plain}");
        }
    }
    let told = trained.recover("--network unfolded-iht.json --safeguard --json");
    assert_eq!(told.json()["status"], "converged", "{told:?}");
    let told =
        trained.recover("--network alista.json --safeguard --max-iterations 4 --tol 0 --json");
    assert_eq!((told.code, &told.json()["status"]), (Some(1), &"iteration_limit".into()));
}

#[test]
fn layers_that_leave_the_range_say_so() {
    let trained = Trained::new(2);
    let mut wild = trained.models[0].clone();
    wild.numbers = Numbers::UnfoldedIsta { lambda: 0.0, steps: vec![1e30; LAYERS] };
    keep(&trained.desk, &wild, "wild.json");
    let told = trained.recover("--network wild.json --json --output found.npy");
    let json = told.json();
    assert_eq!((told.code, &json["status"]), (Some(1), &"non_finite".into()), "{json}");
    assert!(trained.found().iter().flatten().all(|bits| f32::from_bits(*bits).is_finite()));
    let told = trained.recover("--network wild.json");
    assert!(
        told.stderr.contains("not converged: non_finite: the layers left the range"),
        "{told:?}"
    );
}

#[test]
fn nothing_measured_gives_zeros() {
    let trained = Trained::new(1);
    trained.desk.put("y.csv", csv(&[&[0.0; ROWS], &[1.0; ROWS]]).as_bytes());
    for model in &trained.models {
        for (options, status) in [("", "inferred"), ("--safeguard", "converged")] {
            let told = trained
                .recover(&format!("--network {} {options} --json --output found.npy", name(model)));
            let json = told.json();
            assert_eq!((told.code, &json["status"]), (Some(0), &status.into()), "{json}");
            assert_eq!(json["reports"][0]["residual"], 0.0, "{json}");
            assert!(trained.found()[0].iter().all(|bits| *bits == 0), "{}", model.kind());
        }
    }
}

#[test]
fn bad_input_is_refused_by_name() {
    let trained = Trained::new(2);
    let good = std::fs::read_to_string(trained.desk.path("alista.json")).expect("a file");
    let other = dictionary(2);
    let nan = csv(&[&[0.5, f32::NAN, 0.5, 0.5, 0.5, 0.5]]);
    let desk = &trained.desk;
    desk.put("damaged.json", good.replacen("0.9", "0.8", 1).as_bytes());
    desk.put("later.json", good.replacen("\"version\":1", "\"version\":7", 1).as_bytes());
    desk.put("cut.json", &good.as_bytes()[..good.len() / 2]);
    desk.put("b.csv", table(&other).as_bytes());
    desk.put("wide.csv", csv(&[&[1.0_f32; ROWS][..]; COLUMNS + 1]).as_bytes());
    desk.put("nan.csv", nan.replace("NaN", "nan").as_bytes());
    desk.put("huge.csv", b"1\n1\n1e39\n1\n1\n1\n");
    desk.put("large.csv", b"1,3e38\n1,3e38\n1,3e38\n1,3e38\n1,3e38\n1,3e38\n");
    let refuses = |options: &str, words: &[&str]| {
        let before = desk.names();
        let told = desk.run(&format!("recover {options} --json --output refused.npy"));
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{options}: {told:?}");
        for word in words {
            assert!(told.stderr.contains(word), "`{word}` is not in: {}", told.stderr);
        }
        assert_eq!(desk.names(), before, "nothing is written");
    };
    let with = |options: &str, words: &[&str]| {
        let files = "--dictionary a.csv --measurements y.csv --method network";
        refuses(&format!("{files} {options}"), words);
    };
    with("", &["--network: --method network needs it"]);
    with("--network no.json", &["no.json: No such file"]);
    with("--network a.csv", &["a.csv: not a network file"]);
    with("--network damaged.json", &["damaged.json: the checksum is that of other content"]);
    with("--network later.json", &["later.json: a network file of version 7, version 1 is needed"]);
    with("--network cut.json", &["cut.json: not a network file: "]);
    with("--network alista.json --layers 0", &["--layers: 1 or more is needed"]);
    with("--network alista.json --layers 5", &["alista.json: 5 layers of a network of 4"]);
    with("--network alista.json --sparsity 3", &["--sparsity: a network has none"]);
    for option in ["--lambda 1", "--lambda-fraction 0.1", "--tol 1e-3", "--max-iterations 9"] {
        let name = option.split(' ').next().expect("a word");
        with(&format!("--network alista.json {option}"), &[name, "give --safeguard too"]);
    }
    with("--network alista.json --safeguard --tol 1", &["--tol: 1 accepts x = 0 unsolved"]);
    with("--network alista.json --safeguard --lambda -1", &["--lambda: -1 is not a finite"]);
    with("--network unfolded-ista.json --safeguard --lambda 1", &["--lambda: ", "its own λ"]);
    for option in ["--network alista.json", "--layers 2", "--safeguard"] {
        let name = option.split(' ').next().expect("a word");
        let files = "--dictionary a.csv --measurements y.csv --method ista";
        refuses(&format!("{files} {option}"), &[name, "ista has none: give --method network"]);
    }
    let files = |a: &str, y: &str, words: &[&str]| {
        let options = format!("--dictionary {a} --measurements {y} --method network");
        refuses(&format!("{options} --network alista.json"), words);
    };
    files("b.csv", "y.csv", &["alista.json: the network is for the dictionary ", ", this one is "]);
    let shapes = "alista.json: the network is for a dictionary of (6, 9), this one is (6, 10)";
    files("wide.csv", "y.csv", &[shapes]);
    files("a.csv", "nan.csv", &["nan.csv, line 2: ", "nan"]);
    files("a.csv", "huge.csv", &["huge.csv, line 3: ", "f32"]);
    files("a.csv", "large.csv", &["large.csv, column 2: the measurements are too large"]);
}
