//! As much of JSON as a page's data needs, to stand in a `<script>`.

pub fn object<const N: usize>(fields: [(&str, String); N]) -> String {
    let fields = fields.map(|(name, value)| format!("\"{name}\":{value}"));
    format!("{{{}}}", fields.join(","))
}

pub fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

/// Four digits; `null` for what is no number.
pub fn number(value: f64) -> String {
    match value.is_finite() {
        true => format!("{value:.3e}"),
        false => "null".into(),
    }
}

pub fn text(text: &str) -> String {
    let escaped = text.chars().map(|character| match character {
        '"' => "\\\"".into(),
        '\\' => "\\\\".into(),
        // Otherwise a name could end the script that it stands in.
        '<' => "\\u003c".into(),
        it if it.is_control() => format!("\\u{:04x}", it as u32),
        it => it.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn it_is_read_as_it_was_meant() {
        let name = "a \"b\" \\ </script> \n\u{7f} ü";
        let written = object([
            ("name", text(name)),
            (
                "list",
                list([number(0.25), number(f64::NAN), number(1e-300), number(-3.0)]),
            ),
        ]);
        assert!(!written.contains('<'));
        let read: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(
            read,
            json!({"name": name, "list": [0.25, null, 1e-300, -3.0]})
        );
    }
}
