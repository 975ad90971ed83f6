//! What is to happen at which operation.

use std::ffi::CStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use libc::c_int;

use crate::real;

/// What becomes of an operation.
#[derive(Clone, Copy, PartialEq)]
pub enum Fate {
    /// It is done.
    Done,
    /// Half of it is done, and then the program ends.
    Torn,
    /// It fails: the disk is full.
    Full,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Kill,
    Tear,
    Full,
}

struct Plan {
    folder: Vec<u8>,
    /// A file's descriptor.
    log: Option<c_int>,
    /// When, and what.
    fault: Option<(usize, Kind)>,
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

fn plan() -> Option<&'static Plan> {
    static PLAN: OnceLock<Option<Plan>> = OnceLock::new();
    PLAN.get_or_init(read).as_ref()
}

fn read() -> Option<Plan> {
    let folder = std::env::var_os("FAULTS_FOLDER")?;
    let at = std::env::var("FAULTS_AT").ok();
    let kind = match std::env::var("FAULTS_KIND").ok().as_deref() {
        Some("tear") => Kind::Tear,
        Some("full") => Kind::Full,
        _ => Kind::Kill,
    };
    Some(Plan {
        folder: folder.as_bytes().to_vec(),
        log: std::env::var("FAULTS_LOG")
            .ok()
            .and_then(|path| real::log(&path)),
        fault: at.and_then(|at| at.parse().ok()).map(|at| (at, kind)),
    })
}

/// Whether a path is one that counts.
pub fn counts(path: &CStr) -> bool {
    plan().is_some_and(|plan| {
        let rest = path.to_bytes().strip_prefix(plan.folder.as_slice());
        rest.is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    })
}

/// Counts an operation, and says what becomes of it. Where the program is to end before it, it ends here.
pub fn reach(operation: &str, name: &[u8]) -> Fate {
    let Some(plan) = plan() else {
        return Fate::Done;
    };
    let number = COUNT.fetch_add(1, Ordering::SeqCst) + 1;
    if let Some(log) = plan.log {
        let line = [operation.as_bytes(), b" ", name, b"\n"].concat();
        real::append(log, &line);
    }
    match plan.fault {
        Some((at, Kind::Kill)) if number == at => real::die(),
        Some((at, Kind::Tear)) if number == at => Fate::Torn,
        Some((at, Kind::Full)) if number >= at => Fate::Full,
        _ => Fate::Done,
    }
}
