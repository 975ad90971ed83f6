use std::collections::HashMap;

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use super::slope::units;
use super::statistics::describe;

/// Parameters with two or more dimensions: not biases and norms, which start at 0 or 1 and whose
/// sizes say little.
trait Visit {
    fn visit<const D: usize>(&mut self, path: String, param: &Param<Tensor<D>>);
}

struct Walk<V> {
    path: Vec<String>,
    visit: V,
}

impl<V: Visit> ModuleVisitor for Walk<V> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if D >= 2 {
            self.visit.visit(self.path.join("."), param);
        }
    }
}

fn walk<M: Module, V: Visit>(module: &M, visit: V) -> V {
    let mut walk = Walk {
        path: Vec::new(),
        visit,
    };
    module.visit(&mut walk);
    walk.visit
}

fn plain<const D: usize>(tensor: Tensor<D>) -> Tensor<2> {
    units(tensor.inner())
}

/// Rows of numbers with the parameters' paths.
pub(super) type Rows = Vec<(String, Tensor<1>)>;

/// [Describes](describe) each weight.
pub(super) fn weights<M: Module>(module: &M) -> Rows {
    struct Weights(Rows);
    impl Visit for Weights {
        fn visit<const D: usize>(&mut self, path: String, param: &Param<Tensor<D>>) {
            self.0.push((path, describe(plain(param.val()))));
        }
    }
    walk(module, Weights(Vec::new())).0
}

/// [Describes](describe) the gradient of each weight that has one.
pub(super) fn gradients<M: Module>(module: &M, gradients: &GradientsParams) -> Rows {
    struct Gradients<'a>(&'a GradientsParams, Rows);
    impl Visit for Gradients<'_> {
        fn visit<const D: usize>(&mut self, path: String, param: &Param<Tensor<D>>) {
            if let Some(gradient) = self.0.get::<D>(param.id) {
                self.1.push((path, describe(plain(gradient))));
            }
        }
    }
    walk(module, Gradients(gradients, Vec::new())).1
}

/// Root mean squares of the change and of the old value of each weight.
pub(super) fn updates<M: Module>(before: &M, after: &M) -> Rows {
    struct Before(HashMap<ParamId, Tensor<2>>);
    impl Visit for Before {
        fn visit<const D: usize>(&mut self, _path: String, param: &Param<Tensor<D>>) {
            self.0.insert(param.id, plain(param.val()));
        }
    }
    struct After(HashMap<ParamId, Tensor<2>>, Rows);
    impl Visit for After {
        fn visit<const D: usize>(&mut self, path: String, param: &Param<Tensor<D>>) {
            if let Some(old) = self.0.remove(&param.id) {
                let root_mean_square = |values: Tensor<2>| values.square().mean().sqrt();
                let change = root_mean_square(plain(param.val()) - old.clone());
                let row = Tensor::cat(vec![change, root_mean_square(old)], 0);
                self.1.push((path, row));
            }
        }
    }
    let old = walk(before, Before(HashMap::new())).0;
    walk(after, After(old, Vec::new())).1
}
