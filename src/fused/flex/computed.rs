use super::chunk::{Block, LANES};
use super::stored::Float;
use crate::fused::number::{Number, Single, Vectored};

/// A float type that arithmetic is done in.
pub(crate) trait Computed: Copy + Send + Sync + bytemuck::Zeroable + 'static {
    type Number: Number;
    const FLOAT: Float;
    const ZEROS: &'static Block<Self>;
    fn number(self) -> Self::Number;
    fn from_number(number: Self::Number) -> Self;
    fn plus(self, other: Self) -> Self;
    fn is_nan(self) -> bool;
    /// Whether the two are equal; NaN is the same as NaN.
    fn is_same(self, other: Self) -> bool;
    fn to_f64(self) -> f64;
    fn from_f64(value: f64) -> Self;
}

macro_rules! computed {
    ($($float:ident: $stored:ident => $number:ident),*) => {
        $(
            impl Computed for $float {
                type Number = $number;
                const FLOAT: Float = Float::$stored;
                const ZEROS: &'static Block<Self> = &[0.0; LANES];

                #[inline(always)]
                fn number(self) -> $number {
                    $number(self)
                }

                #[inline(always)]
                fn from_number(number: $number) -> Self {
                    number.0
                }

                #[inline(always)]
                fn plus(self, other: Self) -> Self {
                    self + other
                }

                #[inline(always)]
                fn is_nan(self) -> bool {
                    self.is_nan()
                }

                #[inline(always)]
                fn is_same(self, other: Self) -> bool {
                    self == other || (self.is_nan() & other.is_nan())
                }

                fn to_f64(self) -> f64 {
                    self.into()
                }

                fn from_f64(value: f64) -> Self {
                    value as Self
                }
            }
        )*
    };
}

computed!(f32: F32 => Single, f64: F64 => Vectored);
