//! What the program says of itself on standard error: text for people, one JSON object a line for machines, and never a secret.

use std::panic::{self, PanicHookInfo};

use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Begins to tell what happens, as much as `RUST_LOG` says, panics too.
pub fn start(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,veche=info"));
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = if json { lines.json().boxed() } else { lines.boxed() };
    tracing_subscriber::registry().with(filter).with(lines).init();
    panic::set_hook(Box::new(tell));
}

/// Tells where a panic was. What it says is told only if it stands so in the program: a text that was made at run time may hold what
/// was worked on, as that of an `expect` holds the error, and the error the bytes.
fn tell(panicked: &PanicHookInfo<'_>) {
    let place = panicked.location().map(ToString::to_string).unwrap_or_default();
    let said = panicked.payload().downcast_ref::<&'static str>().copied().unwrap_or("(made at run time, not told)");
    let thread = std::thread::current();
    tracing::error!(place, said, thread = thread.name().unwrap_or_default(), "panic");
}
