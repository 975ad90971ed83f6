use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::optim::ModuleOptimizer;
use burn::tensor::Tensor;
use smallvec::smallvec;

use super::rule::{Part, PartState, collect};
use crate::fused::{Few, Output, run};

/// The network to evaluate, where modifiers of an optimizer make another than the one that is trained: the average
/// of [`Ema`](super::Ema) and [`Swa`](super::Swa), the slow weights of [`Lookahead`](super::Lookahead), the `x` of
/// [`ScheduleFree`](super::ScheduleFree).
///
/// It is a value of its own: there is no mode of training or evaluation that somebody could forget to switch.
/// What it is made of is a part of the optimizer's state, and saved and restored with it.
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Device, Tensor}};
/// use burn::optim::GradientsParams;
/// use burn_extras::optim::OptimizerConfig;
///
/// let device = Device::default().autodiff();
/// let mut model = LinearConfig::new(2, 1).init(&device);
/// let config: OptimizerConfig = "adamw + ema(decay=0.9)".parse()?;
/// let averages = config.averages().expect("one of the modifiers is an average");
/// let mut optimizer = config.init();
///
/// for _ in 0..3 {
///     let loss = model.forward(Tensor::<2>::ones([8, 2], &device)).sum();
///     let grads = GradientsParams::from_grads(loss.backward(), &model);
///     model = optimizer.step(0.1, model, grads);
/// }
/// let averaged = averages.model(&optimizer, &model);
/// # let _ = averaged;
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
#[derive(Clone)]
pub struct Averages(Vec<Arc<dyn Part>>);

impl Averages {
    pub(super) fn of(parts: &[Arc<dyn Part>]) -> Option<Self> {
        let some = parts.iter().any(|part| part.has_average());
        some.then(|| Self(parts.to_vec()))
    }

    /// The network to evaluate: `model`, with the average of each parameter in its place, without autodiff.
    ///
    /// A parameter that the optimizer has made no step for, or that is in a group with other modifiers, is that of
    /// the model. Where several modifiers have an average, it is that of the last.
    pub fn model<M: Module>(&self, optimizer: &ModuleOptimizer, model: &M) -> M {
        let states = collect(|| drop(optimizer.to_record()));
        let mut mapper = Mapper {
            parts: &self.0,
            states,
        };
        model.clone().map(&mut mapper)
    }
}

impl fmt::Debug for Averages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Averages").field(&self.0).finish()
    }
}

struct Mapper<'a> {
    parts: &'a [Arc<dyn Part>],
    states: HashMap<String, Vec<PartState>>,
}

impl Mapper<'_> {
    fn average<const D: usize>(&mut self, id: ParamId, param: Tensor<D>) -> Tensor<D> {
        let Some(states) = self.states.remove(&id.val().to_string()) else {
            return param;
        };
        if states.len() != self.parts.len() {
            return param;
        }
        let mut parts = self.parts.iter().zip(states);
        let Some((part, state)) = parts.rfind(|(part, _)| part.has_average()) else {
            return param;
        };
        let fits = state.fits(&**part, &param.shape());
        let Some(kernel) = part.average(&state.clock).filter(|_| fits) else {
            return param;
        };
        let device = param.device();
        let states = state.tensors.into_iter().flatten().map(|tensor| {
            let tensor = Tensor::<D>::from_dispatch(tensor).to_device(&device);
            Some(tensor.into_dispatch())
        });
        let mut inputs: Few<_> = smallvec![Some(param.clone().into_dispatch())];
        inputs.extend(states);
        let average = run(&*kernel, &mut inputs, &[Output::Like(0)]);
        let average = average.into_iter().flatten().next();
        average.map_or(param, Tensor::from_dispatch)
    }
}

impl ModuleMapper for Mapper<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, tensor, mapper) = param.consume();
        let tensor = self.average(id, tensor.inner());
        Param::from_mapped_value(id, tensor, mapper)
    }
}
