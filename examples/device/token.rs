//! The word that a server lets its clients in by.

use std::env;

use crate::problem::Problem;

/// Where it is when no flag says it: flags are in the list of processes, for all to read.
pub const VARIABLE: &str = "BURN_EXTRAS_TOKEN";

/// The token of the flag, or else that of the environment.
pub fn given(flag: Option<&str>) -> Result<Option<String>, Problem> {
    let (from, token) = match (flag, env::var(VARIABLE)) {
        (Some(token), _) => ("--token", token.to_string()),
        (None, Ok(token)) => (VARIABLE, token),
        (None, Err(env::VarError::NotPresent)) => return Ok(None),
        (None, Err(env::VarError::NotUnicode(_))) => {
            return Err(Problem(format!("{VARIABLE}: expected text")));
        }
    };
    match token.trim() {
        "" => Err(Problem(format!(
            "{from}: a token has at least one character"
        ))),
        token => Ok(Some(token.to_string())),
    }
}
