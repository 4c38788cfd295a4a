//! What is being done, on the terminal, while it is done.

use audit::{
    place::Opening,
    verify::{
        Progress,
        words::{self, Language, Phrase},
    },
};
use indicatif::{ProgressBar, ProgressStyle};

/// A line that says where the work is. On anything but a terminal it shows nothing.
pub struct Shown {
    bar: ProgressBar,
    language: Language,
}

impl Shown {
    pub fn new(language: Language) -> Self {
        Self { bar: ProgressBar::no_length(), language }
    }

    pub fn opening(&self, opening: Opening) {
        let say = |phrase: Phrase| phrase.words().get(self.language);
        match opening {
            Opening::Downloading(came, whole) => {
                if let Some(whole) = whole.filter(|whole| self.bar.length() != Some(*whole)) {
                    self.bar.set_length(whole);
                    self.style("{msg} {bytes} / {total_bytes} [{wide_bar}] {eta}");
                }
                self.bar.set_message(say(Phrase::Downloading));
                self.bar.set_position(came);
            }
            Opening::Unpacking => {
                self.style("{spinner} {msg}");
                self.bar.set_message(say(Phrase::Unpacking));
                self.bar.tick();
            }
        }
    }

    /// How many lines there will be is known to nobody before they are read.
    pub fn checking(&self, progress: Progress) {
        self.style("{spinner} {msg} {human_pos} · {elapsed}");
        self.bar.set_message(words::check(progress.check).title.get(self.language));
        self.bar.set_position(progress.done);
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn style(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}
