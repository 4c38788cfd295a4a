//! Where ballots end in a stretch of a file: so much of its grammar as is needed to cut it between two of them.

use crate::formats::parts::Cut;

/// What the next byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum In {
    Space,
    Comment,
    Quotes,
    /// A word; whether it is `0` so far, and whether it begins a ballot.
    Word {
        is_zero: bool,
        is_first: bool,
    },
}

/// Goes through the ballots once, however often it is asked.
#[derive(Debug)]
pub(super) struct Scan {
    state: In,
    /// Whether the next word begins a ballot.
    at_start: bool,
    /// Bytes gone through since the last cut.
    done: usize,
    /// Where the last whole ballot ends among them.
    end: usize,
    /// Whether the ballots are over, or something stands there that no ballot can hold.
    is_over: bool,
}

impl Scan {
    pub(super) fn new() -> Self {
        Self { state: In::Space, at_start: true, done: 0, end: 0, is_over: false }
    }

    /// Where to cut what was read since the last cut: after its last whole ballot.
    pub(super) fn cut(&mut self, bytes: &[u8], ended: bool) -> Cut {
        // A letter of several bytes may be there in part; behind a line end or a space none is.
        let whole =
            if ended { bytes.len() } else { bytes.iter().rposition(u8::is_ascii_whitespace).map_or(0, |at| at + 1) };
        while self.done < whole && !self.is_over {
            self.step(bytes);
        }
        match std::mem::take(&mut self.end) {
            0 if self.is_over => Cut::Never,
            0 => Cut::Later,
            end => {
                self.done -= end;
                Cut::At(end)
            }
        }
    }

    fn step(&mut self, bytes: &[u8]) {
        let rest = &bytes[self.done..];
        let (space, length) = space(rest);
        match self.state {
            In::Comment => {
                // The line end itself is a space.
                let length = memchr::memchr(b'\n', rest);
                self.done += length.unwrap_or(rest.len());
                self.state = if length.is_some() { In::Space } else { In::Comment };
                return;
            }
            In::Quotes if rest[0] == b'"' => self.state = In::Space,
            In::Quotes if rest[0] == b'\n' => {
                // The quote is not closed on its line: whoever reads the part finds it.
                (self.is_over, self.end) = (true, self.done + 1);
            }
            In::Quotes => {}
            In::Space if space => {}
            In::Space if rest[0] == b'#' => self.state = In::Comment,
            In::Space if rest[0] == b'"' => (self.state, self.at_start) = (In::Quotes, false),
            In::Space => {
                self.state = In::Word { is_zero: rest[0] == b'0', is_first: std::mem::take(&mut self.at_start) };
            }
            In::Word { is_zero, is_first } if space => {
                self.state = In::Space;
                self.word(is_zero, is_first);
            }
            In::Word { is_first, .. } => self.state = In::Word { is_zero: false, is_first },
        }
        self.done += length;
    }

    /// A word has ended before the byte that is looked at.
    fn word(&mut self, is_zero: bool, is_first: bool) {
        match (is_zero, is_first) {
            (true, true) => self.is_over = true,
            (true, false) => (self.end, self.at_start) = (self.done, true),
            (false, _) => {}
        }
    }
}

/// Whether a space begins here, and how many bytes its letter has.
fn space(bytes: &[u8]) -> (bool, usize) {
    if bytes[0].is_ascii() {
        return (char::from(bytes[0]).is_whitespace(), 1);
    }
    // What is no text is part of a word, and found by whoever reads the part.
    let letter = (2..=4).find_map(|length| std::str::from_utf8(bytes.get(..length)?).ok()?.chars().next());
    letter.map_or((false, 1), |letter| (letter.is_whitespace(), letter.len_utf8()))
}
