//! Writing: what is written reads back as the same instance.

use std::fmt::Write as _;

use super::{Instance, Project, Vote};

/// The file's text, with line feeds.
#[must_use]
pub fn write(instance: &Instance) -> String {
    let mut text = String::from("META\nkey;value\n");
    let counts = [("num_projects", instance.projects.len()), ("num_votes", instance.votes.len())];
    let said = instance.meta.iter().filter(|(key, _)| !counts.iter().any(|(name, _)| name == key));
    for (key, value) in said {
        line(&mut text, &[key.clone(), one_line(value)], false);
    }
    for (key, count) in counts {
        let _ = writeln!(text, "{key};{count}");
    }
    projects(&mut text, &instance.projects);
    votes(&mut text, instance);
    text
}

fn projects(text: &mut String, projects: &[Project]) {
    let other: Vec<&String> =
        projects.first().into_iter().flat_map(|first| &first.other).map(|(name, _)| name).collect();
    let has = |column: fn(&Project) -> bool| projects.iter().any(column);
    let (votes, score, selected) =
        (has(|p| p.votes.is_some()), has(|p| p.score.is_some()), has(|p| p.selected.is_some()));
    let optional = [(votes, "votes"), (score, "score"), (selected, "selected")];
    let optional = optional.into_iter().filter(|(there, _)| *there).map(|(_, name)| name.to_owned());
    let mut headings = vec!["project_id".to_owned(), "cost".to_owned(), "name".to_owned()];
    headings.extend(optional);
    headings.extend(other.into_iter().cloned());
    text.push_str("PROJECTS\n");
    line(text, &headings, true);
    for project in projects {
        let number = |value: Option<u64>| value.map_or_else(String::new, |value| value.to_string());
        let mut row = vec![project.id.clone(), project.cost.to_string(), project.name.clone()];
        row.extend(votes.then(|| number(project.votes)));
        row.extend(score.then(|| number(project.score)));
        row.extend(selected.then(|| number(project.selected.map(u64::from))));
        row.extend(project.other.iter().map(|(_, value)| value.clone()));
        line(text, &row, true);
    }
}

fn votes(text: &mut String, instance: &Instance) {
    let values = instance.vote_type.has_values();
    let age = instance.votes.iter().any(|vote| vote.age.is_some());
    let mut headings = vec!["voter_id".to_owned(), "vote".to_owned()];
    headings.extend(values.then(|| "points".to_owned()));
    headings.extend(age.then(|| "age".to_owned()));
    headings.extend(instance.vote_columns.iter().cloned());
    text.push_str("VOTES\n");
    line(text, &headings, true);
    for vote in instance.votes.iter() {
        let mut row = vec![vote.voter_id().to_owned(), ids(instance, &vote)];
        row.extend(values.then(|| join(vote.values().iter().map(u32::to_string))));
        row.extend(age.then(|| vote.age.map_or_else(String::new, |age| age.to_string())));
        row.extend(vote.other().map(str::to_owned));
        line(text, &row, true);
    }
}

fn ids(instance: &Instance, vote: &Vote<'_>) -> String {
    join(vote.marks().iter().map(|(at, _)| instance.projects[usize::from(*at)].id.clone()))
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(",")
}

/// One line of fields, quoted where they would not read back otherwise.
fn line(text: &mut String, fields: &[String], quote: bool) {
    let field = |field: &String| {
        let field = one_line(field);
        let odd = field.contains([';', '"']) || field.trim() != field;
        if quote && odd { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
    };
    text.push_str(&fields.iter().map(field).collect::<Vec<_>>().join(";"));
    text.push('\n');
}

/// A line end inside a field would end the line.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}
