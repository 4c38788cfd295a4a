//! What stands around every page: its language, its address, the town, and the browser's files.

use super::texts::{Language, Texts};
use crate::{config::Site, web};

/// The frame of one page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Words of the page's language.
    pub t: &'static Texts,
    /// Address of the page without its language, from `/`.
    pub path: String,
    /// What the operator says of the site.
    pub site: Site,
}

impl Frame {
    /// The frame of the page at this address, which says the language: `/en/rounds/spring`; without one it is the first.
    #[must_use]
    pub fn of(address: &str, site: &Site) -> Self {
        let rest = address.trim_start_matches('/');
        let (first, after) = rest.split_once('/').unwrap_or((rest, ""));
        let (language, path) = match Language::of(first) {
            Some(language) if language != Language::ALL[0] => (language, after),
            _ => (Language::ALL[0], rest),
        };
        // One slash and no more: two would name another server in the links of this page.
        let path = format!("/{}", path.trim_start_matches('/'));
        Self { t: language.texts(), path, site: site.clone() }
    }

    /// Address of a page in this page's language.
    #[must_use]
    pub fn to(&self, path: &str) -> String {
        format!("{}{path}", prefix(self.t.language))
    }

    /// This page in every language: whether it is this one, its code, its own name, its address.
    #[must_use]
    pub fn languages(&self) -> Vec<(bool, &'static str, String, String)> {
        let one = |language: Language| {
            let here = language == self.t.language;
            let address = format!("{}{}", prefix(language), self.path);
            (here, language.code(), language.texts().language_name(), address)
        };
        Language::ALL.into_iter().map(one).collect()
    }

    /// Code of the language in which the town writes; its words are marked with it on pages in other languages.
    #[must_use]
    pub fn town_language(&self) -> &str {
        &self.site.language
    }

    /// Name of the whole site.
    #[must_use]
    pub fn title(&self) -> String {
        if self.site.town.is_empty() { self.t.site_title() } else { self.t.site_title_of(self.site.town.as_str()) }
    }

    /// The messages that the browser's programs say, in Fluent's syntax.
    #[must_use]
    pub fn browser_texts(&self) -> &'static str {
        self.t.language.browser_source()
    }

    /// Address and integrity of a browser's file; both empty when this build has none of that name.
    #[must_use]
    pub fn file(&self, name: &str) -> (&'static str, &'static str) {
        web::file(name).map_or(("", ""), |file| (file.address.as_str(), file.integrity.as_str()))
    }
}

/// What a language's addresses begin with; nothing for the first.
#[must_use]
pub fn prefix(language: Language) -> String {
    if language == Language::ALL[0] { String::new() } else { format!("/{}", language.code()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_the_language() {
        let site = Site::default();
        for (address, language, path, back) in [
            ("/", "ru", "/", "/how"),
            ("/rounds/spring", "ru", "/rounds/spring", "/how"),
            ("/en/", "en", "/", "/en/how"),
            ("/en", "en", "/", "/en/how"),
            ("/en/rounds/spring", "en", "/rounds/spring", "/en/how"),
            ("/ru/rounds", "ru", "/ru/rounds", "/how"),
            ("/xx/rounds", "ru", "/xx/rounds", "/how"),
            ("//evil.example/x", "ru", "/evil.example/x", "/how"),
            ("/en//evil.example/x", "en", "/evil.example/x", "/en/how"),
        ] {
            let frame = Frame::of(address, &site);
            assert_eq!((frame.t.language.code(), frame.path.as_str()), (language, path), "{address}");
            assert_eq!(frame.to("/how"), back, "{address}");
        }
    }

    #[test]
    fn a_page_links_to_itself_in_every_language() {
        let languages = Frame::of("/en/rounds/spring", &Site::default()).languages();
        let found: Vec<_> = languages.iter().map(|(here, code, _, address)| (*here, *code, address.as_str())).collect();
        assert_eq!(found[..2], [(false, "ru", "/rounds/spring"), (true, "en", "/en/rounds/spring")]);
    }
}
