use super::{Float, select};

/// The cube root, by Halley's iteration from a guess that divides the exponent by three.
#[inline(always)]
pub(crate) fn cbrt<F: Float>(x: F) -> F {
    // Tiny numbers are scaled up, by a factor with an exact cube root, so that quarters are exact.
    let [scale, scale_root] = F::CUBE_SCALE;
    let magnitude = x.abs();
    let tiny = magnitude < F::CUBE_TINY;
    let a = select(tiny, magnitude * scale, magnitude);
    let mut y = a.third_of_exponent();
    let quarter = F::literal(0.25);
    // The guess is within 4 %; each step cubes the relative error.
    for _ in 0..F::CUBE_STEPS {
        // In quarters, for three times the largest number is infinite.
        let (cube, a) = (quarter * y * y * y, quarter * a);
        y = y - y * ((cube - a) / (cube + cube + a));
    }
    let root = select(tiny, y / scale_root, y);
    // Zero, infinity and NaN are their own roots.
    let regular = magnitude > F::literal(0.0) && magnitude < F::INFINITY;
    select(regular, root.copysign(x), x)
}

#[cfg(test)]
mod tests {
    use super::cbrt;

    #[test]
    fn a_sample_of_all_floats_is_within_an_ulp() {
        for bits in (0..=u32::MAX).step_by(65_521) {
            let x = f32::from_bits(bits);
            let (got, expected) = (cbrt(x), f64::from(x).cbrt());
            if !x.is_finite() {
                assert!(
                    got == x || (got.is_nan() && x.is_nan()),
                    "cbrt({x}) = {got}"
                );
                continue;
            }
            let rounded = (expected as f32).abs();
            let ulp = f64::from(rounded.next_up() - rounded);
            let error = (f64::from(got) - expected).abs();
            assert!(error <= ulp, "cbrt({x:e}) = {got:e}, not {expected:e}");
        }
    }
}
