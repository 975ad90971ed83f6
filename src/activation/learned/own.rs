use std::sync::{PoisonError, RwLock};

use super::super::ActivationConfig;
use super::super::declare::Range;
use super::config::LearnedConfig;
use super::kind::{Count, Kind, Maker, Parameter};
use crate::fused::{Formula, shared};
use crate::registry::{Spec, SpecError};

/// The formulas that were registered by this program.
static OWN: RwLock<Vec<&'static Kind>> = RwLock::new(Vec::new());

/// Gives a formula of your own a name, by which config files and command lines can say it from now on.
///
/// What it takes besides the input is learned: `parameters` are their names and where they start, in the order
/// of the formula. There is one of each for all channels, unless the name says `channels`, as that of any
/// [learned activation](LearnedConfig).
///
/// ```
/// use burn_extras::activation::{ActivationConfig, register};
/// use burn_extras::fused::{Formula, Number};
/// use burn_extras::model::MlpConfig;
///
/// /// A bell on a slope, as wide as is learned: `x / 4 + e^(-(x / width)^2)`.
/// #[derive(Clone, Debug)]
/// struct Hill;
///
/// impl Formula<2> for Hill {
///     #[inline(always)]
///     fn value<N: Number>(&self, [x, width]: [N; 2]) -> N {
///         x * 0.25 + (-(x / width).square()).exp()
///     }
/// }
///
/// register("hill", Hill, &[("width", 1.0)])?;
/// let hill: ActivationConfig = "hill(width=2, channels=32)".parse()?;
/// let model = MlpConfig::new(vec![1, 32, 1]).with_activation(hill);
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
///
/// # Errors
///
/// When the name is not a word in lower case, or is taken; when there are not as many parameters as the formula
/// takes besides the input, one starts at no finite number, or two have one name.
pub fn register<F: Formula<I>, const I: usize>(
    name: &str,
    formula: F,
    parameters: &[(&str, f64)],
) -> Result<ActivationConfig, SpecError> {
    let refuse = |why: String| Err(SpecError::instead(format!("register(\"{name}\")"), why));
    if Spec::parse(name)?.to_string() != name {
        return refuse("a name is a word in lower case, as in my_formula".to_string());
    }
    if parameters.len() + 1 != I {
        let wanted = I.saturating_sub(1);
        return refuse(format!(
            "the formula takes {wanted} numbers besides the input, and {} are named",
            parameters.len()
        ));
    }
    for (index, (parameter, start)) in parameters.iter().enumerate() {
        if Spec::parse(parameter)?.to_string() != *parameter || RESERVED.contains(parameter) {
            return refuse(format!("\"{parameter}\" cannot be the name of a parameter"));
        }
        if parameters[..index]
            .iter()
            .any(|(other, _)| other == parameter)
        {
            return refuse(format!("two parameters are called {parameter}"));
        }
        Range::Finite.check("register", "start", *start)?;
    }
    let mut own = OWN.write().unwrap_or_else(PoisonError::into_inner);
    if ActivationConfig::knows(name) || own.iter().any(|kind| kind.name == name) {
        return refuse("there is an activation of this name already".to_string());
    }
    let parameters = parameters.iter().map(|(parameter, start)| Parameter {
        name: String::leak(parameter.to_string()),
        range: Range::Finite,
        start: *start,
        count: Count::Either,
    });
    // As long as the program, as are the names of the list.
    let word: &str = String::leak(name.to_string());
    let kind = Box::leak(Box::new(Kind {
        name: word,
        written: word,
        function: Maker::Own(shared(formula)),
        parameters: Vec::leak(parameters.collect()),
        check: None,
    }));
    own.push(kind);
    Ok(LearnedConfig::of(kind).into())
}

/// What a name says besides parameters.
const RESERVED: [&str; 2] = ["channels", "num_parameters"];

/// The registered formula of this name.
pub(super) fn find(name: &str) -> Option<&'static Kind> {
    let own = OWN.read().unwrap_or_else(PoisonError::into_inner);
    own.iter().copied().find(|kind| kind.name == name)
}

/// The names of all registered formulas.
pub(in crate::activation) fn names() -> Vec<&'static str> {
    let own = OWN.read().unwrap_or_else(PoisonError::into_inner);
    own.iter().map(|kind| kind.name).collect()
}
