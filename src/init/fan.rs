/// How many values a weight's layer takes in and gives out.
///
/// An output of the layer is the sum of `fan_in` inputs, each times a weight; an input takes part
/// in `fan_out` outputs. The first decides how large the outputs are, the second how large the
/// gradients are that come back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fans {
    /// The inputs of one output.
    pub fan_in: usize,
    /// The outputs of one input.
    pub fan_out: usize,
}

/// Which fan a variance is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fan {
    /// The inputs of one output: keeps the variance on the way forward.
    #[default]
    In,
    /// The outputs of one input: keeps the variance of the gradients on the way back.
    Out,
    /// The mean of both.
    Average,
}

impl Fans {
    /// The number that `fan` stands for.
    pub fn get(self, fan: Fan) -> f64 {
        match fan {
            Fan::In => self.fan_in as f64,
            Fan::Out => self.fan_out as f64,
            Fan::Average => (self.fan_in + self.fan_out) as f64 / 2.0,
        }
    }
}

/// The layers whose weights are drawn, by how they store them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// `[in, out]`
    Linear,
    /// `[out, in / groups, kernel...]`
    Conv,
    /// `[in, out / groups, kernel...]`
    ConvTranspose,
}

impl Layer {
    /// The layer that a module's traversal calls `container`.
    pub(super) fn named(container: &str) -> Option<Self> {
        match container.strip_prefix("Struct:")? {
            "Linear" => Some(Self::Linear),
            "Conv1d" | "Conv2d" | "Conv3d" | "DeformConv2d" => Some(Self::Conv),
            "ConvTranspose1d" | "ConvTranspose2d" | "ConvTranspose3d" => Some(Self::ConvTranspose),
            _ => None,
        }
    }

    /// The fans of weights of this shape.
    pub(super) fn fans(self, dims: &[usize]) -> Fans {
        let kernel: usize = dims[2..].iter().product();
        let (fan_in, fan_out) = match self {
            Self::Linear | Self::ConvTranspose => (dims[0], dims[1]),
            Self::Conv => (dims[1], dims[0]),
        };
        Fans {
            fan_in: fan_in * kernel,
            fan_out: fan_out * kernel,
        }
    }
}
