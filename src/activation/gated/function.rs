use burn::tensor::Tensor;

use super::Gate;

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident($($setting:ident),*) = $gate:expr;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Shapes
            ///
            /// Both have the output's.
            pub fn $name<const D: usize>(
                linear: Tensor<D>,
                gate: Tensor<D>,
                $($setting: f64,)*
            ) -> Tensor<D> {
                $gate.forward(linear, gate)
            }
        )*
    };
}

functions! {
    /// [`Gate::Glu`] as a function: `linear * sigmoid(gate)`.
    glu() = Gate::Glu;
    /// [`Gate::Bilinear`] as a function: `linear * gate`.
    bilinear() = Gate::Bilinear;
    /// [`Gate::ReGlu`] as a function: `linear * relu(gate)`.
    reglu() = Gate::ReGlu;
    /// [`Gate::GeGlu`] as a function: `linear * gelu(gate)`.
    geglu() = Gate::GeGlu;
    /// [`Gate::GeGluTanh`] as a function: `linear * gelu_tanh(gate)`.
    geglu_tanh() = Gate::GeGluTanh;
    /// [`Gate::SwiGlu`] as a function: `linear * gate * sigmoid(beta * gate)`.
    ///
    /// # Panics
    ///
    /// When `beta` is not from 1e-15 to 1e15.
    swiglu(beta) = Gate::SwiGlu { beta };
    /// [`Gate::Gtu`] as a function: `tanh(linear) * sigmoid(gate)`.
    gtu() = Gate::Gtu;
    /// [`Gate::SwiGluOai`] as a function; the limit in gpt-oss is 7.
    ///
    /// # Panics
    ///
    /// When `limit` is not from 1e-15 to 1e15.
    swiglu_oai(limit) = Gate::SwiGluOai { limit };
    /// [`Gate::SwiGluClamped`] as a function; the limit in DeepSeek V4 is 10.
    ///
    /// # Panics
    ///
    /// When `limit` is not from 1e-15 to 1e15.
    swiglu_clamped(limit) = Gate::SwiGluClamped { limit };
}
