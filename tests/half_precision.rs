//! Half precision on the CPU is `f32` that is rounded once: every activation at every number there is.

use burn::tensor::{Device, Element, bf16, f16};
use burn_extras::activation::ActivationConfig;
use rayon::prelude::*;

mod evaluate;

use evaluate::evaluate;

/// Whether it is the same number; NaN is NaN.
fn is_same<E: Element>(a: E, b: E) -> bool {
    let (a, b) = (a.elem::<f32>(), b.elem::<f32>());
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

fn check<E: Element>(from_bits: fn(u16) -> E, from_f32: fn(f32) -> E) {
    let numbers: Vec<E> = (0..=u16::MAX).map(from_bits).collect();
    let wide: Vec<f32> = numbers.iter().map(|number| number.elem()).collect();
    let wrong: Vec<_> = ActivationConfig::formulas()
        .par_iter()
        .flat_map_iter(|config| {
            let activation = config.init(&Device::flex());
            let got = evaluate(&activation, numbers.clone());
            let expected = evaluate(&activation, wide.clone());
            let both = got.into_iter().zip(expected).zip(["value", "derivative"]);
            both.filter_map(|((got, expected), what)| {
                let pairs = got.into_iter().zip(expected).zip(&wide);
                let mut wrong =
                    pairs.filter(|((got, expected), _)| !is_same(*got, from_f32(*expected)));
                let first = wrong.next()?;
                Some(format!(
                    "{config}: {} {what}s, first {first:?}",
                    1 + wrong.count()
                ))
            })
            .collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{}: {wrong:#?}", E::dtype().name());
}

#[test]
fn f16_is_rounded_once() {
    check(f16::from_bits, f16::from_f32);
}

#[test]
fn bf16_is_rounded_once() {
    check(bf16::from_bits, bf16::from_f32);
}
