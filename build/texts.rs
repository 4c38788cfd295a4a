//! Texts for people: every language has every message, with the same variables and all plural forms, or the build fails.
//! Each message becomes a method, so that a page that names a message which is not there does not compile.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::Write as _,
    fs,
    path::Path,
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Resource, VariantKey},
    parser, serializer,
};
use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};

const FOLDER: &str = "src/pages/texts";
/// The language that all others are compared with, and the first in every list.
const FIRST: &str = "ru";
/// Beginnings of the ids of messages that browsers get.
const FOR_BROWSERS: [&str; 2] = ["client-", "problem-"];

type Fault = Box<dyn Error>;
type Tree = Resource<String>;

struct Language {
    code: String,
    tree: Tree,
    /// Id of each message, with its variables.
    messages: BTreeMap<String, BTreeSet<String>>,
}

/// The enumeration of languages, their sources, and a method for each message.
pub(crate) fn generate() -> Result<String, Fault> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let languages = read()?;
    let first = languages.first().ok_or("there is no language")?;
    let faults: Vec<String> = languages
        .iter()
        .flat_map(|language| differences(first, language).into_iter().chain(plurals(language)))
        .collect();
    if !faults.is_empty() {
        return Err(format!("texts for people:\n  {}\n", faults.join("\n  ")).into());
    }
    let mut code = String::new();
    enumerate(&mut code, &languages)?;
    methods(&mut code, first)?;
    Ok(code)
}

fn read() -> Result<Vec<Language>, Fault> {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join(FOLDER);
    let mut languages = Vec::new();
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "ftl") {
            continue;
        }
        let code = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a file without a name")?.to_owned();
        let tree = parser::parse(fs::read_to_string(&path)?).map_err(|(_, faults)| {
            format!("{}: {}", path.display(), faults.first().map_or(String::new(), |f| f.to_string()))
        })?;
        let mut messages = BTreeMap::new();
        for entry in &tree.body {
            let Entry::Message(message) = entry else { continue };
            let mut variables = BTreeSet::new();
            message.value.iter().for_each(|pattern| variables_of(pattern, &mut variables));
            if messages.insert(message.id.name.clone(), variables).is_some() {
                return Err(format!("{}: {} stands there twice", path.display(), message.id.name).into());
            }
        }
        languages.push(Language { code, tree, messages });
    }
    languages.sort_by_key(|language| (language.code != FIRST, language.code.clone()));
    Ok(languages)
}

fn differences(first: &Language, other: &Language) -> Vec<String> {
    let mut faults = Vec::new();
    for (id, variables) in &first.messages {
        match other.messages.get(id) {
            None => faults.push(format!("{}.ftl: {id} is missing", other.code)),
            Some(theirs) if theirs != variables => {
                faults.push(format!("{}.ftl: {id} has other variables: {theirs:?}, not {variables:?}", other.code));
            }
            Some(_) => {}
        }
    }
    let unknown = other.messages.keys().filter(|id| !first.messages.contains_key(*id));
    faults.extend(unknown.map(|id| format!("{}.ftl: {id} is not in {}.ftl", other.code, first.code)));
    faults
}

/// Where a text depends on a number, every form that the language has for whole numbers must be there.
fn plurals(language: &Language) -> Vec<String> {
    let needed = forms(&language.code);
    let mut faults = Vec::new();
    for entry in &language.tree.body {
        let Entry::Message(message) = entry else { continue };
        let mut selections = Vec::new();
        message.value.iter().for_each(|pattern| selections_of(pattern, &mut selections));
        for keys in selections {
            let by_number = keys.iter().any(|key| category(key).is_some_and(|form| form != PluralCategory::OTHER));
            let there: Vec<_> = keys.iter().filter_map(|key| category(key)).collect();
            let missing: Vec<_> = needed.iter().filter(|form| !there.contains(form)).collect();
            if by_number && !missing.is_empty() {
                faults.push(format!("{}.ftl: {} lacks the plural forms {missing:?}", language.code, message.id.name));
            }
        }
    }
    faults
}

/// Forms of whole numbers.
fn forms(code: &str) -> Vec<PluralCategory> {
    let id = code.parse::<unic_langid::LanguageIdentifier>().ok();
    let rules = id.and_then(|id| PluralRules::create(id, PluralRuleType::CARDINAL).ok());
    let mut found: Vec<PluralCategory> = Vec::new();
    // Two thousand numbers go through every form that a language has for whole numbers in daily use.
    for number in 0..2_000_u64 {
        let form = rules.as_ref().and_then(|rules| rules.select(number).ok()).unwrap_or(PluralCategory::OTHER);
        if !found.contains(&form) {
            found.push(form);
        }
    }
    found
}

fn category(key: &str) -> Option<PluralCategory> {
    Some(match key {
        "zero" => PluralCategory::ZERO,
        "one" => PluralCategory::ONE,
        "two" => PluralCategory::TWO,
        "few" => PluralCategory::FEW,
        "many" => PluralCategory::MANY,
        "other" => PluralCategory::OTHER,
        _ => return None,
    })
}

fn expressions(pattern: &Pattern<String>) -> impl Iterator<Item = &Expression<String>> {
    pattern.elements.iter().filter_map(|element| match element {
        PatternElement::Placeable { expression } => Some(expression),
        PatternElement::TextElement { .. } => None,
    })
}

fn variables_of(pattern: &Pattern<String>, found: &mut BTreeSet<String>) {
    let mut inline = |expression: &InlineExpression<String>| {
        if let InlineExpression::VariableReference { id } = expression {
            found.insert(id.name.clone());
        }
    };
    for expression in expressions(pattern) {
        match expression {
            Expression::Inline(expression) => inline(expression),
            Expression::Select { selector, .. } => inline(selector),
        }
    }
    for expression in expressions(pattern) {
        if let Expression::Select { variants, .. } = expression {
            variants.iter().for_each(|variant| variables_of(&variant.value, found));
        }
    }
}

fn selections_of(pattern: &Pattern<String>, found: &mut Vec<Vec<String>>) {
    for expression in expressions(pattern) {
        let Expression::Select { variants, .. } = expression else { continue };
        found.push(
            variants
                .iter()
                .map(|variant| match &variant.key {
                    VariantKey::Identifier { name } => name.clone(),
                    VariantKey::NumberLiteral { value } => value.clone(),
                })
                .collect(),
        );
        variants.iter().for_each(|variant| selections_of(&variant.value, found));
    }
}

fn enumerate(code: &mut String, languages: &[Language]) -> Result<(), Fault> {
    let names: Vec<String> = languages.iter().map(|language| variant(&language.code)).collect();
    writeln!(code, "/// A language of the pages; the first is the default.")?;
    writeln!(code, "#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\npub enum Language {{")?;
    for (name, language) in names.iter().zip(languages) {
        writeln!(code, "    /// `{}`.\n    {name},", language.code)?;
    }
    writeln!(code, "}}\n\nimpl Language {{")?;
    writeln!(code, "    /// Every language.\n    pub const ALL: [Self; {}] = [{}];", names.len(), selves(&names))?;
    table(
        code,
        "/// Its name in addresses and in `lang`.\n    pub const fn code",
        &names,
        languages.iter().map(|l| l.code.clone()),
    )?;
    let sources = languages.iter().map(|language| serializer::serialize(&language.tree));
    table(code, "const fn source", &names, sources)?;
    let sources = languages.iter().map(|language| serializer::serialize(&for_browsers(&language.tree)));
    table(
        code,
        "/// The messages that browsers get, in Fluent's syntax.\n    pub const fn browser_source",
        &names,
        sources,
    )?;
    writeln!(code, "}}\n")?;
    Ok(())
}

fn selves(names: &[String]) -> String {
    names.iter().map(|name| format!("Self::{name}")).collect::<Vec<_>>().join(", ")
}

fn table(code: &mut String, head: &str, names: &[String], values: impl Iterator<Item = String>) -> Result<(), Fault> {
    writeln!(code, "    {head}(self) -> &'static str {{\n        match self {{")?;
    for (name, value) in names.iter().zip(values) {
        writeln!(code, "            Self::{name} => {value:?},")?;
    }
    writeln!(code, "        }}\n    }}")?;
    Ok(())
}

fn variant(code: &str) -> String {
    let (head, tail) = code.split_at(1.min(code.len()));
    head.to_uppercase() + &tail.replace('-', "")
}

fn for_browsers(tree: &Tree) -> Tree {
    let wanted = |entry: &&Entry<String>| matches!(entry, Entry::Message(message) if FOR_BROWSERS.iter().any(|start| message.id.name.starts_with(start)));
    Resource { body: tree.body.iter().filter(wanted).cloned().collect() }
}

fn methods(code: &mut String, first: &Language) -> Result<(), Fault> {
    writeln!(
        code,
        "/// Id of every message.\npub const MESSAGES: &[&str] = &{:?};\n",
        first.messages.keys().collect::<Vec<_>>()
    )?;
    writeln!(code, "impl Texts {{")?;
    for (id, variables) in &first.messages {
        let name = id.replace('-', "_");
        let bound = |variable: &String| format!(", {}: impl Into<FluentValue<'a>>", variable.replace('-', "_"));
        let parameters: String = variables.iter().map(bound).collect();
        let set = |variable: &String| format!("(\"{variable}\", {}.into())", variable.replace('-', "_"));
        let arguments: Vec<String> = variables.iter().map(set).collect();
        writeln!(code, "    /// The message `{id}`; variables stand in alphabetical order.\n    #[must_use]")?;
        let lifetime = if variables.is_empty() { "" } else { "<'a>" };
        let this = if variables.is_empty() { "&self" } else { "&'a self" };
        writeln!(code, "    pub fn {name}{lifetime}({this}{parameters}) -> String {{")?;
        writeln!(code, "        self.say({id:?}, [{}])\n    }}\n", arguments.join(", "))?;
    }
    writeln!(code, "}}")?;
    Ok(())
}
