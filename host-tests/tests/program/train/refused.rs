//! Command lines and files that are refused: exit 2, with the place and the cause, and no file.

use super::desk;
use crate::desk::Desk;
use crate::recover::csv;

#[track_caller]
fn refuses(desk: &Desk, words: &str, cause: &str) {
    let before = desk.names();
    let told = desk.run(&format!("train {words} --json --output refused.json"));
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{words}: {told:?}");
    assert!(told.stderr.contains(cause), "`{cause}` is not in: {}", told.stderr);
    assert_eq!(desk.names(), before, "nothing is written");
}

#[test]
fn bad_options() {
    let desk = desk();
    let refuses = |words: &str, cause: &str| {
        refuses(&desk, &format!("--dictionary a.csv {words}"), cause);
    };
    refuses("--sparsity 0.1", "--network");
    refuses("--network lasso --sparsity 0.1", "unfolded-ista");
    for kind in ["unfolded-ista", "unfolded-iht"] {
        let refuses =
            |words: &str, cause: &str| refuses(&format!("--network {kind} {words}"), cause);
        refuses("--sparsity 0.1", &format!("--lambda: {kind} needs it"));
        for lambda in ["0", "-1", "nan", "inf", "1e-60"] {
            refuses(&format!("--sparsity 0.1 --lambda {lambda}"), "--lambda: ");
        }
        refuses("--sparsity 0.1 --lambda many", "--lambda");
        let lambda = "--lambda 0.1";
        refuses(&format!("{lambda} --sparsity 0.1 --passing 0.1"), "--passing: ");
        refuses(&format!("{lambda} --sparsity 0.1 --weight-rate 0.1"), "--weight-rate: ");
        for longest in ["0.5", "nan", "inf"] {
            let words = format!("{lambda} --sparsity 0.1 --longest-step {longest}");
            refuses(&words, "--longest-step: ");
        }
        refuses(&format!("{lambda} --measurements y.csv"), "--loss: supervised needs --signals");
    }
    refuses("--network unfolded-iht --sparsity 0.1 --lambda auto", "--lambda: auto is the lasso's");
    let measured = "--network unfolded-ista --loss unsupervised --measurements y.csv --lambda auto";
    refuses(measured, "--lambda: auto needs --signals");
    for kind in ["alista", "lista-cp", "lista", "ada-lista", "tista", "hyperlista"] {
        let refuses =
            |words: &str, cause: &str| refuses(&format!("--network {kind} {words}"), cause);
        refuses("--sparsity 0.1 --lambda 0.1", &format!("--lambda: {kind} has no λ"));
        refuses("--sparsity 0.1 --loss unsupervised", "--loss: ");
        refuses("", "--sparsity: or --signals or --measurements is needed");
        refuses("--sparsity 0.1 --signals x.csv", "--sparsity: ");
        for sparsity in ["0", "-0.1", "1.1", "nan"] {
            refuses(&format!("--sparsity {sparsity}"), "does not lie in (0, 1]");
        }
        for amplitude in ["0", "-1", "nan", "inf"] {
            refuses(&format!("--sparsity 0.1 --amplitude {amplitude}"), "--amplitude: ");
        }
        refuses("--signals x.csv --amplitude 2", "--amplitude: ");
        refuses("--signals x.csv --measurements y.csv --snr 20", "--snr: ");
        for snr in ["nan", "inf", "1e9"] {
            refuses(&format!("--sparsity 0.1 --snr {snr}"), "--snr: ");
        }
        refuses("--sparsity 0.1 --layers 0", "--layers: ");
        refuses("--sparsity 0.1 --layers 1000000000000", "--layers: ");
        refuses("--sparsity 0.1 --layers -2", "--layers");
        refuses("--sparsity 0.1 --batch 0", "--batch: ");
        refuses("--sparsity 0.1 --steps 0", "--steps: ");
        refuses("--sparsity 0.1 --validation 0", "--validation: ");
        refuses("--sparsity 0.1 --seed -1", "--seed");
        refuses("--sparsity 0.1 --threads -1", "--threads");
        refuses("--sparsity 0.1 --threads 0", "--threads: at least one thread is needed");
    }
    let alista = "--network alista --sparsity 0.1";
    for rate in ["0", "-1", "2", "nan"] {
        refuses(&format!("{alista} --rate {rate}"), "--rate: ");
    }
    for share in ["-0.1", "1.5", "nan"] {
        refuses(&format!("{alista} --passing {share}"), "--passing: ");
        refuses(&format!("{alista} --most-passing {share}"), "--most-passing: ");
    }
    refuses(&format!("{alista} --fine-steps 0"), "--fine-steps: ");
    refuses(&format!("{alista} --checkpoint-every 5"), "--checkpoint-every: ");
    refuses(&format!("{alista} --checkpoint s --checkpoint-every 0"), "--checkpoint-every: ");
    for kind in ["lista", "ada-lista", "tista"] {
        refuses(&format!("--network {kind} --sparsity 0.1 --passing 0.1"), "--passing: ");
    }
    refuses("--network lista --sparsity 0.1 --longest-step 10", "--longest-step: ");
    let tista = "--network tista --sparsity 0.1";
    refuses(&format!("{tista} --weight-rate 0.1"), "--weight-rate: tista learns none");
    refuses(&format!("{tista} --amplitude 1e-30"), "the prior: a variance of 0");
    for kind in ["alista", "lista-cp", "lista", "tista", "hyperlista"] {
        let words = format!("--network {kind} --sparsity 0.1 --vary permuted");
        refuses(
            &words,
            &format!("--vary: {kind} is for one dictionary: ada-lista is for those that"),
        );
    }
    let ista = "--network unfolded-ista --lambda 0.1 --sparsity 0.1 --vary permuted";
    refuses(ista, "--vary: unfolded-ista is for one dictionary");
    let ada = "--network ada-lista --vary";
    for how in ["shuffled", "noisy", "noisy:loud", "noisy:nan", "noisy:300"] {
        refuses(&format!("{ada} {how} --sparsity 0.1"), "--vary");
    }
    let measured = format!("{ada} permuted --signals x.csv --measurements y.csv");
    refuses(&measured, "--vary: measurements from a file are by one dictionary");
    for kind in ["tista", "hyperlista"] {
        let words = format!("--network {kind} --sparsity 0.1 --shrinkage spline");
        refuses(&words, &format!("--shrinkage: {kind} has a shrinkage of its own"));
    }
    let ista = "--network unfolded-ista --lambda 0.1 --sparsity 0.1 --shrinkage spline";
    refuses(ista, "--shrinkage: unfolded-ista has a shrinkage of its own");
    for how in ["hard", "spline:", "spline:1", "spline:17", "spline:many"] {
        refuses(&format!("{alista} --shrinkage {how}"), "--shrinkage");
    }
    let hyper = "--network hyperlista --sparsity 0.1";
    for option in ["--rate 0.1", "--fine-steps 5", "--anytime", "--checkpoint s", "--resume s"] {
        let name = option.split(' ').next().expect("a word");
        refuses(&format!("{hyper} {option}"), &format!("{name}: hyperlista is searched"));
    }
}

#[test]
fn bad_files() {
    let signals: Vec<Vec<f64>> = vec![vec![1.0; 32]; 3];
    let dependent: Vec<Vec<f64>> = (0..32).map(|j| vec![f64::from(j); 20]).collect();
    let with_nan = csv(&signals).replacen('\n', "\nnan,", 1);
    let desk = desk()
        .and("empty.csv", "")
        .and("nan.csv", with_nan)
        .and("huge.csv", csv(&[vec![1e300; 20], vec![1.0; 20]]))
        .and("dependent.csv", csv(&dependent))
        .and("zero.csv", csv(&vec![vec![0.0; 20]; 32]))
        .and("three.csv", csv(&signals))
        .and("damaged", "solvekit-training 2 0 0\nrubbish")
        .and("other", "something else");
    let refuses = |words: &str, cause: &str| refuses(&desk, words, cause);
    let with = |dictionary: &str| format!("--dictionary {dictionary} --network alista");
    refuses(&format!("{} --sparsity 0.1", with("missing.csv")), "missing.csv: No such file");
    refuses(&format!("{} --sparsity 0.1", with("empty.csv")), "empty.csv: the file is empty");
    refuses(&format!("{} --sparsity 0.1", with("nan.csv")), "nan.csv, line 2: ");
    refuses(&format!("{} --sparsity 0.1", with("huge.csv")), "huge.csv: row 1, column 1: ");
    let dependent = "dependent.csv: no weights follow from it: its rows depend on each other";
    refuses(&format!("{} --sparsity 0.1", with("dependent.csv")), dependent);
    refuses("--dictionary dependent.csv --network tista --sparsity 0.1", dependent);
    refuses(&format!("{} --sparsity 0.1", with("zero.csv")), "zero.csv: it is zero");
    let alista = with("a.csv");
    refuses(&format!("{alista} --signals y.csv"), "y.csv: 20 rows for 32 columns");
    refuses(&format!("{alista} --signals nan.csv"), "nan.csv, line 2: ");
    refuses(
        &format!("{alista} --signals three.csv --measurements y.csv"),
        "y.csv: 15 columns for 3 signals",
    );
    refuses(
        &format!("{alista} --signals x.csv --measurements x.csv"),
        "x.csv: 32 rows for 20 rows of the dictionary",
    );
    let resume = format!("{alista} --sparsity 0.1 --resume");
    refuses(&format!("{resume} missing"), "missing: No such file");
    refuses(&format!("{resume} other"), "other: it is no checkpoint of a training");
    refuses(&format!("{resume} damaged"), "damaged: the checksum is that of other content");
    refuses(&format!("{alista} --sparsity 0.1 --checkpoint nowhere/state"), "nowhere/state: ");
    let told = desk.run(&format!("train {alista} --sparsity 0.1 --output nowhere/net.json"));
    assert_eq!(told.code, Some(2));
    assert!(told.stderr.contains("nowhere/net.json: "), "{told:?}");
}
