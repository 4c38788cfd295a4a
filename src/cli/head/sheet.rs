//! A head for people: on the screen, and as a page for the wall.

use audit::{
    log::{checkpoint::Checkpoint, short::HeadCode},
    verify::text::printable,
};
use jiff::Timestamp;

/// For the screen.
pub(super) fn text(head: &Checkpoint, code: &HeadCode, at: i64, checked: bool) -> String {
    let [first, second] = code.rows();
    let signature = if checked { "checked" } else { "NOT CHECKED: give the log's key with --log-key" };
    format!(
        "\n    lines  {}\n\n           {first}\n           {second}\n\n      log  {}\nsignature  {signature}\n  read at  {}\n",
        head.size,
        printable(&head.origin),
        time(at)
    )
}

/// For the wall: one page, in Russian and English, that a browser prints.
pub(super) fn html(head: &Checkpoint, code: &HeadCode, at: i64) -> String {
    let [first, second] = code.rows();
    let (size, origin) = (head.size, &head.origin);
    let filled = |name: &str| match name {
        "origin" => Some(escaped(&printable(origin))),
        "size" => Some(size.to_string()),
        "first" => Some(first.clone()),
        "second" => Some(second.clone()),
        "at" => Some(time(at)),
        "command" if plain(origin) => {
            Some(format!("veche head https://{origin} --compare \"{size} {first} {second}\"").replace('"', "&quot;"))
        }
        "command" => Some("veche head".to_owned()),
        _ => None,
    };
    // Each place is filled once, so that what a stranger wrote is no place itself.
    let (mut page, mut rest) = (String::new(), include_str!("sheet.html"));
    while let Some((before, after)) = rest.split_once('{') {
        page.push_str(before);
        match after.split_once('}').and_then(|(name, after)| filled(name).map(|text| (text, after))) {
            Some((text, after)) => {
                page.push_str(&text);
                rest = after;
            }
            None => {
                page.push('{');
                rest = after;
            }
        }
    }
    page.push_str(rest);
    page
}

/// Whether a shell reads a log's name as a name and nothing else.
fn plain(origin: &str) -> bool {
    origin.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '.' | ':' | '/' | '-'))
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
        let named = html(&Checkpoint::new("vote.example/rounds/a", 1, Hash::ZERO), &code, 0);
        assert!(named.contains("veche head https://vote.example/rounds/a --compare"), "{named}");
        let shell = html(&Checkpoint::new("x/;curl|sh;{first}", 1, Hash::ZERO), &code, 0);
        assert!(shell.contains("{first}") && !shell.contains("https://x/;"), "{shell}");
        assert!(text(&head, &code, 0, false).contains("NOT CHECKED") && !text(&head, &code, 0, true).contains("NOT"));
    }
}
