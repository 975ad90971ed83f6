use super::select;

/// The cube root, by Halley's iteration from a guess that divides the exponent by three.
#[inline(always)]
pub(crate) fn cbrt(x: f32) -> f32 {
    // Tiny numbers are scaled up, by a factor with an exact cube root, so that quarters are exact.
    const SCALE: f32 = 281_474_976_710_656.0;
    const SCALE_ROOT: f32 = 65_536.0;
    let magnitude = x.abs();
    let tiny = magnitude < 1e-30;
    let a = select(tiny, magnitude * SCALE, magnitude);
    // The bits of a float are about its logarithm: a third of them, and two thirds of the bias.
    let mut y = f32::from_bits(a.to_bits() / 3 + 709_921_077);
    // The guess is within 4 %; each step cubes the relative error.
    for _ in 0..2 {
        // In quarters, for three times the largest number is infinite.
        let (cube, a) = (0.25 * y * y * y, 0.25 * a);
        y -= y * ((cube - a) / (cube + cube + a));
    }
    let root = select(tiny, y / SCALE_ROOT, y);
    // Zero, infinity and NaN are their own roots.
    let regular = magnitude > 0.0 && magnitude < f32::INFINITY;
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
