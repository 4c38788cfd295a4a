//! The roll of a round, with the letter codes that identify people. It never holds a name, a number or an address.

use std::collections::HashMap;

use sqlx::QueryBuilder;

use super::db::{Finding as _, MAX_BINDS, MOST_ASKED, Rows as _, Tx, Value, db};
use crate::{domain::roll::Person, error::Error};

/// Failures after which a code is burned.
pub const BURNED_AFTER: i64 = 10;

/// A person with the code that was sent to them.
#[derive(Clone, PartialEq, Eq)]
pub struct Voter {
    /// Who it is.
    pub person: Person,
    /// First letters of the code, which find the row.
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

/// A row that an import could collide with.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Taken {
    /// Whose it is.
    pub pseudonym: Vec<u8>,
    /// First letters of their code.
    pub locator: String,
    /// Keyed hash of the whole identifying half.
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
            let mut query =
                QueryBuilder::<D>::new("SELECT pseudonym, locator, code_hash FROM voters WHERE round_id = ");
            query.push_bind(round_id).push(" AND (pseudonym IN (");
            let mut list = query.separated(", ");
            chunk.iter().for_each(|voter| {
                list.push_bind(voter.person.pseudonym.to_vec());
            });
            query.push(") OR locator IN (");
            let mut list = query.separated(", ");
            chunk.iter().for_each(|voter| {
                list.push_bind(voter.locator.clone());
            });
            query.push("))");
            found.extend(query.build_query_as::<Taken>().fetch_all(&mut *conn).await?);
        }
        Ok(found)
    })
}

/// Adds people in one go. Those on the roll already are left as they are.
///
/// # Errors
/// [`Error::Database`], also when a locator is taken.
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

/// Gives people on the roll other codes, as if the first had never been sent: failures go with the old letter.
///
/// # Errors
/// [`Error::Database`], also when a locator is taken.
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

/// The voters whose codes start with these letters, by those letters; a row that cannot be read is a fault of its own.
///
/// # Errors
/// [`Error::Database`].
pub async fn by_locators(
    tx: &mut Tx,
    round_id: i64,
    locators: &[&str],
) -> Result<HashMap<String, Result<CodeRow, Error>>, Error> {
    const ROW: &str = "SELECT asked.locator, pseudonym, born, district, code_hash, failures FROM voters WHERE voters.locator = asked.locator AND round_id = ";
    let mut rows: Vec<Found> = Vec::new();
    db!(tx, |conn: D| {
        for chunk in locators.chunks(MOST_ASKED) {
            let mut query = QueryBuilder::<D>::new("WITH asked (locator) AS (");
            D::push_rows(&mut query, chunk, |locator| [Value::Text(locator)]);
            query.push(") ");
            D::push_found(&mut query, ROW, round_id);
            rows.extend(query.build_query_as::<Found>().fetch_all(&mut *conn).await?);
        }
    });
    Ok(rows.into_iter().map(code_row).collect())
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

/// Notes a wrong try on the code that starts with these letters.
///
/// # Errors
/// [`Error::Database`].
pub async fn count_failure(tx: &mut Tx, round_id: i64, locator: &str) -> Result<(), Error> {
    db!(tx, |conn| {
        let update = sqlx::query("UPDATE voters SET failures = failures + 1 WHERE round_id = $1 AND locator = $2");
        update.bind(round_id).bind(locator).execute(conn).await?;
        Ok(())
    })
}
