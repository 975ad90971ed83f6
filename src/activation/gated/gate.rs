use core::fmt;

use burn::tensor::Tensor;

use super::super::{ActivationConfig, Gelu, GeluTanh, Identity, Relu, Sigmoid, declare::Range};
use super::formula::{ClampedSwiGlu, Gated, Gtu, SwiGlu};
use crate::fused::{Shared, apply_shared, shared};
use crate::registry::{Spec, SpecError};

/// What a gated unit makes of its two halves, the linear one `a` and the gate `g`.
///
/// The sigmoid is `s`, the distribution function of the standard normal `Phi`. Those with a name of their own run in
/// one pass, and the backward pass keeps `a` and `g` and nothing else. Any other activation is two, and `f(g)` is
/// kept too.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Gate {
    /// `glu`: `a s(g)`. Source: [Dauphin et al.](https://arxiv.org/abs/1612.08083); `torch.nn.GLU`.
    Glu,
    /// `bilinear`: `a g`. Source: [Shazeer](https://arxiv.org/abs/2002.05202), as the next four.
    Bilinear,
    /// `reglu`: `a relu(g)`.
    ReGlu,
    /// `geglu`: `a g Phi(g)`.
    GeGlu,
    /// `geglu_tanh`: `a gelu_tanh(g)`, as in Gemma.
    GeGluTanh,
    /// `swiglu`: `a g s(beta g)`.
    SwiGlu {
        /// The sharpness. Default: 1.
        beta: f64,
    },
    /// `gtu`: `tanh(a) s(g)`. Source: [WaveNet](https://arxiv.org/abs/1609.03499).
    Gtu,
    /// `swiglu_oai`: `(v + 1) h s(1.702 h)` with `v = clamp(a, -limit, limit)` and `h = min(g, limit)`, the
    /// unit of gpt-oss. At a bound nothing passes back, as in PyTorch.
    SwiGluOai {
        /// Where both halves are clamped. Default: 7.
        limit: f64,
    },
    /// `swiglu_clamped`: `v h s(h)` with the same clamps, as in DeepSeek V4.
    SwiGluClamped {
        /// Where both halves are clamped. Default: 10.
        limit: f64,
    },
    /// `gated(NAME)`: `a f(g)` with any activation that is a formula.
    Activation(Box<ActivationConfig>),
}

/// Which half of the features is the gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Half {
    /// As in the fused projections of language models: Phi-3, GLM, vLLM.
    First,
    /// As in `torch.nn.GLU`, `jax.nn.glu` and `keras.activations.glu`.
    #[default]
    Second,
}

/// The gates with a name of their own.
pub(in crate::activation) const NAMES: [&str; 9] = [
    "glu",
    "bilinear",
    "reglu",
    "geglu",
    "geglu_tanh",
    "swiglu",
    "gtu",
    "swiglu_oai",
    "swiglu_clamped",
];

impl Gate {
    /// `a` and `g` to the unit's output.
    ///
    /// # Shapes
    ///
    /// Those of `linear` and `gate` are the output's.
    ///
    /// # Panics
    ///
    /// When a setting is outside its range: ask [`validate`](Self::validate) first.
    pub fn forward<const D: usize>(&self, linear: Tensor<D>, gate: Tensor<D>) -> Tensor<D> {
        self.validate().unwrap_or_else(|error| panic!("{error}"));
        self.unit().forward(linear, gate)
    }

    /// The same for the two halves of one tensor along an axis, whose size is halved.
    ///
    /// # Panics
    ///
    /// When the tensor has no such axis, or an odd number of places along it, and as
    /// [`forward`](Self::forward).
    pub fn forward_halves<const D: usize>(
        &self,
        tensor: Tensor<D>,
        axis: usize,
        gate: Half,
    ) -> Tensor<D> {
        assert!(axis < D, "a tensor of rank {D} has no axis {axis}");
        let size = tensor.dims()[axis];
        assert!(
            size.is_multiple_of(2),
            "axis {axis} has {size} places, an odd number: there are no halves"
        );
        let first = tensor.clone().narrow(axis, 0, size / 2);
        let second = tensor.narrow(axis, size / 2, size / 2);
        match gate {
            Half::First => self.forward(second, first),
            Half::Second => self.forward(first, second),
        }
    }

    /// Checks that every setting is in its range.
    ///
    /// # Errors
    ///
    /// Names the first that is not; an activation that is no formula cannot be a gate.
    pub fn validate(&self) -> Result<(), SpecError> {
        match self {
            Self::SwiGlu { beta } => Range::Positive.check("swiglu", "beta", *beta),
            Self::SwiGluOai { limit } => Range::Positive.check("swiglu_oai", "limit", *limit),
            Self::SwiGluClamped { limit } => {
                Range::Positive.check("swiglu_clamped", "limit", *limit)
            }
            Self::Activation(activation) => {
                if activation.formula().is_none() {
                    return Err(SpecError::instead(
                        format!("gated({activation})"),
                        "a gate is a formula without weights of its own, as in gated(gelu)",
                    ));
                }
                activation.validate()
            }
            _ => Ok(()),
        }
    }

    /// What runs.
    pub(super) fn unit(&self) -> Unit {
        let fused = |function| Unit {
            activation: None,
            function,
        };
        match self {
            Self::Glu => fused(shared(Gated(Sigmoid))),
            Self::Bilinear => fused(shared(Gated(Identity))),
            Self::ReGlu => fused(shared(Gated(Relu))),
            Self::GeGlu => fused(shared(Gated(Gelu))),
            Self::GeGluTanh => fused(shared(Gated(GeluTanh))),
            Self::SwiGlu { beta } => fused(shared(SwiGlu { beta: *beta })),
            Self::Gtu => fused(shared(Gtu)),
            Self::SwiGluOai { limit } => fused(shared(ClampedSwiGlu {
                alpha: 1.702,
                limit: *limit,
                offset: 1.0,
            })),
            Self::SwiGluClamped { limit } => fused(shared(ClampedSwiGlu {
                alpha: 1.0,
                limit: *limit,
                offset: 0.0,
            })),
            Self::Activation(activation) => match **activation {
                ActivationConfig::Sigmoid => Self::Glu.unit(),
                ActivationConfig::Identity => Self::Bilinear.unit(),
                ActivationConfig::Relu => Self::ReGlu.unit(),
                ActivationConfig::Gelu => Self::GeGlu.unit(),
                ActivationConfig::GeluTanh => Self::GeGluTanh.unit(),
                ActivationConfig::Silu => Self::SwiGlu { beta: 1.0 }.unit(),
                ref other => Unit {
                    activation: other.formula(),
                    function: shared(Gated(Identity)),
                },
            },
        }
    }

    /// The gate of this name, with its settings taken from the spec.
    pub(super) fn from_spec(spec: &mut Spec) -> Option<Self> {
        Some(match spec.name() {
            "glu" => Self::Glu,
            "bilinear" => Self::Bilinear,
            "reglu" => Self::ReGlu,
            "geglu" => Self::GeGlu,
            "geglu_tanh" => Self::GeGluTanh,
            "swiglu" => Self::SwiGlu {
                beta: spec.take("beta", 1.0),
            },
            "gtu" => Self::Gtu,
            "swiglu_oai" => Self::SwiGluOai {
                limit: spec.take("limit", 7.0),
            },
            "swiglu_clamped" => Self::SwiGluClamped {
                limit: spec.take("limit", 10.0),
            },
            _ => return None,
        })
    }

    /// The settings, with their defaults.
    pub(super) fn settings(&self) -> Vec<(&'static str, f64, f64)> {
        match self {
            Self::SwiGlu { beta } => vec![("beta", *beta, 1.0)],
            Self::SwiGluOai { limit } => vec![("limit", *limit, 7.0)],
            Self::SwiGluClamped { limit } => vec![("limit", *limit, 10.0)],
            _ => Vec::new(),
        }
    }

    /// The name, without settings.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Glu => "glu",
            Self::Bilinear => "bilinear",
            Self::ReGlu => "reglu",
            Self::GeGlu => "geglu",
            Self::GeGluTanh => "geglu_tanh",
            Self::SwiGlu { .. } => "swiglu",
            Self::Gtu => "gtu",
            Self::SwiGluOai { .. } => "swiglu_oai",
            Self::SwiGluClamped { .. } => "swiglu_clamped",
            Self::Activation(_) => "gated",
        }
    }
}

/// How a gated unit runs: in one pass, or as a product with what an activation makes of the gate. For all
/// activations to have a pass of their own here would double what every user compiles.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    activation: Option<Shared>,
    function: Shared,
}

impl Unit {
    pub(super) fn forward<const D: usize>(&self, linear: Tensor<D>, gate: Tensor<D>) -> Tensor<D> {
        let gate = match &self.activation {
            Some(activation) => apply_shared(activation.clone(), [gate]),
            None => gate,
        };
        apply_shared(self.function.clone(), [linear, gate])
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Activation(activation) = self {
            return write!(f, "gated({activation})");
        }
        let spec = self
            .settings()
            .into_iter()
            .fold(Spec::new(self.name()), |spec, (name, value, default)| {
                spec.with(name, value, default)
            });
        spec.fmt(f)
    }
}
