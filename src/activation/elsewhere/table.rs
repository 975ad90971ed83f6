/// Functions of other libraries that are one function here.
pub(super) struct Row {
    pub(super) meaning: Meaning,
    /// With their modules. A name may bring an argument that is no number.
    pub(super) names: &'static str,
}

pub(super) enum Meaning {
    /// The activation of this name, and what the library calls its parameters.
    Here(&'static str, &'static [Argument]),
    /// What to use in its place.
    Instead(&'static str),
}

/// A parameter as the library has it.
pub(super) struct Argument {
    /// Its name there, or nothing if the library has no such argument.
    pub(super) theirs: &'static str,
    /// Its name here, or nothing if only the default will do.
    pub(super) ours: &'static str,
    pub(super) default: f64,
}

const fn here(ours: &'static str, arguments: &'static [Argument], names: &'static str) -> Row {
    let meaning = Meaning::Here(ours, arguments);
    Row { meaning, names }
}

const fn instead(advice: &'static str, names: &'static str) -> Row {
    let meaning = Meaning::Instead(advice);
    Row { meaning, names }
}

const fn argument(theirs: &'static str, ours: &'static str, default: f64) -> Argument {
    Argument {
        theirs,
        ours,
        default,
    }
}

const DIM: &[Argument] = &[argument("dim", "axis", -1.0)];
const AXIS: &[Argument] = &[argument("axis", "axis", -1.0)];
const LEAKY_RELU: &str = "leaky_relu";
const NEGATIVE_SLOPE: &str = "negative_slope";

/// What each name means. `tests/goldens/names.py` takes the names, and the values that they are held
/// to, from the libraries.
pub(super) const ROWS: &[Row] = &[
    here(
        "identity",
        &[],
        "torch.nn.Identity keras.layers.Identity keras.activations.linear jax.nn.identity",
    ),
    here(
        "relu",
        &[],
        "torch.nn.ReLU F.relu F.relu_ keras.activations.relu keras.layers.ReLU jax.nn.relu",
    ),
    here(
        "relu6",
        &[],
        "torch.nn.ReLU6 F.relu6 keras.activations.relu6 jax.nn.relu6",
    ),
    here(
        LEAKY_RELU,
        &[argument(NEGATIVE_SLOPE, NEGATIVE_SLOPE, 0.01)],
        "torch.nn.LeakyReLU F.leaky_relu F.leaky_relu_ jax.nn.leaky_relu",
    ),
    here(
        LEAKY_RELU,
        &[argument(NEGATIVE_SLOPE, NEGATIVE_SLOPE, 0.2)],
        "keras.activations.leaky_relu",
    ),
    here(
        LEAKY_RELU,
        &[argument(NEGATIVE_SLOPE, NEGATIVE_SLOPE, 0.3)],
        "keras.layers.LeakyReLU",
    ),
    here(
        "prelu",
        &[
            argument("num_parameters", "num_parameters", 1.0),
            argument("init", "alpha", 0.25),
        ],
        "torch.nn.PReLU",
    ),
    here(
        "elu",
        &[argument("alpha", "alpha", 1.0)],
        "torch.nn.ELU F.elu F.elu_ keras.activations.elu keras.layers.ELU jax.nn.elu",
    ),
    here(
        "celu",
        &[argument("alpha", "alpha", 1.0)],
        "torch.nn.CELU F.celu F.celu_ keras.activations.celu jax.nn.celu",
    ),
    here(
        "selu",
        &[],
        "torch.nn.SELU F.selu F.selu_ keras.activations.selu jax.nn.selu",
    ),
    here(
        "gelu",
        &[],
        "torch.nn.GELU torch.nn.GELU(approximate=none) F.gelu F.gelu(approximate=none) \
         keras.activations.gelu keras.activations.gelu(approximate=False) jax.nn.gelu(approximate=False)",
    ),
    here(
        "gelu_tanh",
        &[],
        "torch.nn.GELU(approximate=tanh) F.gelu(approximate=tanh) \
         keras.activations.gelu(approximate=True) jax.nn.gelu jax.nn.gelu(approximate=True)",
    ),
    here(
        "silu",
        &[],
        "torch.nn.SiLU F.silu keras.activations.silu jax.nn.silu",
    ),
    here("swish", &[], "keras.activations.swish jax.nn.swish"),
    here(
        "hard_swish",
        &[],
        "torch.nn.Hardswish F.hardswish keras.activations.hard_silu keras.activations.hard_swish \
         jax.nn.hard_silu jax.nn.hard_swish",
    ),
    here(
        "mish",
        &[],
        "torch.nn.Mish F.mish keras.activations.mish jax.nn.mish",
    ),
    here(
        "sigmoid",
        &[],
        "torch.nn.Sigmoid F.sigmoid keras.activations.sigmoid jax.nn.sigmoid",
    ),
    here(
        "hard_sigmoid",
        &[argument("", "alpha", 1.0 / 6.0)],
        "torch.nn.Hardsigmoid F.hardsigmoid keras.activations.hard_sigmoid jax.nn.hard_sigmoid",
    ),
    here(
        "log_sigmoid",
        &[],
        "torch.nn.LogSigmoid F.logsigmoid keras.activations.log_sigmoid jax.nn.log_sigmoid",
    ),
    here(
        "sparse_sigmoid",
        &[],
        "keras.activations.sparse_sigmoid jax.nn.sparse_sigmoid",
    ),
    here(
        "tanh",
        &[],
        "torch.nn.Tanh F.tanh keras.activations.tanh jax.nn.tanh",
    ),
    here(
        "hard_tanh",
        &[
            argument("min_val", "min", -1.0),
            argument("max_val", "max", 1.0),
        ],
        "torch.nn.Hardtanh F.hardtanh F.hardtanh_",
    ),
    here(
        "hard_tanh",
        &[],
        "keras.activations.hard_tanh jax.nn.hard_tanh",
    ),
    here(
        "softsign",
        &[],
        "torch.nn.Softsign F.softsign keras.activations.softsign jax.nn.soft_sign",
    ),
    here(
        "softplus",
        &[
            argument("beta", "beta", 1.0),
            // Beyond it PyTorch returns x, which differs by less than 2.1e-9.
            argument("threshold", "", 20.0),
        ],
        "torch.nn.Softplus F.softplus",
    ),
    here(
        "softplus",
        &[],
        "keras.activations.softplus jax.nn.softplus",
    ),
    here(
        "squareplus",
        &[argument("b", "b", 4.0)],
        "keras.activations.squareplus jax.nn.squareplus",
    ),
    here(
        "sparse_plus",
        &[],
        "keras.activations.sparse_plus jax.nn.sparse_plus",
    ),
    here(
        "soft_shrink",
        &[argument("lambd", "lambda", 0.5)],
        "torch.nn.Softshrink F.softshrink",
    ),
    here(
        "soft_shrink",
        &[argument("threshold", "lambda", 0.5)],
        "keras.activations.soft_shrink",
    ),
    here(
        "hard_shrink",
        &[argument("lambd", "lambda", 0.5)],
        "torch.nn.Hardshrink F.hardshrink",
    ),
    here(
        "hard_shrink",
        &[argument("threshold", "lambda", 0.5)],
        "keras.activations.hard_shrink",
    ),
    here(
        "tanhshrink",
        &[],
        "torch.nn.Tanhshrink F.tanhshrink keras.activations.tanh_shrink",
    ),
    here("exponential", &[], "keras.activations.exponential"),
    instead(
        "use thresholded_relu(theta=...) instead, which is it with the value 0",
        "torch.nn.Threshold F.threshold F.threshold_ keras.activations.threshold",
    ),
    here(
        "rrelu",
        &[
            argument("lower", "lower", 1.0 / 8.0),
            argument("upper", "upper", 1.0 / 3.0),
        ],
        "torch.nn.RReLU F.rrelu F.rrelu_",
    ),
    instead(
        "it takes its weight as an argument; use prelu instead, which learns it",
        "F.prelu",
    ),
    instead(
        "its slopes start at 0, one a feature; use prelu(channels=..., alpha=0) instead, with \
         as many as the layer is wide",
        "keras.layers.PReLU",
    ),
    instead(
        "it halves the width; use glu instead, which keeps it by projections of its own, or Gate::Glu on two halves",
        "torch.nn.GLU F.glu keras.activations.glu jax.nn.glu",
    ),
    here("softmax", DIM, "torch.nn.Softmax F.softmax"),
    here(
        "softmax",
        AXIS,
        "keras.activations.softmax keras.layers.Softmax jax.nn.softmax",
    ),
    instead(
        "it is softmax of the channels; use softmax(axis=-3) instead",
        "torch.nn.Softmax2d",
    ),
    here("softmin", DIM, "torch.nn.Softmin F.softmin"),
    here("log_softmax", DIM, "torch.nn.LogSoftmax F.log_softmax"),
    here(
        "log_softmax",
        AXIS,
        "keras.activations.log_softmax jax.nn.log_softmax",
    ),
    here("sparsemax", AXIS, "keras.activations.sparsemax"),
    here(
        "gumbel_softmax",
        &[
            argument("tau", "temperature", 1.0),
            argument("hard", "hard", 0.0),
            argument("dim", "axis", -1.0),
        ],
        "F.gumbel_softmax",
    ),
    instead(
        "it is a layer; use burn::nn::attention::MultiHeadAttention instead",
        "torch.nn.MultiheadAttention F.multi_head_attention_forward F.scaled_dot_product_attention \
         jax.nn.dot_product_attention",
    ),
    instead(
        "it is a layer; use burn::nn::Dropout instead",
        "torch.nn.Dropout torch.nn.AlphaDropout F.dropout F.dropout1d F.dropout2d F.dropout3d \
         F.alpha_dropout F.feature_alpha_dropout keras.layers.Dropout keras.layers.AlphaDropout",
    ),
    instead(
        "it works on rows, not on single numbers; use burn::nn::LayerNorm instead",
        "F.normalize F.layer_norm F.rms_norm jax.nn.standardize",
    ),
    instead(
        "it is no activation; use Tensor::one_hot instead",
        "F.one_hot jax.nn.one_hot",
    ),
    instead(
        "it is the distance of rows; use Tensor's own operations instead",
        "F.pdist",
    ),
    instead("it is a layer; use burn::nn::Linear instead", "F.linear"),
    instead(
        "it sums over a tensor; use Tensor's own operations instead",
        "jax.nn.logsumexp jax.nn.logmeanexp",
    ),
    instead(
        "it is ln(1 - e^-x), for the logarithms of probabilities; use Tensor's own operations instead",
        "jax.nn.log1mexp",
    ),
    instead(
        "it is a matrix product; use Tensor::matmul instead",
        "jax.nn.scaled_matmul jax.nn.scaled_dot_general jax.nn.get_scaled_dot_general_config",
    ),
    instead(
        "name the activation itself instead",
        "keras.layers.Activation keras.activations.get keras.activations.serialize \
         keras.activations.deserialize",
    ),
];
