//! A study of somebody else: their network, their digits, on each backend.

#![recursion_limit = "256"]

use std::sync::atomic::{AtomicUsize, Ordering};

use burn::data::dataloader::batcher::Batcher;
use burn::module::Module;
use burn::train::TrainStep;
use burn_extras::optim::OptimizerConfig;
use burn_extras::study::{Outcome, Plan, Run, Study, report, seeded};
use burn_extras_reuse::data::{Digit, DigitBatcher, digits};
use burn_extras_reuse::device::device;
use burn_extras_reuse::model::ConvNet;
use burn_extras_reuse::training::{accuracy, logits};

const TASK: &str = "300 digits";

fn plan() -> Plan {
    ["adam", "nadam(beta_1=0.8)"]
        .iter()
        .fold(Plan::new(["optimizer"]), |plan, optimizer| {
            plan.with(TASK, [*optimizer], [1e-4, 3e-3])
        })
}

fn train(run: &Run, digits: &[Digit], test: &[Digit]) -> Outcome {
    let optimizer: OptimizerConfig = run.levels[0].parse().unwrap();
    let mut optimizer = optimizer.init();
    let learning = device().autodiff();
    let mut network = seeded(&learning, run.seed, || ConvNet::new(&learning));
    for batch in digits[..300].chunks(50).cycle().take(18) {
        let batch = DigitBatcher.batch(batch.to_vec(), &learning);
        let step = TrainStep::step(&network, batch);
        network = optimizer.step(run.rate, network, step.grads);
    }
    let error = |digits: &[Digit]| 1.0 - accuracy(&network.valid(), digits, &device());
    Outcome {
        validation: error(&digits[300..]),
        test: error(test),
        curve: vec![],
    }
}

#[test]
fn anybody_can_compare_on_a_network_and_data_of_their_own() {
    let (digits, test) = (digits("train", 400).unwrap(), digits("t10k", 100).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.csv");
    let count = AtomicUsize::new(0);
    let counted = |run: &Run| {
        count.fetch_add(1, Ordering::SeqCst);
        train(run, &digits, &test)
    };
    let mut study = Study::open(plan(), &path).unwrap();
    study.run(counted, |_| {}).unwrap();
    drop(study);
    let mut study = Study::open(plan(), &path).unwrap();
    study.run(counted, |_| {}).unwrap();
    assert_eq!(
        count.load(Ordering::SeqCst),
        plan().runs(),
        "nothing is done twice"
    );

    let summary = study.summary();
    assert_eq!(summary.missing, 0);
    let standings = &summary.task(TASK).unwrap().standings;
    assert_eq!(standings.len(), 2);
    for standing in standings {
        assert_eq!(standing.rate, 3e-3, "18 steps at 1e-4 lead nowhere");
        assert!(standing.mean < 0.6, "{standing:?}");
    }
    let page = report("Which optimizer", "", &summary);
    assert!(page.contains("nadam(beta_1=0.8)") && page.contains(TASK));
}

#[test]
fn a_seed_draws_the_same_weights_again() {
    let digits = digits("train", 3).unwrap();
    let device = device();
    let outputs = |seed| {
        let network = seeded(&device, seed, || ConvNet::new(&device));
        logits(&network, &digits, &device).into_data()
    };
    assert_eq!(outputs(1), outputs(1));
    assert_ne!(outputs(1), outputs(2));
}
