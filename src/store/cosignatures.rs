//! Cosignatures of witnesses, and the heads that they stand under: kept for good, for receipts lead to heads of any size.

use super::db::{Tx, db};
use crate::error::Error;

/// Cosigned heads among which the best is sought when none has the quorum, the newest first.
const LOOK_BACK: i64 = 256;
/// A head with every cosignature under it, in one statement, for each costs a receipt more than what it reads. It goes down
/// `cosigned_heads_by_standing` to one row, and only where it finds none there, to as many as the look back has.
const BEST: &str = "SELECT head.size, head.checkpoint, witness, at, line
    FROM cosigned_heads AS head JOIN cosignatures ON cosignatures.log_id = $1 AND cosignatures.size = head.size
    WHERE head.log_id = $1 AND head.size = COALESCE(
        (SELECT size FROM cosigned_heads
         WHERE log_id = $1 AND standing = 2 AND size > $2 ORDER BY size DESC LIMIT 1),
        (SELECT size FROM
            (SELECT size, signed FROM cosigned_heads
             WHERE log_id = $1 AND standing = 1 AND size > $2 ORDER BY size DESC LIMIT $3) AS recent
         ORDER BY signed DESC, size DESC LIMIT 1))
    ORDER BY witness";

/// What a witness put under a head.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Cosigned {
    /// The witness's verifier key, a C2SP vkey.
    pub witness: String,
    /// Unix second in the cosignature.
    pub at: i64,
    /// The signature line of the note, with its line feed.
    pub line: String,
}

/// Keeps a cosignature and the head that it stands under. Of two by one witness under one head the later stays.
///
/// `counts` is the quorum when the witness counts, which is when the rules name it or name none (then 0); else nothing. It is
/// counted here, once, so that nobody who asks for a receipt makes the service count a whole history.
///
/// # Errors
/// [`Error::Database`].
pub async fn insert(
    tx: &mut Tx,
    log_id: i64,
    (size, checkpoint): (u64, &str),
    cosigned: &Cosigned,
    counts: Option<u16>,
) -> Result<(), Error> {
    let is_new = under(tx, log_id, size).await?.iter().all(|one| one.witness != cosigned.witness);
    db!(tx, |conn| {
        let head = sqlx::query(
            "INSERT INTO cosigned_heads (log_id, size, checkpoint) VALUES ($1, $2, $3)
             ON CONFLICT (log_id, size) DO NOTHING",
        );
        head.bind(log_id).bind(size.cast_signed()).bind(checkpoint).execute(&mut *conn).await?;
        let line = sqlx::query(
            "INSERT INTO cosignatures (log_id, size, witness, at, line) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (log_id, size, witness) DO UPDATE SET at = excluded.at, line = excluded.line",
        );
        let line = line.bind(log_id).bind(size.cast_signed()).bind(&cosigned.witness);
        line.bind(cosigned.at).bind(&cosigned.line).execute(&mut *conn).await?;
        if let Some(quorum) = counts.filter(|_| is_new) {
            let count = sqlx::query(
                "UPDATE cosigned_heads
                 SET signed = signed + 1, standing = CASE WHEN $3 > 0 AND signed + 1 >= $3 THEN 2 ELSE 1 END
                 WHERE log_id = $1 AND size = $2",
            );
            count.bind(log_id).bind(size.cast_signed()).bind(i64::from(quorum)).execute(conn).await?;
        }
        Ok(())
    })
}

/// The largest size of the log that a witness cosigned, and when.
///
/// # Errors
/// [`Error::Database`].
pub async fn last(tx: &mut Tx, log_id: i64, witness: &str) -> Result<Option<(u64, i64)>, Error> {
    let row: Option<(i64, i64)> = db!(tx, |conn| {
        let select = sqlx::query_as(
            "SELECT size, at FROM cosignatures WHERE log_id = $1 AND witness = $2 ORDER BY size DESC LIMIT 1",
        );
        select.bind(log_id).bind(witness).fetch_optional(conn).await?
    });
    Ok(row.map(|(size, at)| (size.unsigned_abs(), at)))
}

/// Every cosignature under the head of exactly this size, by key.
///
/// # Errors
/// [`Error::Database`].
pub async fn under(tx: &mut Tx, log_id: i64, size: u64) -> Result<Vec<Cosigned>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_as(
            "SELECT witness, at, line FROM cosignatures WHERE log_id = $1 AND size = $2 ORDER BY witness",
        );
        Ok(select.bind(log_id).bind(size.cast_signed()).fetch_all(conn).await?)
    })
}

/// A head with what witnesses put under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignedHead {
    /// Lines in the log.
    pub size: u64,
    /// The log's note.
    pub checkpoint: String,
    /// Every cosignature under it, by key.
    pub under: Vec<Cosigned>,
}

/// The newest head with the quorum that covers the line of this index. If there is none: of the newest heads that cover it and that
/// some witnesses cosigned, the one that most did.
///
/// # Errors
/// [`Error::Database`].
pub async fn best(tx: &mut Tx, log_id: i64, covers: u64) -> Result<Option<CosignedHead>, Error> {
    let rows: Vec<(i64, String, String, i64, String)> = db!(tx, |conn| {
        let select = sqlx::query_as(BEST);
        select.bind(log_id).bind(covers.cast_signed()).bind(LOOK_BACK).fetch_all(conn).await?
    });
    let mut head: Option<CosignedHead> = None;
    for (size, checkpoint, witness, at, line) in rows {
        let begun = || CosignedHead { size: size.unsigned_abs(), checkpoint, under: Vec::new() };
        head.get_or_insert_with(begun).under.push(Cosigned { witness, at, line });
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Row as _};

    use super::*;
    use crate::store::{db::Db, testing};

    async fn log(folder: &std::path::Path) -> (Db, Tx) {
        let db = testing::db(folder).await;
        let mut tx = db.write().await.unwrap();
        assert_eq!(crate::store::log::create(&mut tx, "one").await.unwrap(), 1);
        (db, tx)
    }

    async fn signs(tx: &mut Tx, size: u64, witness: &str, counts: Option<u16>) {
        let cosigned = Cosigned { witness: witness.into(), at: 1, line: format!("{witness} {size}\n") };
        insert(tx, 1, (size, &format!("head {size}")), &cosigned, counts).await.unwrap();
    }

    /// Size of the best head, and who signed it.
    async fn found(tx: &mut Tx, covers: u64) -> Option<(u64, String)> {
        let head = best(tx, 1, covers).await.unwrap()?;
        assert_eq!(head.checkpoint, format!("head {}", head.size));
        assert_eq!(head.under, under(tx, 1, head.size).await.unwrap());
        Some((head.size, head.under.into_iter().map(|one| one.witness).collect()))
    }

    fn head(size: u64, by: &str) -> Option<(u64, String)> {
        Some((size, by.to_owned()))
    }

    #[tokio::test]
    async fn the_best_head_is_the_newest_with_the_quorum_else_the_one_that_most_signed() {
        let folder = tempfile::tempdir().unwrap();
        let (_db, mut tx) = log(folder.path()).await;
        signs(&mut tx, 5, "stranger", None).await;
        assert_eq!(found(&mut tx, 0).await, None);
        for (size, names) in [(6, "a"), (7, "ab"), (8, "a"), (9, "aa")] {
            for name in names.split("").filter(|name| !name.is_empty()) {
                signs(&mut tx, size, name, Some(3)).await;
            }
        }
        assert_eq!(found(&mut tx, 0).await, head(7, "ab"), "nobody counts twice");
        assert_eq!(found(&mut tx, 7).await, head(9, "a"), "it must cover the line");
        signs(&mut tx, 7, "stranger", None).await;
        assert_eq!(found(&mut tx, 0).await, head(7, "abstranger"));
        signs(&mut tx, 9, "b", Some(3)).await;
        signs(&mut tx, 9, "stranger", None).await;
        assert_eq!(
            found(&mut tx, 0).await,
            head(9, "abstranger"),
            "strangers do not count, so this is no quorum but the newer"
        );
        signs(&mut tx, 7, "c", Some(3)).await;
        assert_eq!(found(&mut tx, 6).await, head(7, "abcstranger"), "the quorum goes before what is newer");
        assert_eq!(found(&mut tx, 7).await, head(9, "abstranger"));
        // Rules that name nobody have no quorum, and everybody counts.
        signs(&mut tx, 10, "d", Some(0)).await;
        assert_eq!(found(&mut tx, 9).await, head(10, "d"));
    }

    /// However long the history is, each question goes down the index and stops.
    #[tokio::test]
    async fn no_question_reads_the_whole_history() {
        let folder = tempfile::tempdir().unwrap();
        let (_db, mut tx) = log(folder.path()).await;
        let explained = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {BEST}")));
        // PostgreSQL goes down the same index, but plans by what a table holds.
        let Tx::Lite(lite) = &mut tx else { return };
        let rows = explained.fetch_all(&mut **lite).await.unwrap();
        let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        let search = "cosigned_heads USING INDEX cosigned_heads_by_standing (log_id=? AND standing=? AND size>?)";
        let covering = search.replace("USING INDEX", "USING COVERING INDEX");
        assert_eq!(
            steps.iter().filter(|step| step.contains(search) || step.contains(&covering)).count(),
            2,
            "{steps:?}"
        );
        assert!(!steps.iter().any(|step| step.starts_with("SCAN") && !step.contains("recent")), "{steps:?}");
        // What is sorted are the 256 that were found, never all that there are.
        assert_eq!(steps.iter().filter(|step| step.contains("TEMP B-TREE")).count(), 1, "{steps:?}");
    }
}
