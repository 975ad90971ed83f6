use std::fmt;

use burn::train::{ExecutionStrategy, MultiDeviceOptim};

use crate::args::Args;
use crate::config::RunConfig;
use crate::device::Choice;
use crate::problem::Problem;

/// How several devices share a training: each has a share of every batch, and they are to agree on the step.
#[derive(Clone, Copy)]
pub struct Sharing(Option<MultiDeviceOptim>);

impl Sharing {
    /// Refuses what several devices cannot do, and what one alone cannot.
    pub fn new(args: &Args, config: &RunConfig, choice: &Choice) -> Result<Self, Problem> {
        let devices = 1 + choice.others.len();
        let refuse = |problem: String| Err(Problem(problem));
        match devices {
            1 if args.sharded => refuse(
                "--sharded: one device has nobody to share with; name several servers in --device"
                    .into(),
            ),
            1 => Ok(Self(None)),
            _ if args.lr_finder => refuse(
                "--lr-finder: it looks on one server; leave the others out of --device".into(),
            ),
            _ if config.batch_size < devices => refuse(format!(
                "--batch-size {}: fewer images than the {devices} servers that are to share them",
                config.batch_size
            )),
            _ if args.sharded => Ok(Self(Some(MultiDeviceOptim::OptimSharded))),
            _ => Ok(Self(Some(MultiDeviceOptim::OptimMainDevice))),
        }
    }

    /// Whether there is anything to share.
    pub fn is_shared(self) -> bool {
        self.0.is_some()
    }

    /// How Burn goes about it.
    pub fn strategy(self, choice: &Choice) -> Option<ExecutionStrategy> {
        let devices = choice.devices().into_iter().map(|device| device.autodiff());
        self.0
            .map(|optim| ExecutionStrategy::multi(devices.collect(), optim))
    }
}

impl fmt::Display for Sharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = match self.0 {
            None => return Ok(()),
            Some(MultiDeviceOptim::OptimMainDevice) => "the first updates the parameters",
            Some(MultiDeviceOptim::OptimSharded) => "each updates a part of the parameters",
        };
        write!(f, ", with a share of every batch each; {who}")
    }
}
