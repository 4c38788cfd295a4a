//! Whether a count is still wanted: a method that may take minutes asks now and then, and stops when nobody waits for it any more.

use std::{fmt, sync::Arc};

use crate::methods::CountFault;

/// Says whether to go on. It decides nothing about the answer: a count ends with the same one, or with none.
#[derive(Clone, Default)]
pub struct Patience(Option<Arc<dyn Fn() -> bool + Send + Sync>>);

impl Patience {
    /// Goes on as long as the question is answered with `true`. It is asked at least once for each purchase, raise or round.
    pub fn while_true(wanted: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(wanted)))
    }

    /// Whether to go on.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.0.as_ref().is_none_or(|wanted| wanted())
    }

    /// # Errors
    /// [`CountFault::GivenUp`] when the count is not wanted any more.
    pub(crate) fn holds(&self) -> Result<(), CountFault> {
        if self.goes_on() { Ok(()) } else { Err(CountFault::GivenUp) }
    }
}

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Patience(ends)" } else { "Patience(endless)" })
    }
}

/// It is no part of what was counted, so two counts are the same with and without it.
impl PartialEq for Patience {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Patience {}
