use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, Param, ParamId, Parameter};
use burn::tensor::{Bool, Int, Tensor};

use crate::splitmix;

/// The module with parameter ids that follow from `seed` and the order of its parameters.
///
/// Burn draws an id for each parameter, and saves it: two trainings that are alike in all else write files
/// that are not. Parameters that share an id, because one is a copy of the other, share one afterwards. Those
/// that are not drawn yet are drawn.
///
/// Do this before the optimizer's first step, which finds its states by the ids.
///
/// ```
/// use burn::module::{Module, list_param_ids};
/// use burn::nn::LinearConfig;
/// use burn::tensor::Device;
/// use burn_extras::train::with_parameter_ids;
///
/// let layer = || with_parameter_ids(LinearConfig::new(2, 3).init(&Device::default()), 42);
/// assert_eq!(list_param_ids(&layer()), list_param_ids(&layer()));
/// ```
pub fn with_parameter_ids<M: Module>(module: M, seed: u64) -> M {
    module.map(&mut Renamer {
        seed,
        renamed: HashMap::new(),
    })
}

struct Renamer {
    seed: u64,
    renamed: HashMap<ParamId, ParamId>,
}

impl Renamer {
    fn rename<T: Parameter>(&mut self, param: Param<T>) -> Param<T> {
        let (id, value, mapper) = param.consume();
        let count = self.renamed.len() as u64;
        let id = *self
            .renamed
            .entry(id)
            .or_insert_with(|| splitmix::number(self.seed, count).into());
        Param::from_mapped_value(id, value, mapper)
    }
}

impl ModuleMapper for Renamer {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        self.rename(param)
    }

    fn map_int<const D: usize>(&mut self, param: Param<Tensor<D, Int>>) -> Param<Tensor<D, Int>> {
        self.rename(param)
    }

    fn map_bool<const D: usize>(
        &mut self,
        param: Param<Tensor<D, Bool>>,
    ) -> Param<Tensor<D, Bool>> {
        self.rename(param)
    }
}

#[cfg(test)]
mod tests {
    use burn::module::list_param_ids;
    use burn::tensor::Device;

    use super::*;
    use crate::model::{Mlp, MlpConfig};

    fn network(device: &Device) -> Mlp {
        MlpConfig::new(vec![3, 4, 2]).with_norm(true).init(device)
    }

    #[test]
    fn ids_follow_from_the_seed() {
        let device = Device::default();
        let ids = |seed| list_param_ids(&with_parameter_ids(network(&device), seed));
        assert_eq!(ids(1), ids(1));
        let mut all = [ids(1), ids(2)].concat();
        assert_eq!(all.len(), 12);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 12);
    }

    #[test]
    fn nothing_else_changes() {
        let device = Device::default().autodiff();
        let before = network(&device);
        let after = with_parameter_ids(before.clone(), 1);
        let input = Tensor::<2>::ones([5, 3], &device);
        assert_eq!(
            before.forward(input.clone()).into_data(),
            after.forward(input.clone()).into_data()
        );
        let gradients = after.forward(input).sum().backward();
        let weight = after.layers[0].weight.val();
        assert!(weight.grad(&gradients).is_some(), "it is trained as before");
    }

    #[test]
    fn copies_stay_copies() {
        let device = Device::default();
        let layer = network(&device).layers.remove(0);
        let pair = with_parameter_ids((layer.clone(), layer), 1);
        assert_eq!(list_param_ids(&pair.0), list_param_ids(&pair.1));
    }
}
