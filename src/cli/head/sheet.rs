//! A head for people: on the screen, and as a page for the wall.

use audit::log::{checkpoint::Checkpoint, short::HeadCode};
use jiff::Timestamp;

/// For the screen.
pub(super) fn text(head: &Checkpoint, code: &HeadCode, at: i64, checked: bool) -> String {
    let [first, second] = code.rows();
    let signature = if checked { "checked" } else { "NOT CHECKED: give the log's key with --log-key" };
    format!(
        "\n    lines  {}\n\n           {first}\n           {second}\n\n      log  {}\nsignature  {signature}\n  read at  {}\n",
        head.size,
        head.origin,
        time(at)
    )
}

/// For the wall: one page, in Russian and English, that a browser prints.
pub(super) fn html(head: &Checkpoint, code: &HeadCode, at: i64) -> String {
    let [first, second] = code.rows();
    include_str!("sheet.html")
        .replace("{origin}", &escaped(&head.origin))
        .replace("{size}", &head.size.to_string())
        .replace("{first}", &first)
        .replace("{second}", &second)
        .replace("{at}", &time(at))
}

fn time(at: i64) -> String {
    Timestamp::from_second(at).map_or_else(|_| at.to_string(), |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// A log's name is the log's own choice, so it is text here and nothing else.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use audit::log::hash::Hash;

    use super::*;

    #[test]
    fn the_wall_shows_everything_and_runs_nothing() {
        let head = Checkpoint::new("<script>&", 1234, Hash::from([1; 32]));
        let code = HeadCode::of(&head);
        let page = html(&head, &code, 0);
        for part in ["&lt;script&gt;&amp;", "1234", "1970-01-01 00:00 UTC", &code.rows()[0], &code.rows()[1]] {
            assert!(page.contains(part), "{part}");
        }
        assert!(
            !page.contains("<script")
                && !["{origin}", "{size}", "{first}", "{second}", "{at}"].iter().any(|name| page.contains(name))
        );
        assert!(text(&head, &code, 0, false).contains("NOT CHECKED") && !text(&head, &code, 0, true).contains("NOT"));
    }
}
