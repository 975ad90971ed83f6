//! A line of a CSV file, as RFC 4180 has it, without line breaks in fields.

/// The fields as a line, without its end.
pub fn written<T: AsRef<str>>(fields: impl IntoIterator<Item = T>) -> String {
    let quoted = fields.into_iter().map(|field| {
        let field = field.as_ref();
        match field.contains([',', '"']) {
            true => format!("\"{}\"", field.replace('"', "\"\"")),
            false => field.to_string(),
        }
    });
    quoted.collect::<Vec<_>>().join(",")
}

/// The fields of a line, or `None` where a quote stands where none may.
pub fn read(line: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, behind) = match rest.strip_prefix('"') {
            Some(quoted) => until_quote(quoted)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (rest[..end].to_string(), &rest[end..])
            }
        };
        fields.push(field);
        match behind.strip_prefix(',') {
            Some(next) => rest = next,
            None if behind.is_empty() => return Some(fields),
            None => return None,
        }
    }
}

/// What stands before the closing quote, two of which are one that is meant, and what stands behind it.
fn until_quote(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (before, behind) = rest.split_once('"')?;
        field.push_str(before);
        match behind.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => return Some((field, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for fields in [
            vec!["a", "b"],
            vec!["", ""],
            vec!["adam(beta_1=0.8, beta_2=0.9)", "1"],
            vec!["\"", "a\"b", "\"\"", ",", "\","],
            vec![""],
        ] {
            assert_eq!(read(&written(&fields)).unwrap(), fields);
        }
    }

    #[test]
    fn a_quote_in_the_wrong_place_is_none() {
        for line in ["\"a", "\"a\"b", "\"a\"\"", "\"a\" ,b"] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
