//! Who acts for the town: officials and commission members, each with one role.

pub use audit::office::Role;

use super::Refusal;

/// A member of staff whose token was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Handle, such as `official-1`; it stands in the log.
    pub handle: String,
    /// What they may do.
    pub role: Role,
}

impl Actor {
    /// Refuses anybody without this role.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`].
    pub fn must_be(&self, role: Role) -> Result<&str, Refusal> {
        if self.role == role { Ok(&self.handle) } else { Err(Refusal::NotAllowed) }
    }
}

/// Whether a handle may stand in the log: `a-z`, `0-9` and `-`, at most 63.
#[must_use]
pub fn is_handle(text: &str) -> bool {
    audit::round::rules::is_slug(text)
}
