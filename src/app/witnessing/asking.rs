//! Asking the witnesses that the settings name; so far none is.
use crate::{app::App, config, domain::WitnessFault, error::Error};
use std::sync::Arc;
/// A witness.
#[derive(Debug)]
pub struct Witness {
    key: String,
}
impl Witness {
    pub(in crate::app) fn all(_: &[config::Witness]) -> Result<Vec<Arc<Self>>, Error> {
        Ok(vec![])
    }
    /// k
    pub fn key(&self) -> &String {
        &self.key
    }
    pub(super) fn fault(&self, _: i64) -> Option<(WitnessFault, i64)> {
        None
    }
}
/// A witness.
pub async fn ask(_: &App, _: &Witness, _: &mut tokio::time::Interval) -> Result<(), Error> {
    Ok(())
}
