//! Pages: what a reader sees, in every language there is a file of texts for. Plain HTML that reads well without scripts.

mod about;
pub mod chart;
mod frame;
mod home;
mod picture;
mod problem;
mod results;
mod round;
pub mod territory;
pub mod texts;
mod turnout;
mod view;
mod voting;

pub use about::{AccessibilityPage, HowPage};
pub use frame::{Frame, prefix};
pub use home::HomePage;
pub use picture::{Picture, Size};
pub use problem::{ProblemPage, ProblemsPage};
pub use results::ResultsPage;
pub use round::RoundPage;
pub use texts::Language;
pub use turnout::{Hour, Turnout};
pub use view::View;
pub use voting::{BallotPage, CheckPage, Found, IssuedPage, ReceiptPage};
