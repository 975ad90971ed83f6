use burn::module::{Module, ModuleVisitor, Param, ParamGroup};
use burn::optim::ModuleOptimizer;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::OptimizerConfig;
use crate::registry::{Range, SpecError};

/// Which parameters of a module are treated differently: [`OptimizerConfig::init_for`].
///
/// ```
/// use burn::{nn::LinearConfig, tensor::Device};
/// use burn_extras::optim::{Groups, OptimizerConfig};
///
/// let model = LinearConfig::new(784, 10).init(&Device::default());
/// let config: OptimizerConfig = "adamw(weight_decay=0.05)".parse()?;
/// // Biases, norms and whatever is called "embedding" do not decay; layers far from the output learn slowly.
/// let groups = Groups::new().with_no_decay(["embedding"]).with_layer_decay(0.75);
/// let optimizer = config.init_for(&model, &groups);
///
/// // Hidden matrices by Muon, everything else by AdamW.
/// let config: OptimizerConfig = "muon".parse()?;
/// let optimizer = config.init_for(&model, &Groups::new().with_others("adamw".parse()?));
///
/// // The same in a config file:
/// let groups: Groups = serde_json::from_str(r#"{"no_decay": [], "others": "adamw"}"#)?;
/// # let _ = (optimizer, groups);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Groups {
    #[serde(skip_serializing_if = "Option::is_none")]
    no_decay: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer_decay: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    others: Option<OptimizerConfig>,
}

/// As it stands in a config file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Unchecked {
    no_decay: Option<Vec<String>>,
    layer_decay: Option<f64>,
    others: Option<OptimizerConfig>,
}

impl TryFrom<Unchecked> for Groups {
    type Error = SpecError;

    fn try_from(unchecked: Unchecked) -> Result<Self, SpecError> {
        let Unchecked {
            no_decay,
            layer_decay,
            others,
        } = unchecked;
        let groups = Self {
            no_decay,
            layer_decay,
            others,
        };
        groups.validate()?;
        Ok(groups)
    }
}

impl Groups {
    /// All parameters alike.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves vectors, which are biases and the gains of norms, without weight decay, and parameters that have one of
    /// these words in their path: `"embedding"` is in `"decoder.embedding.weight"`.
    #[must_use]
    pub fn with_no_decay<S: Into<String>>(mut self, words: impl IntoIterator<Item = S>) -> Self {
        self.no_decay = Some(words.into_iter().map(Into::into).collect());
        self
    }

    /// Multiplies the learning rate by `factor` with every layer that is between a parameter and the output.
    ///
    /// A layer is a matrix or kernel, and the vectors behind it, in the order of the module's fields.
    #[must_use]
    pub fn with_layer_decay(mut self, factor: f64) -> Self {
        self.layer_decay = Some(factor);
        self
    }

    /// Gives all but the hidden matrices and kernels to another optimizer: vectors, embeddings, the last layer. It has
    /// the same learning rate.
    #[must_use]
    pub fn with_others(mut self, others: OptimizerConfig) -> Self {
        self.others = Some(others);
        self
    }

    /// Checks that every setting is in its range.
    ///
    /// # Errors
    ///
    /// When the factor of the layers is not above 0 and at most 1, or a setting of the other optimizer is out of its
    /// range.
    pub fn validate(&self) -> Result<(), SpecError> {
        if let Some(factor) = self.layer_decay {
            Range::Portion.check("Groups", "layer_decay", factor)?;
        }
        self.others.iter().try_for_each(OptimizerConfig::validate)
    }
}

impl OptimizerConfig {
    /// The optimizer of a module whose parameters are not all treated alike.
    ///
    /// They are told apart by their paths, so that it is the same for a module that was loaded.
    ///
    /// # Panics
    ///
    /// When a setting is out of range, which one that was parsed never is.
    pub fn init_for<M: Module>(&self, module: &M, groups: &Groups) -> ModuleOptimizer {
        if let Err(error) = groups.validate() {
            panic!("{error}");
        }
        let mut seen = Parameters::default();
        module.visit(&mut seen);
        let last = seen.layers.saturating_sub(1);
        let mut kinds: Vec<(Kind, Vec<String>)> = Vec::new();
        for parameter in seen.all {
            let kind = Kind::of(&parameter, groups, last);
            match kinds.iter_mut().find(|(other, _)| *other == kind) {
                Some((_, paths)) => paths.push(parameter.path),
                None => kinds.push((kind, vec![parameter.path])),
            }
        }
        let kinds = kinds.into_iter().filter(|(kind, _)| *kind != Kind::USUAL);
        kinds.fold(self.init(), |optimizer, (kind, paths)| {
            let config = match &groups.others {
                Some(others) if kind.is_other => others,
                _ => self,
            };
            let config = match kind.decays {
                true => config.clone(),
                false => config.without_weight_decay(),
            };
            let factor = groups
                .layer_decay
                .map_or(1.0, |it| it.powi(kind.above as i32));
            let of_group = config.build().with_lr_factor(factor);
            optimizer.with_group(ParamGroup::from_paths(paths), of_group, None)
        })
    }
}

/// How a parameter is treated.
#[derive(Clone, Copy, PartialEq)]
struct Kind {
    decays: bool,
    is_other: bool,
    /// How many layers are between it and the output.
    above: usize,
}

impl Kind {
    const USUAL: Self = Self {
        decays: true,
        is_other: false,
        above: 0,
    };

    fn of(parameter: &Parameter, groups: &Groups, last: usize) -> Self {
        let Parameter {
            path,
            rank,
            layer,
            is_embedding,
        } = parameter;
        let is_vector = *rank < 2;
        let stays = |words: &Vec<String>| {
            is_vector || words.iter().any(|word| path.contains(word.as_str()))
        };
        Self {
            decays: !groups.no_decay.as_ref().is_some_and(stays),
            is_other: groups.others.is_some() && (is_vector || *is_embedding || *layer == last),
            above: groups.layer_decay.map_or(0, |_| last - layer),
        }
    }
}

struct Parameter {
    path: String,
    rank: usize,
    layer: usize,
    is_embedding: bool,
}

/// The parameters of a module, in order.
#[derive(Default)]
struct Parameters {
    /// Names, and what they are the fields of.
    path: Vec<(String, String)>,
    layers: usize,
    all: Vec<Parameter>,
}

impl ModuleVisitor for Parameters {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.push((name.to_string(), container.to_string()));
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, _param: &Param<Tensor<D>>) {
        let names: Vec<_> = self.path.iter().map(|(name, _)| name.as_str()).collect();
        if D > 1 {
            self.layers += 1;
        }
        self.all.push(Parameter {
            path: names.join("."),
            rank: D,
            layer: self.layers.saturating_sub(1),
            is_embedding: self.path.iter().any(|(_, it)| it == "Struct:Embedding"),
        });
    }
}
