use std::fmt;
use std::process::ExitCode;

use crate::print::{missed, warn};

/// Something that the user can put right: one line that says what is wrong and what would be right.
#[derive(Debug)]
pub struct Problem(pub String);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}

impl From<burn_extras::registry::SpecError> for Problem {
    fn from(error: burn_extras::registry::SpecError) -> Self {
        Self(error.to_string())
    }
}

/// Reports `result`'s problem on stderr and turns it into an exit status: 2, as for any other bad
/// use of a command line. That what was printed is lost is a problem as well.
pub fn exit_code(result: Result<(), Problem>) -> ExitCode {
    let result = result.and_then(|()| match missed() {
        None => Ok(()),
        Some(error) => Err(Problem(format!("standard output is lost: {error}"))),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            warn(format_args!("error: {problem}"));
            ExitCode::from(2)
        }
    }
}

/// Reads the command line; what clap has to say about it is folded into one line.
pub fn parse_args<A: clap::Parser>() -> Result<A, Problem> {
    A::try_parse().map_err(|error| {
        if !error.use_stderr() {
            error.exit();
        }
        let text = error.to_string();
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
            .filter(|line| !line.is_empty())
            .collect();
        let line = lines.join("; ");
        Problem(line.trim_start_matches("error: ").to_string())
    })
}
