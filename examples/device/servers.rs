use clap::Args;

/// How to speak to the servers that a device may be on.
#[derive(Args, Clone, Debug, Default)]
pub struct Servers {
    /// What servers want to hear to let this program in [default: $BURN_EXTRAS_TOKEN]
    #[arg(long)]
    pub token: Option<String>,

    /// Send servers nothing but Burn's operations: for one that is not the example serve, at more of them a step
    #[arg(long)]
    pub composed: bool,
}

impl Servers {
    /// The first flag that is given.
    pub fn flag(&self) -> Option<&'static str> {
        let composed = self.composed.then_some("--composed");
        self.token.as_ref().map(|_| "--token").or(composed)
    }
}
