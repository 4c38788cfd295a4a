//! How participation grew, hour by hour, as far as the log tells.

use super::{App, published::Published};
pub use crate::store::turnout::Hour;
use crate::{error::Error, store::turnout};

/// The hours in which something came into the log, in their order.
///
/// # Errors
/// [`Error::Database`].
pub async fn hours(app: &App, round: &Published) -> Result<Vec<Hour>, Error> {
    turnout::all(&mut app.db.read().await?, round.id).await
}
