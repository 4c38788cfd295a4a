//! Pages: what a reader sees, in every language there is a file of texts for. Plain HTML that reads well without scripts.

mod about;
pub mod chart;
mod frame;
mod home;
pub mod map;
mod method;
mod picture;
mod problem;
mod results;
pub mod round;
mod scheme;
pub mod territory;
pub mod texts;
mod turnout;
mod view;
mod voting;
pub mod witness;
pub mod witnesses;

pub use about::{AccessibilityPage, HowPage};
pub use frame::{Frame, prefix};
pub use home::HomePage;
pub use picture::Picture;
pub use problem::{ProblemPage, ProblemsPage};
pub use results::ResultsPage;
pub use round::RoundPage;
pub use territory::TerritoryPage;
pub use texts::Language;
pub use turnout::{Hour, Turnout};
pub use view::View;
pub use voting::{BallotPage, CheckPage, Found, IssuedPage, ReceiptPage};
