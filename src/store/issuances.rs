//! Credentials issued: to which pseudonym, for which blinded message, reported in which step. Never when.

use std::collections::HashMap;

use super::db::{
    Tx,
    Value::{self, Bytes, Int},
    db, insert_missing, insert_new,
};
use crate::error::Error;

/// Step of a credential that no register line covers yet.
const UNREPORTED: i64 = 0;
/// Rows that are read together.
const PORTION: i64 = 4_096;
/// The next of a step, in the order of pseudonyms: nothing is read but the index of steps.
const NEXT: &str = "SELECT pseudonym FROM issuances
     WHERE round_id = $1 AND step = $2 AND pseudonym > $3 ORDER BY pseudonym LIMIT $4";
/// The same with the messages that were signed for them. They are found one by one, for a planner may think that all rows of the round are
/// as few.
const NEXT_WHOLE: &str = "SELECT issued.pseudonym, issued.blinded_hash FROM
     (SELECT pseudonym FROM issuances WHERE round_id = $1 AND step = $2 AND pseudonym > $3 ORDER BY pseudonym LIMIT $4) AS next
     JOIN issuances AS issued ON issued.round_id = $1 AND issued.pseudonym = next.pseudonym ORDER BY issued.pseudonym";

/// Who gets a credential, and the SHA-256 of the message that was signed for them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Issuance {
    /// The person.
    pub pseudonym: [u8; 32],
    /// SHA-256 of the blinded message.
    pub blinded_hash: [u8; 32],
}

impl Issuance {
    fn row(&self, round_id: i64, step: i64) -> [Value<'_>; 4] {
        [Int(round_id), Bytes(&self.pseudonym), Bytes(&self.blinded_hash), Int(step)]
    }
}

/// Of these people, those who have a credential, with the hash of their blinded message.
///
/// # Errors
/// [`Error::Database`].
pub async fn of(tx: &mut Tx, round_id: i64, people: &[[u8; 32]]) -> Result<HashMap<Vec<u8>, Vec<u8>>, Error> {
    let hash = "SELECT blinded_hash FROM issuances WHERE pseudonym = asked.key AND round_id = ";
    tx.values_of(people, hash, round_id).await
}

const ISSUED: &str = "INSERT INTO issuances (round_id, pseudonym, blinded_hash, step) ";

/// Marks those of these people as issued who are not, each for the message that comes first, and returns how many that were.
///
/// # Errors
/// [`Error::Database`].
pub async fn issue(tx: &mut Tx, round_id: i64, issuances: &[Issuance]) -> Result<u64, Error> {
    db!(tx, |conn: D| {
        insert_missing::<D, _, 4>(conn, ISSUED, issuances, |issuance| issuance.row(round_id, UNREPORTED)).await
    })
}

/// Whether no register line covers so many credentials yet. It looks at no more than these.
///
/// # Errors
/// [`Error::Database`].
pub async fn wait(tx: &mut Tx, round_id: i64, at_least: u32) -> Result<bool, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT step FROM issuances WHERE round_id = $1 AND step = $2 LIMIT $3) AS found",
        );
        let select = select.bind(round_id).bind(UNREPORTED).bind(i64::from(at_least));
        let count: i64 = select.fetch_one(conn).await?;
        Ok(count >= i64::from(at_least))
    })
}

/// Puts the unreported ones into a step, and hands over its pseudonyms, sorted. Their rows are written anew in this order, for PostgreSQL
/// keeps rows in the order in which they came, which nobody may learn. The caller has locked the log, so nobody is issued one meanwhile.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when somebody was all the same.
pub async fn report(tx: &mut Tx, round_id: i64, step: u64, mut each: impl FnMut(&[u8; 32])) -> Result<(), Error> {
    tx.overwrites(true).await?;
    let mut after = Vec::new();
    loop {
        let rows = unreported(tx, round_id, &after).await?;
        let Some(last) = rows.last() else { break };
        let last = last.pseudonym.to_vec();
        let gone = db!(tx, |conn: D| {
            let delete = sqlx::query(
                "DELETE FROM issuances WHERE round_id = $1 AND step = $2 AND pseudonym > $3 AND pseudonym <= $4",
            );
            let delete = delete.bind(round_id).bind(UNREPORTED).bind(&after).bind(&last);
            let gone = delete.execute(&mut *conn).await?.rows_affected();
            insert_new::<D, _, 4>(conn, ISSUED, &rows, |row| row.row(round_id, step.cast_signed())).await?;
            gone
        });
        if gone != rows.len() as u64 {
            return Err(Error::broken("a credential was issued while the register was reported"));
        }
        rows.iter().for_each(|row| each(&row.pseudonym));
        after = last;
    }
    tx.overwrites(false).await
}

async fn unreported(tx: &mut Tx, round_id: i64, after: &[u8]) -> Result<Vec<Issuance>, Error> {
    let rows: Vec<(Vec<u8>, Vec<u8>)> = db!(tx, |conn| {
        sqlx::query_as(NEXT_WHOLE).bind(round_id).bind(UNREPORTED).bind(after).bind(PORTION).fetch_all(conn).await?
    });
    let issuance = |(pseudonym, hash): (Vec<u8>, Vec<u8>)| {
        Some(Issuance { pseudonym: pseudonym.try_into().ok()?, blinded_hash: hash.try_into().ok()? })
    };
    let rows: Option<_> = rows.into_iter().map(issuance).collect();
    rows.ok_or_else(|| Error::broken("a row of issuances has another shape"))
}

/// Hands over the pseudonyms of a step, sorted.
///
/// # Errors
/// [`Error::Database`], and what `each` answers.
pub async fn of_step(
    tx: &mut Tx,
    round_id: i64,
    step: u64,
    mut each: impl FnMut(&[u8; 32]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut after = Vec::new();
    loop {
        let rows: Vec<Vec<u8>> = db!(tx, |conn| {
            let next = sqlx::query_scalar(NEXT).bind(round_id).bind(step.cast_signed());
            next.bind(&after).bind(PORTION).fetch_all(conn).await?
        });
        for row in &rows {
            each(row.as_slice().try_into().map_err(|_| Error::broken("a pseudonym has another length"))?)?;
        }
        let Some(last) = rows.into_iter().next_back() else { return Ok(()) };
        after = last;
    }
}

/// How many steps were reported.
///
/// # Errors
/// [`Error::Database`].
pub async fn steps(tx: &mut Tx, round_id: i64) -> Result<u64, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT COALESCE(MAX(step), 0) FROM issuances WHERE round_id = $1");
        let last: i64 = select.bind(round_id).fetch_one(conn).await?;
        Ok(last.unsigned_abs())
    })
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;
    use crate::store::{rounds, testing};

    #[tokio::test]
    async fn whoever_is_issued_keeps_the_first_message_also_of_several_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        let asks = |person: u8, message: u8| Issuance { pseudonym: [person; 32], blinded_hash: [message; 32] };
        let mut tx = db.write().await.unwrap();
        for slug in ["one", "two"] {
            assert!(rounds::save_draft(&mut tx, slug, "{}", 0, 1).await.unwrap());
        }
        assert_eq!(issue(&mut tx, 1, &[asks(1, 10), asks(2, 20), asks(1, 11)]).await.unwrap(), 2);
        assert_eq!(issue(&mut tx, 1, &[asks(2, 20), asks(2, 21), asks(3, 30)]).await.unwrap(), 1);
        assert_eq!(issue(&mut tx, 2, &[asks(1, 11)]).await.unwrap(), 1, "another round");
        tx.commit().await.unwrap();
        let mut tx = db.ask_in_turn().await.unwrap();
        let issued = of(&mut tx, 1, &[[1; 32], [2; 32], [3; 32], [4; 32]]).await.unwrap();
        let mut issued: Vec<_> = issued.into_iter().map(|(person, message)| (person[0], message[0])).collect();
        issued.sort_unstable();
        assert_eq!(issued, [(1, 10), (2, 20), (3, 30)]);
        tx.commit().await.unwrap();
        let mut tx = db.write().await.unwrap();
        let mut reported = Vec::new();
        report(&mut tx, 1, 1, |pseudonym| reported.push(*pseudonym)).await.unwrap();
        assert_eq!(reported, [[1; 32], [2; 32], [3; 32]], "the line is free again");
    }

    /// More than are read together, in two steps.
    #[tokio::test]
    async fn a_step_has_everybody_once_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        let mut tx = db.write().await.unwrap();
        assert!(rounds::save_draft(&mut tx, "one", "{}", 0, 1).await.unwrap());
        let person = |number: u32| {
            let mut pseudonym = [0; 32];
            // Not in the order in which they come.
            pseudonym[..4].copy_from_slice(&number.wrapping_mul(0x9E37_79B1).to_be_bytes());
            pseudonym
        };
        let all = 2 * u32::try_from(PORTION).unwrap() + 7;
        let mut expected = Vec::new();
        for (step, people) in (1..).zip([0..all - 5, all - 5..all]) {
            let mut sorted: Vec<_> = people.map(person).collect();
            let rows: Vec<_> = sorted.iter().map(|&pseudonym| Issuance { pseudonym, blinded_hash: [7; 32] }).collect();
            for rows in rows.chunks(500) {
                issue(&mut tx, 1, rows).await.unwrap();
            }
            sorted.sort_unstable();
            let mut reported = Vec::new();
            report(&mut tx, 1, step, |pseudonym| reported.push(*pseudonym)).await.unwrap();
            assert_eq!(reported, sorted);
            assert!(!wait(&mut tx, 1, 1).await.unwrap(), "nobody is left over");
            expected.push(sorted);
        }
        assert_eq!(steps(&mut tx, 1).await.unwrap(), 2);
        for (step, expected) in (1..).zip(expected) {
            let mut found = Vec::new();
            let keeps = |pseudonym: &[u8; 32]| {
                found.push(*pseudonym);
                Ok(())
            };
            of_step(&mut tx, 1, step, keeps).await.unwrap();
            assert_eq!(found, expected);
        }
        tx.commit().await.unwrap();
    }

    /// However many credentials a round has, a step is found by the index of steps.
    #[tokio::test]
    async fn no_step_is_looked_for_in_the_whole_round() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        // PostgreSQL plans by what a table holds.
        let Tx::Lite(mut lite) = db.read().await.unwrap() else { return };
        for query in [NEXT, NEXT_WHOLE] {
            let rows =
                sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"))).fetch_all(&mut *lite).await;
            let steps: Vec<String> = rows.unwrap().iter().map(|row| row.get("detail")).collect();
            let searches: Vec<&String> = steps.iter().filter(|step| step.starts_with("SEARCH")).collect();
            let by_step = "USING COVERING INDEX issuances_by_step (round_id=? AND step=? AND pseudonym>?)";
            assert!(searches.iter().any(|step| step.contains(by_step)), "{steps:?}");
            assert!(searches.iter().all(|step| step.contains(by_step) || step.matches("=?").count() == 2), "{steps:?}");
            assert!(!steps.iter().any(|step| step.starts_with("SCAN issu")), "{steps:?}");
        }
    }
}
