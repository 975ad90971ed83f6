use crate::splitmix;

/// Numbers of a normal distribution that depend on nothing but their place and `seed`: the same on every device, and
/// again after a restart.
///
/// Each pair is 64 bits of SplitMix64, by the transform of Box and Muller.
pub(in crate::optim) fn normals(seed: u64, len: usize) -> Vec<f64> {
    let pairs = 0..len.div_ceil(2) as u64;
    let pair = |index| {
        let bits = splitmix::number(seed, index);
        let share = |bits: u64| (bits as f64 + 0.5) / (1_u64 << 32) as f64;
        let length = (-2.0 * libm::log(share(bits >> 32))).sqrt();
        let angle = core::f64::consts::TAU * share(bits & 0xFFFF_FFFF);
        [length * libm::cos(angle), length * libm::sin(angle)]
    };
    let mut normals: Vec<f64> = pairs.flat_map(pair).collect();
    normals.truncate(len);
    normals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_normal() {
        assert!(normals(1, 0).is_empty());
        assert_eq!(normals(1, 7)[..], normals(1, 8)[..7]);
        assert_ne!(normals(1, 8), normals(2, 8));
        let all: Vec<f64> = (1..=100).flat_map(|seed| normals(seed, 1000)).collect();
        let moment = |power| all.iter().map(|x| x.powi(power)).sum::<f64>() / all.len() as f64;
        for (power, expected, far) in [
            (1, 0.0, 0.01),
            (2, 1.0, 0.02),
            (3, 0.0, 0.05),
            (4, 3.0, 0.1),
        ] {
            let found = moment(power);
            assert!((found - expected).abs() < far, "{power}: {found}");
        }
    }
}
