//! How an activation of rows is declared: its formula is written by hand, module and configuration follow.

use crate::registry::{Spec, SpecError, check, flag, whole};

/// The axis counted from the first one.
///
/// # Panics
///
/// When a tensor of this rank has no such axis.
pub(super) fn axis_of(type_name: &'static str, axis: isize, rank: usize) -> usize {
    let counted = if axis < 0 { axis + rank as isize } else { axis };
    if (0..rank as isize).contains(&counted) {
        return counted as usize;
    }
    let range = "an axis of the tensor, from -rank to rank - 1";
    panic!(
        "{}",
        SpecError::out_of_range(type_name, "axis", axis as f64, range)
    )
}

/// A setting as it stands in a text, where all are numbers.
pub(crate) trait Setting: Copy {
    fn number(self) -> f64;

    /// The setting that a number stands for, of this field of this type.
    fn of(config: &'static str, field: &'static str, number: f64) -> Result<Self, SpecError>;
}

impl Setting for f64 {
    fn number(self) -> f64 {
        self
    }

    fn of(_config: &'static str, _field: &'static str, number: f64) -> Result<Self, SpecError> {
        Ok(number)
    }
}

impl Setting for bool {
    fn number(self) -> f64 {
        self.into()
    }

    fn of(config: &'static str, field: &'static str, number: f64) -> Result<Self, SpecError> {
        flag(config, field, number)
    }
}

impl Setting for usize {
    fn number(self) -> f64 {
        self as f64
    }

    fn of(config: &'static str, field: &'static str, number: f64) -> Result<Self, SpecError> {
        whole(config, field, number)
    }
}

/// An axis.
impl Setting for isize {
    fn number(self) -> f64 {
        self as f64
    }

    fn of(config: &'static str, field: &'static str, number: f64) -> Result<Self, SpecError> {
        let inside = number.fract() == 0.0 && number.abs() <= 1000.0;
        let range = "a whole number, from -1000 to 1000";
        check(config, field, number, range, inside).map(|()| number as isize)
    }
}

/// Takes a setting out of a text.
pub(crate) fn take<T: Setting>(
    spec: &mut Spec,
    config: &'static str,
    field: &'static str,
    default: T,
) -> Result<T, SpecError> {
    T::of(config, field, spec.take(field, default.number()))
}

/// What needs no check before it meets a tensor.
pub(super) fn any<T>(_config: &T) -> Result<(), SpecError> {
    Ok(())
}

/// Declares an activation of rows: its module and its configuration, which has an axis besides these fields.
macro_rules! rows {
    (
        $(#[$doc:meta])*
        $name:ident, $config:ident {
            $($(#[$field_doc:meta])* $field:ident / $with:ident: $type:ty = $default:expr,)*
        }, check $check:path, named $named:literal
    ) => {
        $(#[$doc])*
        #[derive(burn::module::Module, Copy, Debug, PartialEq)]
        pub struct $name {
            axis: isize,
            $($field: $type,)*
        }

        impl $name {
            /// The axis; a negative one counts from the last, which is -1.
            pub fn axis(&self) -> isize {
                self.axis
            }

            $($(#[$field_doc])* pub fn $field(&self) -> $type {
                self.$field
            })*

            /// The axis of a tensor of this rank.
            fn axis_of(&self, rank: usize) -> usize {
                crate::activation::rows::declare::axis_of(stringify!($config), self.axis, rank)
            }
        }

        impl Default for $name {
            fn default() -> Self {
                $config::new().init()
            }
        }

        #[doc = concat!("Configuration of [`", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
        pub struct $config {
            axis: isize,
            $($field: $type,)*
        }

        #[allow(clippy::new_without_default, reason = "Burn's configurations have no `Default` either")]
        impl $config {
            /// The defaults: along the last axis.
            pub fn new() -> Self {
                Self { axis: -1, $($field: $default,)* }
            }

            /// The axis; a negative one counts from the last. Default: -1.
            pub fn with_axis(mut self, axis: isize) -> Self {
                self.axis = axis;
                self
            }

            /// The axis; a negative one counts from the last. Default: -1.
            pub fn axis(&self) -> isize {
                self.axis
            }

            $($(#[$field_doc])* pub fn $with(mut self, $field: $type) -> Self {
                self.$field = $field;
                self
            }

            $(#[$field_doc])* pub fn $field(&self) -> $type {
                self.$field
            })*

            /// The activation.
            ///
            /// # Panics
            ///
            /// When a parameter is outside its range: ask [`validate`](Self::validate) first.
            pub fn init(&self) -> $name {
                self.validate().unwrap_or_else(|error| panic!("{error}"));
                $name { axis: self.axis, $($field: self.$field,)* }
            }

            /// Checks that every parameter is in its range. Which axes there are, a tensor says later.
            ///
            /// # Errors
            ///
            /// Names the first that is not: type, field, value, range.
            pub fn validate(&self) -> Result<(), crate::registry::SpecError> {
                $check(self)
            }
        }

        crate::activation::declare::checked! { $config { axis: isize, $($field: $type),* } }

        impl crate::activation::declare::Listed for $config {
            const NAME: &'static str = $named;
            const MODULE: &'static str = "rows";

            fn from_spec(
                spec: &mut crate::registry::Spec,
            ) -> Result<Self, crate::registry::SpecError> {
                use crate::activation::rows::declare::take;

                let default = Self::new();
                let config = Self {
                    axis: take(spec, stringify!($config), "axis", default.axis)?,
                    $($field: take::<$type>(
                        spec,
                        stringify!($config),
                        stringify!($field),
                        default.$field,
                    )?,)*
                };
                config.validate().map(|()| config)
            }

            fn parameters(&self) -> Vec<(&'static str, f64)> {
                use crate::activation::rows::declare::Setting;

                vec![
                    $((stringify!($field), Setting::number(self.$field)),)*
                    ("axis", Setting::number(self.axis)),
                ]
            }
        }
    };
    // That of an activation whose formula is itself, or chosen by its settings.
    (@forward $name:ident) => {
        rows!(@forward $name, |row, axis| crate::fused::shared_rows(*row, axis));
    };
    (@forward $name:ident, |$row:ident, $axis:ident| $function:expr) => {
        impl $name {
            /// Applies the activation to each row along the axis.
            ///
            /// # Shapes
            ///
            /// Any, of rank 1 to 6; the output has the shape of the input.
            ///
            /// # Panics
            ///
            /// When the tensor has no such axis.
            pub fn forward<const D: usize>(
                &self,
                input: burn::tensor::Tensor<D>,
            ) -> burn::tensor::Tensor<D> {
                crate::fused::apply_shared_rows(|axis| self.function(axis), input, self.axis_of(D))
            }

            // Not generic and not inlined, so that the kernels are compiled with this crate.
            #[inline(never)]
            pub(super) fn function(&self, $axis: usize) -> crate::fused::Shared {
                let $row = self;
                $function
            }
        }
    };
    // One with nothing to set but the axis, as a function.
    (@function $function:ident, $name:ident, $config:ident) => {
        #[doc = concat!("[`", stringify!($name), "`] as a function, along an axis that may be negative.")]
        ///
        /// # Panics
        ///
        /// When the tensor has no such axis.
        pub fn $function<const D: usize>(
            tensor: burn::tensor::Tensor<D>,
            axis: impl burn::tensor::AsIndex,
        ) -> burn::tensor::Tensor<D> {
            $config::new()
                .with_axis(axis.as_index())
                .init()
                .forward(tensor)
        }
    };
}

pub(super) use rows;

/// What formulas of exponentials have in common: they are divided by something of their sum.
macro_rules! exponentials {
    () => {
        #[inline(always)]
        fn sums<N: Number>(&self, term: N, _known: [N; 1]) -> [N; 1] {
            [term]
        }

        #[inline(always)]
        fn value<N: Number>(&self, term: N, [factor]: [N; 1]) -> N {
            term * factor
        }

        #[inline(always)]
        fn gradient_sums<N: Number>(&self, y: N, grad: N) -> [N; 1] {
            [passed(grad, y)]
        }
    };
}

pub(super) use exponentials;
