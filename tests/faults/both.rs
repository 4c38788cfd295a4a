//! Here each test names its database itself; the town asks this module where its own is.

use std::path::Path;

/// What `database` in the settings of a town is, unless the test sets another: SQLite.
pub fn database(_data: &Path) -> String {
    String::new()
}

/// The databases of these tests are made by [`super::poll`].
pub async fn make_database(_data: &Path) {}
