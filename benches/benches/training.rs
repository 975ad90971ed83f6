//! A whole training step of five layers on the CPU: ours, and the same network of stock Burn's layers, activations and
//! optimizers. Its twins in PyTorch and JAX, and the table of ratios, are `benches/training.py`.

use std::time::Duration;

use burn::module::Module;
use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig};
use burn::nn::{Linear, LinearConfig};
use burn::optim::{self as stock, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Distribution, Int, Tensor, activation::relu};
use burn_extras::model::{Mlp, MlpConfig};
use burn_extras::optim::OptimizerConfig;
use criterion::{Criterion, criterion_group, criterion_main};

/// Units of a hidden layer, and what trains them.
const NETWORKS: [(usize, &str); 4] = [(50, "sgd"), (100, "adam"), (512, "adam"), (2048, "adam")];
const BATCH: usize = 100;
/// So small that the weights stay what they are: once a network has learned its one batch, its gradients are below what
/// `f32` holds in full, which processors work on many times as slowly.
const RATE: f64 = 1e-9;

#[derive(Module, Debug)]
struct Stock {
    layers: Vec<Linear>,
}

trait Network: Module + Send + 'static {
    fn forward(&self, x: Tensor<2>) -> Tensor<2>;
}

impl Network for Stock {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let (last, hidden) = self.layers.split_last().expect("five layers");
        last.forward(hidden.iter().fold(x, |x, layer| relu(layer.forward(x))))
    }
}

impl Network for Mlp {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.forward(x)
    }
}

/// A training that takes one step after another.
struct Training<N> {
    network: Option<N>,
    optimizer: ModuleOptimizer,
    loss: CrossEntropyLoss,
    images: Tensor<2>,
    labels: Tensor<1, Int>,
}

impl<N: Network> Training<N> {
    fn new(network: N, optimizer: ModuleOptimizer, device: &Device) -> Self {
        let labels: Vec<i64> = (0..BATCH as i64).map(|index| index % 10).collect();
        Self {
            network: Some(network),
            optimizer,
            loss: CrossEntropyLossConfig::new().init(device),
            images: Tensor::random([BATCH, 784], Distribution::Uniform(0.0, 1.0), device),
            labels: Tensor::from_data(labels.as_slice(), device),
        }
    }

    fn step(&mut self) {
        let network = self.network.take().expect("put back below");
        let logits = network.forward(self.images.clone());
        let loss = self.loss.forward(logits, self.labels.clone());
        let grads = GradientsParams::from_grads(loss.backward(), &network);
        self.network = Some(self.optimizer.step(RATE, network, grads));
    }
}

fn measure<N: Network>(
    criterion: &mut Criterion,
    who: &str,
    width: usize,
    mut training: Training<N>,
) {
    // From outside of a pool its threads would be woken anew by each operation.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(rayon::current_num_threads())
        .build()
        .expect("threads");
    criterion
        .benchmark_group(who)
        .bench_function(width.to_string(), |bencher| {
            pool.install(|| bencher.iter(|| training.step()));
        });
}

fn training(criterion: &mut Criterion) {
    let device = Device::flex().autodiff();
    for (width, optimizer) in NETWORKS {
        let widths = vec![784, width, width, width, width, 10];
        let layers = widths.windows(2);
        let stock = Stock {
            layers: layers
                .map(|pair| LinearConfig::new(pair[0], pair[1]).init(&device))
                .collect(),
        };
        let ours = MlpConfig::new(widths).init(&device);
        let config: OptimizerConfig = optimizer.parse().expect("a name");
        let of_stock = match optimizer {
            "sgd" => stock::SgdConfig::new().init(),
            _ => stock::AdamConfig::new().init(),
        };
        measure(
            criterion,
            "training",
            width,
            Training::new(ours, config.init(), &device),
        );
        measure(
            criterion,
            "stock-training",
            width,
            Training::new(stock, of_stock, &device),
        );
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = training
}
criterion_main!(benches);
