//! Plain pages for people: rounds, one round with its territories, turnout and result, and what each problem means.

use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};

use super::{Http, extract::Path, problem::Problem};
use crate::{
    app::results,
    error::Error,
    export::table::Table,
    pages::{HomePage, ProblemPage, RoundPage, View},
};

pub(super) async fn home(State(http): State<Http>) -> Result<Response, Problem> {
    let rounds = results::all(&http.app).await?;
    let rounds = rounds.into_iter().map(|(_, round)| View::new(&round)).collect();
    render(&HomePage { rounds })
}

pub(super) async fn round(State(http): State<Http>, Path(slug): Path<String>) -> Result<Response, Problem> {
    let (published, round) = results::state(&http.app, &slug).await?;
    let table = match round.tally_line {
        Some(_) => {
            let tallied = results::tallied(&http.app, &slug).await?;
            Some(Table::new(&published.rules.voting, &tallied.outcome))
        }
        None => None,
    };
    render(&RoundPage { view: View::new(&round), rules: &published.rules, table })
}

pub(super) async fn problem(Path(slug): Path<String>) -> Result<Response, Problem> {
    match ProblemPage::of(&slug) {
        Some(page) => render(&page),
        None => Err(super::problem::not_found().await),
    }
}

fn render(page: &impl askama::Template) -> Result<Response, Problem> {
    Ok(Html(page.render().map_err(Error::broken)?).into_response())
}
