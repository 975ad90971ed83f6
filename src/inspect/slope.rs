use burn::tensor::{DType, Tensor};

use super::statistics::indicator;

/// Points of the reference, in the middles of as many parts of -4 to 4: nearly all of a standard
/// normal input, and none at 0, where so many activations have their kink.
const POINTS: usize = 80;
const REACH: f64 = 4.0;

/// How much further out a slope is looked for where there is none: behind a threshold.
const FURTHER: f64 = 16.0;

/// A slope below this share of the steepest is flat.
const FLAT: f64 = 0.05;

/// A slope below this share of the steepest is none.
const NONE: f64 = 1e-6;

/// How an activation takes its inputs, in tensors of one number.
pub(super) struct Flatness {
    /// The share of units that have no slope for any example.
    pub dead: Tensor<2>,
    /// The share of values at which it is flat.
    pub saturated: Tensor<1>,
    /// The same for standard normal inputs.
    pub expected: Tensor<1>,
    /// Its steepest slope between -4 and 4; where there is none, between -64 and 64.
    pub steepest: Tensor<1>,
}

/// Measures where `f` is flat; the slope is what automatic differentiation says, so that any
/// function of one value will do.
///
/// `unchanging` is 1 for each unit whose output is the same for all examples.
pub(super) fn flatness<const D: usize>(
    f: &impl Fn(Tensor<D>) -> Tensor<D>,
    input: Tensor<D>,
    unchanging: Tensor<2>,
) -> Flatness {
    let grid = grid(&input);
    let reference = units(slope(f, grid.clone()));
    let near = reference.clone().max();
    let far = units(slope(f, grid * FURTHER)).max();
    let steepest = near.clone() + far * indicator(near.equal_elem(0.0));
    let limit = |share: f64| (steepest.clone() * share).reshape([1, 1]);
    let slope = units(slope(f, input));
    let none = indicator(slope.clone().max_dim(0).lower_equal(limit(NONE)));
    let saturated = indicator(slope.lower_equal(limit(FLAT))).mean();
    let flat = indicator(reference.lower_equal(limit(FLAT)));
    let weights = Tensor::<1>::from_floats(&normal_weights()[..], &flat.device()).cast(DType::F32);
    let expected = flat.mean_dim(1).reshape([POINTS]) * weights;
    Flatness {
        dead: none.max_pair(unchanging),
        saturated,
        expected: expected.sum(),
        steepest,
    }
}

/// A row for each example, a column for each unit; in `f32`.
pub(super) fn units<const D: usize>(values: Tensor<D>) -> Tensor<2> {
    let examples = values.dims()[0];
    let all = values.dims().iter().product::<usize>();
    let shape = [examples, all / examples.max(1)];
    values.cast(DType::F32).reshape(shape)
}

/// `|f'(x)|` for each element.
fn slope<const D: usize>(f: &impl Fn(Tensor<D>) -> Tensor<D>, x: Tensor<D>) -> Tensor<D> {
    // What the activation may bring along has the autodiff settings of its input.
    let x = match x.is_autodiff() {
        true => x.detach(),
        false => x.autodiff(),
    };
    let x = x.require_grad();
    let y = f(x.clone()).sum();
    let slope = match y.is_tracked() {
        true => x.grad(&y.backward()),
        // A function made of comparisons alone.
        false => None,
    };
    slope.unwrap_or_else(|| x.zeros_like()).inner().abs()
}

/// Points of reference in place of the examples, the same for each unit.
fn grid<const D: usize>(like: &Tensor<D>) -> Tensor<D> {
    let points: Vec<f32> = points().map(|x| x as f32).collect();
    let (mut column, mut shape) = ([1; D], like.dims());
    column[0] = POINTS;
    shape[0] = POINTS;
    Tensor::<1>::from_floats(&points[..], &like.device())
        .cast(like.dtype())
        .reshape(column)
        .expand(shape)
}

fn points() -> impl Iterator<Item = f64> {
    (0..POINTS).map(|i| REACH * ((2 * i + 1) as f64 / POINTS as f64 - 1.0))
}

/// The share of a standard normal variable at each point.
fn normal_weights() -> Vec<f32> {
    let density = |x: f64| (-0.5 * x * x).exp();
    let sum: f64 = points().map(density).sum();
    points().map(|x| (density(x) / sum) as f32).collect()
}
