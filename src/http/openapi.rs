//! The API document: made from the handlers, served, committed as `docs/openapi.json`, and checked for drift.

use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use super::{
    acts, casting, drafts, exports, identifying, issuing, letters, log, pictures, problem::Problem, roll, rounds,
    tallying,
};

/// The document's root. Each operation's tag says who may call it.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Veche",
        description = "An electronic rating vote for public spaces. Refusals are RFC 9457 problems."
    ),
    paths(
        rounds::list,
        rounds::show,
        rounds::result,
        pictures::list,
        pictures::file,
        log::receipt,
        log::receipt_in_private,
        log::checkpoint,
        log::lines,
        log::consistency,
        exports::export,
        tallying::certificate,
        identifying::identify,
        issuing::issue,
        issuing::status,
        issuing::backup,
        issuing::save_backup,
        casting::cast,
        drafts::save,
        drafts::publish,
        roll::import,
        letters::replace,
        pictures::add,
        pictures::remove,
        acts::alone,
        acts::propose,
        acts::confirm,
        tallying::reveal,
        tallying::sign,
    ),
    components(schemas(Problem)),
    modifiers(&Tokens)
)]
struct Document;

/// The two kinds of bearer tokens: a resident's short session with the registrar, and a member of staff's own.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = || SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("session", bearer());
        components.add_security_scheme("staff", bearer());
    }
}

/// The document as pretty JSON with a line end.
///
/// # Errors
/// Never in practice: the document is plain data.
pub fn text() -> Result<String, serde_json::Error> {
    Ok(format!("{}\n", Document::openapi().to_pretty_json()?))
}

/// Serves the document.
pub(super) async fn serve() -> Result<([(&'static str, &'static str); 1], String), super::problem::Problem> {
    let text = text().map_err(crate::error::Error::broken)?;
    Ok(([("content-type", "application/json")], text))
}
