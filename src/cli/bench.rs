//! `veche bench`.
use super::{CliFault, Holds};
use clap::Args;
#[derive(Debug, Args)]
pub(super) struct Bench {}
impl Bench {
    pub(super) async fn run(self, _json: bool) -> Result<Holds, CliFault> {
        Ok(true)
    }
}
