use crate::case::{Case, Way};
use crate::fit::least_squares;
use crate::measure::Measured;
use crate::problem::Problem;

/// What a step takes: `a + s (n - 1) + c F + u P + m (n - 1) P + i B + w max(0, n - C)` on `n` servers that share a processor
/// of `C` cores, with `F` operations, `P` parameters and `B` numbers in a batch.
pub struct Model {
    /// Seconds of a step that nothing changes.
    pub step: f64,
    /// Seconds for each server after the first.
    pub server: f64,
    /// Seconds an operation.
    pub operation: f64,
    /// Seconds a parameter, for its update.
    pub parameter: f64,
    /// Seconds for a parameter to go to another server, and its gradient to come back.
    pub exchange: f64,
    /// Seconds for a number of the batch to go to a server.
    pub input: f64,
    /// Seconds for each server that has no core of its own.
    pub crowd: f64,
}

impl Model {
    /// Fitted so that the squares of the relative errors are least.
    pub fn fit(measured: &[Measured]) -> Result<Self, Problem> {
        let on_servers = measured.iter().filter(|it| it.case.way == Way::Formulas);
        let rows: Vec<_> = on_servers
            .map(|it| terms(&it.case).map(|term| term / it.seconds))
            .collect();
        let ones = vec![1.0; rows.len()];
        let fitted = least_squares(&rows, &ones);
        let fitted = fitted.ok_or_else(|| Problem("too few measurements for the model".into()))?;
        let [step, server, operation, parameter, exchange, input, crowd] = fitted;
        Ok(Self {
            step,
            server,
            operation: operation * GIGA,
            parameter: parameter * MEGA,
            exchange: exchange * MEGA,
            input: input * MEGA,
            crowd,
        })
    }

    /// Seconds of a step where the servers share this machine.
    pub fn here(&self, case: &Case) -> f64 {
        let [
            one,
            others,
            operations,
            parameters,
            exchanged,
            inputs,
            crowded,
        ] = terms(case);
        self.step * one
            + self.server * others
            + self.operation * operations / GIGA
            + self.parameter * parameters / MEGA
            + self.exchange * exchanged / MEGA
            + self.input * inputs / MEGA
            + self.crowd * crowded
    }

    /// Seconds of a step where each server has a machine like this one, and a link of so many bytes a second between them.
    pub fn apart(&self, case: &Case, link: f64) -> f64 {
        let servers = case.servers as f64;
        let on_link = traffic(case) / link;
        let shared = self.operation * case.operations() * (1.0 - 1.0 / servers);
        self.here(case) - shared - self.crowd * crowded(case) + on_link
    }

    /// The same for one machine, whose images come over the link as well.
    pub fn alone(&self, case: &Case, link: f64) -> f64 {
        let alone = Case {
            servers: 1,
            ..case.clone()
        };
        self.apart(&alone, link)
    }
}

const GIGA: f64 = 1e-9;
const MEGA: f64 = 1e-6;

/// What the seconds are a sum of, in numbers of like size.
fn terms(case: &Case) -> [f64; 7] {
    let others = case.servers as f64 - 1.0;
    let millions = case.parameters() * MEGA;
    [
        1.0,
        others,
        case.operations() * GIGA,
        millions,
        others * millions,
        case.batch_numbers() * MEGA,
        crowded(case),
    ]
}

/// How many servers have no core of their own on this machine.
fn crowded(case: &Case) -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    case.servers.saturating_sub(cores) as f64
}

/// Bytes of a step through the busiest link, that of the first server: parameters out and gradients back for each other
/// one, and its images.
pub fn traffic(case: &Case) -> f64 {
    8.0 * case.parameters() * (case.servers as f64 - 1.0) + 4.0 * case.batch_numbers()
}
