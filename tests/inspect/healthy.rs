use burn::nn::loss::{MseLoss, Reduction};
use burn::optim::GradientsParams;
use burn::tensor::Device;
use burn_extras::inspect::Inspection;
use burn_extras::model::Mlp;
use burn_extras::optim::AdamConfig;

use crate::{devices, network, normal, report, sentences, turn};

const WIDTHS: [usize; 6] = [100, 60, 60, 60, 60, 10];

/// Initializations that are known to be good for their activations.
const GOOD: [(&str, &str); 12] = [
    ("relu", "he"),
    ("relu", "lsuv"),
    ("tanh", "xavier"),
    ("tanh", "lecun"),
    ("selu", "lecun"),
    ("leaky_relu", "he"),
    ("elu", "auto"),
    ("gelu", "auto"),
    ("silu", "auto"),
    ("softsign", "auto"),
    ("bent_identity", "auto"),
    ("identity", "orthogonal"),
];

#[test]
fn good_initializations_are_found_healthy() {
    let _turn = turn();
    for (name, device) in devices::all() {
        for (activation, init) in GOOD {
            let model = network(&WIDTHS, activation, init, &device);
            let report = report(&model, normal([200, 100], &device));
            let said = sentences(&report);
            assert!(said.is_empty(), "{name}, {activation}, {init}: {said:?}");
        }
    }
}

#[test]
fn a_deep_network_with_he_is_found_healthy() {
    let _turn = turn();
    for (name, device) in devices::all() {
        let mut widths = vec![100];
        widths.extend([80; 20]);
        let model = network(&widths, "relu", "he", &device);
        let said = sentences(&report(&model, normal([200, 100], &device)));
        assert!(said.is_empty(), "{name}: {said:?}");
    }
}

/// Teaches `model` what another network says; returns what was said on the way.
fn train(mut model: Mlp, steps: usize, device: &Device) -> (Mlp, Vec<String>) {
    let teacher = network(&[100, 30, 10], "tanh", "xavier", device);
    let mut optimizer = AdamConfig::new().init();
    let mut said = Vec::new();
    for step in 0..steps {
        let input = normal([64, 100], device);
        let target = teacher.forward(input.clone()).detach();
        let output = model.forward(input.clone());
        let loss = MseLoss::new().forward(output, target, Reduction::Mean);
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        let before = (step % 10 == 9).then(|| {
            let inspection = Inspection::new().forward(&model, input);
            (inspection.gradients(&model, &gradients), model.clone())
        });
        model = optimizer.step(1e-3, model, gradients);
        if let Some((inspection, before)) = before {
            let report = inspection.update(&before, &model).read().unwrap();
            said.extend(sentences(&report));
        }
    }
    (model, said)
}

#[test]
fn a_network_that_learns_stays_healthy() {
    let _turn = turn();
    for (name, device) in devices::all() {
        let device = device.autodiff();
        for (activation, init) in [("relu", "he"), ("tanh", "xavier"), ("gelu", "auto")] {
            let model = network(&WIDTHS, activation, init, &device);
            let (model, said) = train(model, 50, &device);
            assert!(said.is_empty(), "{name}, {activation}: {said:?}");
            let said = sentences(&report(&model, normal([200, 100], &device)));
            assert!(said.is_empty(), "{name}, {activation} trained: {said:?}");
        }
    }
}
