//! A smaller tensor over a larger one: the one pass over memory against Burn's own operations.

use burn::tensor::{DType, Device, Distribution, Tensor};
use burn_extras::fused::{Formula, Number, apply_many, apply_many_composed};

/// `x sin(a x) + b^2`: curved in all three, and as exact in tensor operations.
#[derive(Clone, Debug)]
struct Curved;

impl Formula<3> for Curved {
    #[inline(always)]
    fn value<N: Number>(&self, [x, a, b]: [N; 3]) -> N {
        x * (a * x).sin() + b.square()
    }
}

/// The larger shape and the smaller ones: one number, channels in front, in the middle, at the end, of lengths
/// below, at and above a block of 64 and a run of 256; axes that lie apart; and nothing at all.
const SHAPES: [([usize; 4], [usize; 4], [usize; 4]); 14] = [
    ([1, 1, 5, 7], [1, 1, 1, 1], [1, 1, 1, 7]),
    ([2, 3, 5, 7], [1, 3, 1, 1], [2, 3, 5, 7]),
    ([2, 3, 16, 16], [1, 3, 1, 1], [1, 1, 1, 1]),
    ([3, 5, 1, 257], [1, 5, 1, 1], [3, 5, 1, 1]),
    ([4, 7, 20, 20], [1, 7, 1, 1], [4, 1, 1, 1]),
    ([1, 1, 300, 50], [1, 1, 1, 50], [1, 1, 300, 1]),
    ([1, 1, 100, 1000], [1, 1, 1, 1000], [1, 1, 1, 1]),
    ([1, 1, 3, 4097], [1, 1, 1, 4097], [1, 1, 3, 1]),
    ([1, 1, 700, 64], [1, 1, 1, 64], [1, 1, 1, 1]),
    ([2, 300, 3, 3], [1, 300, 1, 1], [1, 300, 3, 3]),
    ([3, 4, 5, 6], [3, 1, 5, 1], [1, 4, 1, 6]),
    ([3, 4, 5, 6], [3, 4, 5, 6], [3, 4, 5, 6]),
    ([1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]),
    ([0, 3, 2, 2], [1, 3, 1, 1], [1, 1, 1, 1]),
];

type Results = Vec<Vec<f64>>;

fn results(
    apply: fn(&Curved, [Tensor<4>; 3]) -> Tensor<4>,
    inputs: &[Tensor<4>; 3],
    gradient: &Tensor<4>,
) -> Results {
    let inputs = inputs.clone().map(|input| input.detach().require_grad());
    let output = apply(&Curved, inputs.clone());
    let gradients = (output.clone() * gradient.clone()).sum().backward();
    let read = |tensor: Tensor<4>| tensor.into_data().iter::<f64>().collect();
    let mut results = vec![read(output.inner())];
    results.extend(inputs.map(|input| read(input.grad(&gradients).expect("a gradient"))));
    results
}

fn random(shape: [usize; 4], dtype: DType, device: &Device) -> Tensor<4> {
    Tensor::random(shape, Distribution::Normal(0.0, 1.0), (device, dtype))
}

#[test]
fn gradients_are_summed_over_where_a_tensor_was_spread() {
    let device = Device::flex().autodiff();
    device.seed(7);
    for (dtype, tolerance) in [(DType::F64, 1e-12), (DType::F32, 1e-5), (DType::F16, 4e-3)] {
        for (full, first, second) in SHAPES {
            let inputs = [full, first, second].map(|shape| random(shape, dtype, &device));
            let gradient = random(full, dtype, &device);
            let ours = results(apply_many, &inputs, &gradient);
            // Burn adds up half precision in half precision: the twin works in single.
            let wide = |tensor: &Tensor<4>| match dtype {
                DType::F16 => tensor.clone().cast(DType::F32),
                _ => tensor.clone(),
            };
            let twin = results(
                apply_many_composed,
                &inputs.each_ref().map(wide),
                &wide(&gradient),
            );
            for (index, (ours, twin)) in ours.iter().zip(&twin).enumerate() {
                assert_eq!(ours.len(), twin.len());
                // What a sum cancels to cannot be better than its terms.
                let terms = gradient.dims().iter().product::<usize>() / ours.len().max(1);
                let scale = (terms as f64).sqrt().max(1.0);
                for (ours, twin) in ours.iter().zip(twin) {
                    let error = (ours - twin).abs() / twin.abs().max(scale);
                    assert!(
                        error <= tolerance,
                        "{dtype:?}, {full:?} {first:?} {second:?}, result {index}: {ours} and {twin}"
                    );
                }
            }
        }
    }
}

/// The order of the numbers in memory makes no difference.
#[test]
fn strided_tensors_are_read_in_order() {
    let device = Device::flex().autodiff();
    let x = random([7, 5, 3, 4], DType::F64, &device);
    let [a, b] = [
        random([1, 5, 1, 1], DType::F64, &device),
        random([1, 1, 1, 4], DType::F64, &device),
    ];
    let strided = x.clone().permute([3, 2, 1, 0]).permute([3, 2, 1, 0]);
    let swapped = x.clone().permute([3, 1, 2, 0]);
    let gradient = random([7, 5, 3, 4], DType::F64, &device);
    let plain = results(apply_many, &[x, a.clone(), b.clone()], &gradient);
    assert_eq!(
        plain,
        results(apply_many, &[strided, a.clone(), b.clone()], &gradient)
    );
    let turned = results(
        apply_many,
        &[swapped, a, b.permute([3, 1, 2, 0])],
        &gradient.permute([3, 1, 2, 0]),
    );
    assert_eq!(plain[2].len(), turned[2].len());
    for (plain, turned) in plain[2].iter().zip(&turned[2]) {
        assert!((plain - turned).abs() < 1e-11);
    }
}

#[test]
fn sums_are_the_same_to_the_bit_on_any_number_of_threads() {
    let device = Device::flex().autodiff();
    device.seed(11);
    for (full, small) in [
        ([1, 1, 1500, 1000], [1, 1, 1, 1000]),
        ([3, 50, 100, 100], [1, 50, 1, 1]),
        ([1, 1, 1, 2_000_003], [1, 1, 1, 1]),
    ] {
        let inputs = [full, small, [1; 4]].map(|shape| random(shape, DType::F32, &device));
        let gradient = random(full, DType::F32, &device);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("threads")
                .install(|| results(apply_many, &inputs, &gradient))
        };
        let one = on(1);
        for threads in [2, 3, 7] {
            assert!(one == on(threads), "{full:?} on {threads} threads");
        }
    }
}

#[test]
#[should_panic(expected = "do not fit together along axis 1")]
fn shapes_that_do_not_fit_are_refused() {
    let device = Device::flex();
    let inputs =
        [[2, 3, 1, 1], [1, 2, 1, 1], [1; 4]].map(|shape| random(shape, DType::F32, &device));
    apply_many(&Curved, inputs);
}
