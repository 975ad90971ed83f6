use crate::fused::{Double, Number, Single};

/// A float type that arithmetic is done in.
pub(crate) trait Computed: Copy + Send + Sync + bytemuck::Zeroable {
    type Number: Number;
    fn number(self) -> Self::Number;
    fn from_number(number: Self::Number) -> Self;
}

macro_rules! computed {
    ($($float:ty => $number:ident),*) => {
        $(
            impl Computed for $float {
                type Number = $number;

                #[inline(always)]
                fn number(self) -> $number {
                    $number(self)
                }

                #[inline(always)]
                fn from_number(number: $number) -> Self {
                    number.0
                }
            }
        )*
    };
}

computed!(f32 => Single, f64 => Double);
