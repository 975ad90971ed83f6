use super::table::{Argument, Meaning, ROWS, Row};
use crate::activation::ActivationConfig;
use crate::registry::{Spec, SpecError};

/// The modules in front of a name, each with the form that it has in [`ROWS`].
const MODULES: &[(&str, &str)] = &[
    ("torch.nn.functional.", "F."),
    ("nn.functional.", "F."),
    ("F.", "F."),
    ("torch.nn.", "torch.nn."),
    ("nn.", "torch.nn."),
    ("tf.keras.activations.", "keras.activations."),
    ("keras.activations.", "keras.activations."),
    ("tf.keras.layers.", "keras.layers."),
    ("keras.layers.", "keras.layers."),
    ("jax.nn.", "jax.nn."),
];

/// What a text means if it is another library's, in this crate's terms.
pub(in crate::activation) fn read(text: &str) -> Result<Option<Spec>, SpecError> {
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !"'\"".contains(*c))
        .collect();
    let (typed, arguments) = text.split_at(text.find('(').unwrap_or(text.len()));
    let Some(name) = full_name(typed) else {
        return Ok(None);
    };
    let arguments = without_inplace(&name, arguments);
    let row = find(&format!("{name}{arguments}"))
        .map(|row| (row, ""))
        .or_else(|| find(&name).map(|row| (row, &*arguments)));
    let Some(((row, name), arguments)) = row else {
        return Err(SpecError::UnknownName {
            kind: "activation",
            known: known_in(&name),
            name,
        });
    };
    match row.meaning {
        Meaning::Instead(advice) => Err(SpecError::instead(
            format!("no activation \"{typed}\" here"),
            advice,
        )),
        Meaning::Here(ours, parameters) => translate(ours, parameters, name, arguments).map(Some),
    }
}

/// The name with its module as [`ROWS`] has it, if it is another library's.
fn full_name(typed: &str) -> Option<String> {
    for (module, short) in MODULES {
        if let Some(name) = typed.strip_prefix(module) {
            return Some(format!("{short}{name}"));
        }
    }
    let class = format!("torch.nn.{typed}");
    if typed.starts_with(char::is_uppercase) && find(&class).is_some() {
        return Some(class);
    }
    let word = typed.to_lowercase().replace('-', "_");
    if ActivationConfig::knows(&word) {
        return None;
    }
    // Where more than one library has the word, it is the same function in all.
    let mut modules = MODULES.iter().map(|(_, short)| format!("{short}{word}"));
    modules.find(|name| find(name).is_some())
}

/// The row that has this name, and the name.
fn find(name: &str) -> Option<(&'static Row, &'static str)> {
    ROWS.iter().find_map(|row| {
        let found = row.names.split_whitespace().find(|known| *known == name)?;
        Some((row, found))
    })
}

/// The names that there are in the module of `name`.
fn known_in(name: &str) -> Vec<&'static str> {
    let module = &name[..name.rfind('.').map_or(0, |dot| dot + 1)];
    ROWS.iter()
        .filter(|row| matches!(row.meaning, Meaning::Here(..)))
        .flat_map(|row| row.names.split_whitespace())
        .filter(|known| known.starts_with(module) && !known.contains('('))
        .collect()
}

/// The arguments without PyTorch's `inplace`: where results are stored is the engine's choice.
fn without_inplace(name: &str, arguments: &str) -> String {
    let inner = arguments
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let Some(inner) = inner else {
        return arguments.to_string();
    };
    let is_torch = name.starts_with("torch.nn.") || name.starts_with("F.");
    let kept: Vec<_> = inner
        .split(',')
        .filter(|argument| !(is_torch && argument.starts_with("inplace=")))
        .collect();
    match kept.join(",") {
        // `nn.SiLU()` is how one writes it there.
        kept if kept.is_empty() => kept,
        kept => format!("({kept})"),
    }
}

/// `name(arguments)` of another library as the activation `ours`.
fn translate(
    ours: &str,
    parameters: &[Argument],
    name: &'static str,
    arguments: &str,
) -> Result<Spec, SpecError> {
    let name = name.split('(').next().unwrap_or(name);
    let word = name.rsplit('.').next().unwrap_or(name);
    let mut given = Spec::parse(&format!("{word}{arguments}"))?;
    let mut spec = Spec::new(ours);
    for parameter in parameters {
        let value = match parameter.theirs {
            "" => parameter.default,
            theirs => given.take(theirs, parameter.default),
        };
        match parameter.ours {
            "" if value != parameter.default => {
                return Err(SpecError::instead(
                    format!("{name}: {} is {value}", parameter.theirs),
                    format!("use the default, {}, instead", parameter.default),
                ));
            }
            "" => {}
            // Every value is said, the defaults of this crate included.
            ours => spec = spec.with(ours, value, f64::NAN),
        }
    }
    given.finish()?;
    Ok(spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> impl Iterator<Item = (&'static Row, &'static str)> {
        ROWS.iter()
            .flat_map(|row| row.names.split_whitespace().map(move |name| (row, name)))
    }

    #[test]
    fn no_name_stands_twice() {
        let mut all: Vec<_> = names().map(|(_, name)| name).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    /// Otherwise a bare word would depend on the order of the modules.
    #[test]
    fn a_word_that_only_libraries_have_means_the_same_in_all() {
        let word = |name: &'static str| name.rsplit('.').next().unwrap();
        let lower = |word: &str| word.chars().all(|c| !c.is_uppercase());
        for (_, name) in names() {
            let bare = word(name);
            if !lower(bare) || ActivationConfig::knows(bare) || bare.contains('(') {
                continue;
            }
            let meanings: Vec<_> = names()
                .filter(|(_, other)| word(other) == bare)
                .map(|(_, other)| other.parse::<ActivationConfig>().ok())
                .collect();
            assert!(
                meanings.windows(2).all(|pair| pair[0] == pair[1]),
                "{bare}: {meanings:?}"
            );
        }
    }
}
