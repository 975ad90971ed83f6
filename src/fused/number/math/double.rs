//! The tables of `f64`: `tests/goldens/coefficients.py` prints them, and how good they are.

use super::float::{Float, bits};
use super::{erfc, exp, exp_m1, min, polynomial, select};

/// Bits after the point.
const DIGITS: u32 = f64::MANTISSA_DIGITS - 1;
const BIAS: u64 = f64::MAX_EXP as u64 - 1;

impl Float for f64 {
    bits!(f64, u64);

    const EXP_LN_2: [f64; 2] = [0.693_147_180_559_890_3, 5.497_923_018_708_371e-14];
    const LOG_LN_2: [f64; 2] = Self::EXP_LN_2;
    /// To 160 bits.
    const HALF_PI: [f64; 3] = [
        core::f64::consts::FRAC_PI_2,
        6.123_233_995_736_766e-17,
        -1.497_384_904_859_169_8e-33,
    ];
    const EXP_RANGE: [f64; 2] = [-708.4, 710.0];
    const EXP_M1_BOUND: f64 = 64.0;
    const CUBE_SCALE: [f64; 2] = [79_228_162_514_264_337_593_543_950_336.0, 4_294_967_296.0];
    const CUBE_TINY: f64 = 1e-290;
    const CUBE_STEPS: usize = 3;
    const LARGEST_ANGLE: f64 = 35_184_372_088_832.0;
    const ERFC_BOUND: f64 = 27.0;
    const ERFC_NEAR: f64 = 0.66;

    #[inline(always)]
    fn third_of_exponent(self) -> f64 {
        // The upper half is enough for a guess, and a product of 32 bits is one instruction.
        let third = ((self.to_bits() >> 32) * 0x5555_5556) >> 32;
        f64::from_bits((third + 715_094_163) << 32)
    }

    /// 1.5e-17 of `e^r`.
    #[inline(always)]
    fn exp_tail(r: f64) -> f64 {
        const SERIES: [f64; 10] = [
            0.5,
            1.0 / 6.0,
            0.041_666_666_666_624_164,
            0.008_333_333_333_330_065,
            0.001_388_888_891_719_671_9,
            0.000_198_412_698_630_405_45,
            2.480_152_132_236_869_2e-5,
            2.755_726_848_031_002_4e-6,
            2.762_007_587_998_336_7e-7,
            2.510_037_583_256_123_4e-8,
        ];
        polynomial(r, SERIES) * (r * r)
    }

    /// 8.7e-18.
    #[inline(always)]
    fn log_series(square: f64) -> f64 {
        polynomial(
            square,
            [
                2.0 / 3.0,
                0.399_999_999_998_995_05,
                0.285_714_286_259_754_87,
                0.222_222_111_347_950_8,
                0.181_828_891_252_617_23,
                0.153_317_216_005_560_36,
                0.146_164_496_850_434_5,
            ],
        )
    }

    /// 4.6e-18.
    #[inline(always)]
    fn atan_series(square: f64) -> f64 {
        polynomial(
            square,
            [
                -1.0 / 3.0,
                0.199_999_999_999_955_2,
                -0.142_857_142_846_665_42,
                0.111_111_110_152_563_61,
                -0.090_909_045_781_239_03,
                0.076_921_831_908_260_87,
                -0.066_645_114_473_819_48,
                0.058_581_489_128_022_09,
                -0.050_854_497_379_402_56,
                0.039_231_658_295_587_106,
                -0.019_176_887_119_062_166,
            ],
        )
    }

    /// 1.2e-17.
    #[inline(always)]
    fn sine_series(square: f64) -> f64 {
        polynomial(
            square,
            [
                -1.0 / 6.0,
                0.008_333_333_333_330_948,
                -0.000_198_412_698_367_585_74,
                2.755_731_610_255_244e-6,
                -2.505_113_184_500_362_4e-8,
                1.591_812_929_486_660_8e-10,
            ],
        )
    }

    /// 4.2e-19.
    #[inline(always)]
    fn cosine_series(square: f64) -> f64 {
        polynomial(
            square,
            [
                1.0 / 24.0,
                -0.001_388_888_888_888_739_8,
                2.480_158_729_876_569e-5,
                -2.755_731_727_172_979_3e-7,
                2.087_614_626_840_32e-9,
                -1.138_263_242_552_171_7e-11,
            ],
        )
    }

    /// Up to 1: 7.3e-18.
    #[inline(always)]
    fn erf_series(square: f64) -> f64 {
        polynomial(
            square,
            [
                core::f64::consts::FRAC_2_SQRT_PI,
                -0.376_126_389_031_835_43,
                0.112_837_916_709_450_06,
                -0.026_866_170_643_237_77,
                0.005_223_977_607_116_422_5,
                -0.000_854_832_597_538_969_2,
                0.000_120_552_949_048_397_07,
                -1.492_473_690_741_966e-5,
                1.644_742_470_331_736_2e-6,
                -1.620_848_380_187_170_5e-7,
                1.372_006_454_677_768_3e-8,
                -7.795_898_827_002_138e-10,
            ],
        )
    }

    /// In `q = 2 t - 1` with `t = 1 / (1 + a / 4)`: 5.5e-18 of the result.
    #[inline(always)]
    fn scaled_erfc(a: f64) -> (f64, f64) {
        let t = 0.25_f64.mul_add(a, 1.0).recip();
        let series = polynomial(
            2.0_f64.mul_add(t, -1.0),
            [
                0.273_998_915_250_122_77,
                0.244_137_182_270_220_52,
                0.193_302_175_566_309_4,
                0.135_213_457_828_305_35,
                0.082_712_896_969_494_28,
                0.043_502_734_310_100_946,
                0.019_095_378_727_533_113,
                0.006_592_513_333_203_459,
                0.001_528_013_911_562_357_9,
                7.023_973_313_331_81e-5,
                -0.000_113_763_156_209_946_12,
                -4.420_329_579_822_484_6e-5,
                -9.088_456_503_542_924e-7,
                4.715_536_225_385_701e-6,
                1.173_709_323_114_627e-6,
                -3.567_388_878_697_661e-7,
                -2.116_527_688_879_04e-7,
                1.981_387_172_408_478_5e-8,
                3.105_038_390_078_597e-8,
                -9.181_091_983_666_177e-10,
                -3.810_081_849_428_937e-9,
                1.904_660_188_782_529_5e-10,
                2.172_506_211_849_616e-10,
            ],
        );
        (t, series)
    }

    #[inline(always)]
    fn tanh(self) -> f64 {
        tanh(self)
    }

    #[inline(always)]
    fn erf(self) -> f64 {
        let near = self * f64::erf_series(min(self * self, 1.0));
        select(self.abs() < 1.0, near, 1.0 - erfc(self))
    }

    #[inline(always)]
    fn normal_cdf(self) -> f64 {
        0.5 * erfc(self * -core::f64::consts::FRAC_1_SQRT_2)
    }
}

/// The hyperbolic tangent: with `e = e^(-2|x|) - 1` it is `-e / (e + 2)` near 0, and beyond `1 - 2 (e + 1) / (e + 2)`,
/// for less than the polynomial that `f32` has costs here.
#[inline(always)]
fn tanh(x: f64) -> f64 {
    let a = x.abs();
    let is_near = a < 0.55;
    let near = exp_m1(a * -2.0);
    let far = exp(a * -2.0);
    // The compiler works the exponential out once for both.
    let numerator = select(is_near, -near, 2.0 * far);
    let sum = far + 1.0;
    // What rounding the sum lost, over the sum, which is about 1 + far / 2.
    let lost = (far - (sum - 1.0)) * far.mul_add(-0.5, 1.0);
    let quotient = numerator.mul_add(-lost, numerator) / sum;
    select(is_near, quotient, 1.0 - quotient).copysign(x)
}
