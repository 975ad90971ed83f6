//! A modifier of somebody else's, on rules of the crate.

#![recursion_limit = "256"]

use burn::module::{Module, Param};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Tensor;
use burn_extras::fused::Number;
use burn_extras::optim::{AdamConfig, Changes, Clock, Ema, Modifier, Seen, SgdConfig};
use burn_extras_reuse::device::device;

/// Lets the norm of a gradient grow by no more than this factor from one step to the next.
#[derive(Clone, Debug)]
struct GrowthLimit(f64);

impl Modifier<0, 1> for GrowthLimit {
    type Scalars = ();
    const CHANGES: Changes = Changes::Gradient;

    fn scalars(&self, _: &mut Clock, _: &[usize]) -> Option<()> {
        Some(())
    }

    fn keeps_sums(&self) -> [bool; 1] {
        [true]
    }

    fn measure<N: Number>(&self, _: &(), seen: Seen<N>, _: [N; 0]) -> [N; 1] {
        [seen.now.square()]
    }

    fn settle<N: Number>(&self, _: &(), [sum]: [N; 1], [before]: [N; 1]) -> ([N; 1], [N; 1]) {
        let (norm, one) = (sum.sqrt(), N::literal(1.0));
        let factor = before.if_positive((before * self.0 / norm).min(one), one);
        ([factor], [norm * factor])
    }

    fn modify<N: Number>(&self, _: &(), seen: Seen<N>, _: [N; 0], [factor]: [N; 1]) -> (N, [N; 0]) {
        (seen.now * factor, [])
    }
}

#[derive(Module, Debug)]
struct Point {
    at: Param<Tensor<1>>,
}

fn point() -> Point {
    let at = Tensor::<1>::from_floats([0.0, 0.0], &device().autodiff());
    Point {
        at: Param::from_tensor(at.require_grad()),
    }
}

fn step(point: Point, optimizer: &mut ModuleOptimizer, grad: [f32; 2]) -> Point {
    let mut grads = GradientsParams::new();
    grads.register(point.at.id, Tensor::<1>::from_floats(grad, &device()));
    optimizer.step(1.0, point, grads)
}

fn values(point: &Point) -> Vec<f32> {
    point.at.val().into_data().iter().collect()
}

fn assert_near(found: &[f32], expected: &[f32]) {
    let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-6;
    assert!(
        found.iter().zip(expected).all(near),
        "{found:?} for {expected:?}"
    );
}

#[test]
fn it_does_what_it_says() {
    let limited = SgdConfig::new().build().with_modifier(GrowthLimit(2.0));
    let mut optimizer = ModuleOptimizer::from(limited);
    let mut point = point();
    // Norms of 5, 50, 1: the second is let in with a norm of 10.
    for (grad, expected) in [
        ([3.0, 4.0], [-3.0, -4.0]),
        ([30.0, 40.0], [-9.0, -12.0]),
        ([1.0, 0.0], [-10.0, -12.0]),
    ] {
        point = step(point, &mut optimizer, grad);
        assert_near(&values(&point), &expected);
    }
}

#[test]
fn it_goes_with_others_and_is_restored() {
    let optimizer = || -> ModuleOptimizer {
        let config = AdamConfig::new().with_modifier(Ema::new().with_decay(0.5));
        config.build().with_modifier(GrowthLimit(1.1)).into()
    };
    let averages = AdamConfig::new()
        .with_modifier(Ema::new().with_decay(0.5))
        .build()
        .with_modifier(GrowthLimit(1.1))
        .averages()
        .expect("an average");
    let (mut whole, mut point) = (optimizer(), point());
    for grad in [[1.0, -2.0], [5.0, 1.0], [0.5, 0.5]] {
        point = step(point, &mut whole, grad);
    }
    let saved = whole.into_bytes().expect("a record");
    let mut restored = optimizer().from_bytes(saved).expect("the record");
    let [one, other] = [&mut whole, &mut restored].map(|optimizer| {
        let point = step(point.clone(), optimizer, [40.0, -3.0]);
        let averaged = averages.model(optimizer, &point);
        assert_ne!(values(&averaged), values(&point));
        [values(&point), values(&averaged)]
    });
    assert_eq!(one, other, "to the bit");
}
