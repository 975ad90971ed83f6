//! Advice for networks that a training made ill: the same training with the advice followed leaves
//! them well.

use burn::grad_clipping::GradientClippingConfig;
use burn::nn::loss::{MseLoss, Reduction};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Device;
use burn_extras::inspect::{Advice, Finding, Report};
use burn_extras::optim::WeightDecay;
use burn_extras::optim::{AdamConfig, SgdConfig};

use crate::advice::Case;
use crate::{normal, reference, report, sentences, turn};

/// Teaches the network what another one says, and looks at it afterwards.
fn train(case: &Case, mut optimizer: ModuleOptimizer, lr: f64, device: &Device) -> Report {
    let device = device.clone().autodiff();
    let teacher = Case::new("tanh", "xavier").network(&device);
    let mut model = case.network(&device);
    for _ in 0..40 {
        let input = normal([64, 100], &device);
        let target = teacher.forward(input.clone()).detach();
        let loss = MseLoss::new().forward(model.forward(input), target, Reduction::Mean);
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        model = optimizer.step(lr, model, gradients);
    }
    report(&model, normal([200, 100], &device))
}

fn sgd() -> ModuleOptimizer {
    SgdConfig::new().init()
}

fn adam() -> ModuleOptimizer {
    AdamConfig::new().init()
}

fn decaying() -> ModuleOptimizer {
    let decay = WeightDecay::Decoupled(1.0);
    SgdConfig::new().with_weight_decay(Some(decay)).init()
}

fn clipped() -> ModuleOptimizer {
    let clipping = GradientClippingConfig::Norm(0.1);
    SgdConfig::new().with_grad_clipping(Some(clipping)).init()
}

/// What was found before the training: nothing.
fn before(case: &Case, device: &Device) -> Vec<Finding> {
    let findings = report(&case.network(device), normal([200, 100], device)).diagnose();
    assert!(findings.is_empty(), "{findings:?}");
    findings
}

/// The first thing that is wrong after the training, with its advice.
fn first(case: &Case, report: &Report, device: &Device) -> (Finding, Vec<Advice>) {
    let setup = case.setup().after_training(&before(case, device));
    let finding = report.diagnose().swap_remove(0);
    let advice = finding.advice(&setup);
    (finding, advice)
}

/// A training that makes a healthy network ill.
macro_rules! ills {
    ($activation:literal, $init:literal, $optimizer:ident, $lr:literal, $pattern:pat, $advice:expr) => {
        for (name, device) in reference() {
            let what = format!("{name}, {}, {}", $activation, $lr);
            let case = Case::new($activation, $init);
            let ill = train(&case, $optimizer(), $lr, &device);
            let (finding, advice) = first(&case, &ill, &device);
            assert!(matches!(finding, $pattern), "{what}: {finding}");
            assert_eq!(advice, $advice, "{what}: {finding}");
        }
    };
}

/// A training that leaves the network well.
fn leaves_well(case: &Case, optimizer: fn() -> ModuleOptimizer, lr: f64) {
    for (name, device) in reference() {
        let said = sentences(&train(case, optimizer(), lr, &device));
        assert!(
            said.is_empty(),
            "{name}, {}, {lr}: {said:?}",
            case.activation
        );
    }
}

use Advice::{ClipGradients, LeakyActivation, SmallerLearningRate};

#[test]
fn smaller_steps_keep_units_alive() {
    let _turn = turn();
    let advice = [SmallerLearningRate, LeakyActivation];
    ills!("relu", "he", adam, 0.1, Finding::Dead { .. }, advice);
    leaves_well(&Case::new("relu", "he"), adam, 0.01);
    for (name, device) in reference() {
        let leaky = train(&Case::new("leaky_relu", "he"), adam(), 0.1, &device).diagnose();
        let dead = leaky.iter().any(|it| matches!(it, Finding::Dead { .. }));
        assert!(!dead, "{name}: {leaky:?}");
    }
}

#[test]
fn smaller_steps_keep_the_signal_in_bounds() {
    let _turn = turn();
    let advice = [SmallerLearningRate];
    ills!("relu", "he", adam, 1.0, Finding::Exploding { .. }, advice);
    leaves_well(&Case::new("relu", "he"), adam, 0.01);
    ills!(
        "tanh",
        "xavier",
        adam,
        0.3,
        Finding::Saturated { .. },
        advice
    );
    leaves_well(&Case::new("tanh", "xavier"), adam, 0.01);
    // Decay takes a share of the weights that grows with the learning rate.
    ills!(
        "tanh",
        "xavier",
        decaying,
        0.2,
        Finding::Vanishing { .. },
        advice
    );
    leaves_well(&Case::new("tanh", "xavier"), decaying, 0.01);
}

#[test]
fn smaller_steps_and_clipping_keep_numbers_finite() {
    let _turn = turn();
    let advice = [SmallerLearningRate, ClipGradients];
    for (activation, init, lr) in [("relu", "he", 1.0), ("tanh", "xavier", 10.0)] {
        let case = Case::new(activation, init);
        for (name, device) in reference() {
            let ill = train(&case, sgd(), lr, &device);
            let (finding, given) = first(&case, &ill, &device);
            assert!(
                matches!(finding, Finding::NotFinite { .. }),
                "{name}: {finding}"
            );
            assert_eq!(given, advice, "{name}: {finding}");
            // The gradient of such a network is no number either, and is answered by the same.
            let gradient = Finding::GradientNotFinite {
                name: "layers.0.weight".into(),
            };
            let setup = case.setup().after_training(&[]);
            assert_eq!(gradient.advice(&setup), advice);
        }
        leaves_well(&case, sgd, 0.1);
        leaves_well(&case, clipped, lr);
    }
}

/// What a network had from its start is not blamed on its steps.
#[test]
fn what_was_there_before_is_answered_by_the_start() {
    let _turn = turn();
    for (name, device) in reference() {
        let case = Case::new("relu", "normal(std=0.01)");
        let start = report(&case.network(&device), normal([200, 100], &device)).diagnose();
        let setup = case.setup().after_training(&start);
        let end = train(&case, sgd(), 0.1, &device).diagnose();
        assert!(matches!(end[0], Finding::Vanishing { .. }), "{name}");
        assert_eq!(end[0].advice(&setup), [Advice::Auto], "{name}");
        leaves_well(&Case::new("relu", "auto"), sgd, 0.1);
    }
}

/// A step that changes too much of a weight is too large whenever it is taken.
#[test]
fn smaller_steps_change_less() {
    let update = Finding::LargeUpdate {
        name: "layers.0.weight".into(),
        ratio: 2.0,
    };
    let setup = burn_extras::inspect::Setup::new();
    assert_eq!(update.advice(&setup), [SmallerLearningRate]);
    let setup = setup.after_training(&[]);
    assert_eq!(update.advice(&setup), [SmallerLearningRate]);
}
