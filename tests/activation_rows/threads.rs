//! The number of threads changes no bit.
#![cfg(feature = "flex")]

use burn::tensor::{DType, Device};

use crate::row::{ALL, forward_backward, numbers, tensor};

#[test]
fn results_are_the_same_bit_for_bit_on_any_number_of_threads() {
    let device = Device::flex().autodiff();
    for row in ALL {
        for (shape, axis) in [
            ([1, 30_000, 10], 2),
            ([1, 300, 1000], 2),
            ([40, 1000, 7], 1),
            ([50, 30, 200], 1),
        ] {
            let count = shape.iter().product();
            let (x, grad) = (numbers(count, 2.0, 1), numbers(count, 1.0, 2));
            let run = || {
                let (x, grad) = (
                    tensor(&x, shape, &device, DType::F32),
                    tensor(&grad, shape, &device, DType::F32),
                );
                let (values, slopes) = forward_backward(row, x, axis, grad);
                let bits = values.iter().chain(&slopes).map(|number| number.to_bits());
                bits.collect::<Vec<_>>()
            };
            let on = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
                pool.build().expect("a pool of threads").install(run)
            };
            let alone = on(1);
            assert!(
                on(2) == alone,
                "{row:?} along {axis} of {shape:?}, 2 threads"
            );
            assert!(
                on(3) == alone,
                "{row:?} along {axis} of {shape:?}, 3 threads"
            );
        }
    }
}
