//! The roll of a round, with the letter codes that identify people. It never holds a name, a number or an address.

use std::collections::{HashMap, HashSet};

use sqlx::QueryBuilder;

use super::db::{Finding, MAX_BINDS, MOST_ASKED, Rows, Tx, Value, db};
use crate::{domain::roll::Person, error::Error};

/// Failures after which a code is burned.
pub const BURNED_AFTER: i64 = 10;

/// A person with the code that was sent to them.
#[derive(Clone, PartialEq, Eq)]
pub struct Voter {
    /// Who it is.
    pub person: Person,
    /// First letters of the code, which find the row, and few others.
    pub locator: String,
    /// Keyed hash of the whole identifying half.
    pub code_hash: Vec<u8>,
}

/// What a code is checked against.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// Who it is.
    pub person: Person,
    /// Keyed hash of the whole identifying half.
    pub code_hash: Vec<u8>,
    /// Wrong tries so far.
    pub failures: i64,
}

/// A row that an import could meet.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Taken {
    /// Whose it is.
    pub pseudonym: Vec<u8>,
    /// Keyed hash of the whole identifying half of their code.
    pub code_hash: Vec<u8>,
}

/// The rows that have a pseudonym or a locator of these voters.
///
/// # Errors
/// [`Error::Database`].
pub async fn taken(tx: &mut Tx, round_id: i64, voters: &[Voter]) -> Result<Vec<Taken>, Error> {
    db!(tx, |conn: D| {
        let mut found = Vec::new();
        for chunk in voters.chunks(MAX_BINDS / 3) {
            let mut query = QueryBuilder::<D>::new("");
            push_taken(&mut query, round_id, chunk);
            found.extend(query.build_query_as::<Taken>().fetch_all(&mut *conn).await?);
        }
        Ok(found)
    })
}

const TAKEN: &str = "SELECT pseudonym, code_hash FROM voters WHERE round_id = ";

fn push_taken<'v, D: sqlx::Database>(query: &mut QueryBuilder<D>, round_id: i64, voters: &'v [Voter])
where
    i64: sqlx::Encode<'v, D> + sqlx::Type<D>,
    Vec<u8>: sqlx::Encode<'v, D> + sqlx::Type<D>,
    String: sqlx::Encode<'v, D> + sqlx::Type<D>,
{
    query.push(TAKEN).push_bind(round_id).push(" AND (pseudonym IN (");
    let mut list = query.separated(", ");
    for voter in voters {
        list.push_bind(voter.person.pseudonym.to_vec());
    }
    query.push(") OR locator IN (");
    let mut list = query.separated(", ");
    for voter in voters {
        list.push_bind(voter.locator.clone());
    }
    query.push("))");
}

/// Adds people in one go. Those on the roll already are left as they are.
///
/// # Errors
/// [`Error::Database`].
pub async fn insert(tx: &mut Tx, round_id: i64, voters: &[Voter]) -> Result<u64, Error> {
    db!(tx, |conn: D| {
        let mut added = 0;
        for chunk in voters.chunks(MAX_BINDS / 7) {
            let mut query = QueryBuilder::<D>::new(
                "INSERT INTO voters (round_id, pseudonym, born, district, locator, code_hash, failures) ",
            );
            query.push_values(chunk, |mut row, voter| {
                row.push_bind(round_id)
                    .push_bind(voter.person.pseudonym.to_vec())
                    .push_bind(voter.person.born.to_string())
                    .push_bind(voter.person.district.clone())
                    .push_bind(voter.locator.clone())
                    .push_bind(voter.code_hash.clone())
                    .push_bind(0_i64);
            });
            query.push(" ON CONFLICT (round_id, pseudonym) DO NOTHING");
            added += query.build().execute(&mut *conn).await?.rows_affected();
        }
        Ok(added)
    })
}

/// Gives somebody on the roll another code, as if the first had never been sent: failures go with the old letter.
///
/// # Errors
/// [`Error::Database`].
pub async fn replace_code(
    tx: &mut Tx,
    round_id: i64,
    pseudonym: &[u8; 32],
    locator: &str,
    code_hash: &[u8],
) -> Result<(), Error> {
    db!(tx, |conn| {
        let update = sqlx::query(
            "UPDATE voters SET locator = $3, code_hash = $4, failures = 0 WHERE round_id = $1 AND pseudonym = $2",
        );
        update.bind(round_id).bind(pseudonym.to_vec()).bind(locator).bind(code_hash).execute(conn).await?;
        Ok(())
    })
}

/// Whether the roll holds this person.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_on_roll(tx: &mut Tx, round_id: i64, pseudonym: &[u8; 32]) -> Result<bool, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT count(*) FROM voters WHERE round_id = $1 AND pseudonym = $2");
        let found: i64 = select.bind(round_id).bind(pseudonym.to_vec()).fetch_one(conn).await?;
        Ok(found > 0)
    })
}

/// Those whose codes start with the same letters: one, nearly always.
pub type Alike = Vec<Result<CodeRow, Error>>;

/// The voters whose codes start with these letters, by those letters; a row that cannot be read is a fault of its own.
///
/// # Errors
/// [`Error::Database`].
pub async fn by_locators(tx: &mut Tx, round_id: i64, locators: &[&str]) -> Result<HashMap<String, Alike>, Error> {
    let mut rows: Vec<Found> = Vec::new();
    db!(tx, |conn: D| {
        for chunk in locators.chunks(MOST_ASKED) {
            let mut query = QueryBuilder::<D>::new("");
            push_by_locators(&mut query, round_id, chunk);
            rows.extend(query.build_query_as::<Found>().fetch_all(&mut *conn).await?);
        }
    });
    let mut found: HashMap<String, Alike> = HashMap::new();
    // What was asked twice is found twice.
    let mut seen = HashSet::new();
    for row in rows.into_iter().filter(|(_, pseudonym, ..)| seen.insert(pseudonym.clone())) {
        let (locator, row) = code_row(row);
        found.entry(locator).or_default().push(row);
    }
    Ok(found)
}

const ROW: &str = "SELECT asked.locator, pseudonym, born, district, code_hash, failures FROM voters WHERE voters.locator = asked.locator AND round_id = ";

fn push_by_locators<D: Rows + Finding>(query: &mut QueryBuilder<D>, round_id: i64, locators: &[&str]) {
    query.push("WITH asked (locator) AS (");
    D::push_rows(query, locators, |locator| [Value::Text(locator)]);
    query.push(") ");
    D::push_found(query, ROW, round_id);
}

/// Locator, pseudonym, date of birth, district, keyed hash of the code, failures.
type Found = (String, Vec<u8>, String, Option<String>, Vec<u8>, i64);

fn code_row((locator, pseudonym, born, district, code_hash, failures): Found) -> (String, Result<CodeRow, Error>) {
    let person = || -> Result<Person, Error> {
        let pseudonym = pseudonym.try_into().map_err(|_| Error::broken("a pseudonym in voters has another length"))?;
        Ok(Person { pseudonym, born: born.parse().map_err(Error::broken)?, district })
    };
    let row = person().map(|person| CodeRow { person, code_hash, failures });
    (locator, row)
}

/// The keyed hashes of these people's codes in force, by pseudonym.
///
/// # Errors
/// [`Error::Database`].
pub async fn code_hashes(tx: &mut Tx, round_id: i64, people: &[[u8; 32]]) -> Result<HashMap<Vec<u8>, Vec<u8>>, Error> {
    let hash = "SELECT code_hash FROM voters WHERE pseudonym = asked.key AND round_id = ";
    tx.values_of(people, hash, round_id).await
}

const FAILED: &str = "UPDATE voters SET failures = failures + 1 WHERE round_id = $1 AND locator = $2";

/// Notes a wrong try on each code that starts with these letters.
///
/// # Errors
/// [`Error::Database`].
pub async fn count_failure(tx: &mut Tx, round_id: i64, locator: &str) -> Result<(), Error> {
    db!(tx, |conn| {
        let update = sqlx::query(FAILED);
        update.bind(round_id).bind(locator).execute(conn).await?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use sqlx::{Row as _, Sqlite};

    use super::*;
    use crate::store::testing;

    /// However large the roll is, each letter is found by its own key: a planner may think that the key of a round alone is as good.
    #[tokio::test]
    async fn no_letter_is_looked_for_in_the_whole_roll() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        // PostgreSQL plans by what a table holds.
        let Tx::Lite(mut lite) = db.read().await.unwrap() else { return };
        let voter = |seed: u8| Voter {
            person: Person { pseudonym: [seed; 32], born: "2000-01-01".parse().unwrap(), district: None },
            locator: format!("{seed}"),
            code_hash: vec![seed; 32],
        };
        let explain = || QueryBuilder::<Sqlite>::new("EXPLAIN QUERY PLAN ");
        let (mut by_locators, mut taken, mut failed) = (explain(), explain(), explain());
        push_by_locators(&mut by_locators, 1, &["AAAAAA", "BBBBBB"]);
        push_taken(&mut taken, 1, &[voter(1), voter(2)]);
        failed.push(FAILED);
        for mut query in [by_locators, taken, failed] {
            let rows = query.build().fetch_all(&mut *lite).await.unwrap();
            let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
            let searches: Vec<&String> = steps.iter().filter(|step| step.starts_with("SEARCH")).collect();
            assert!(searches.iter().any(|step| step.contains("locator=?")), "{steps:?}");
            assert!(searches.iter().all(|step| step.matches("=?").count() == 2), "{steps:?}");
            assert!(!steps.iter().any(|step| step.starts_with("SCAN voters")), "{steps:?}");
        }
        // Of real rows the planner would keep samples, which it believes more than what the migration says, and which tell of people.
        let samples: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_stat4").fetch_one(&mut *lite).await.unwrap();
        assert_eq!(samples, 0);
    }
}
