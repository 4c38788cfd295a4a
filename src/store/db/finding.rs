//! Rows of several columns that are found together, each by a key of its own (decision 21): no planner may go through a whole table, or
//! begin with it, because it believes that there are few rows.

use sqlx::{Postgres, QueryBuilder, Sqlite};

/// How what is found for each key of `asked` is joined to it.
pub trait Finding: sqlx::Database {
    /// Asks for what is found for each of the keys, after `WITH asked (…) AS (…)`; the number of the round follows. `find` finds it for
    /// one of them: `SELECT … FROM table WHERE table.key = asked.key AND round_id = `, of one table, with that one ` FROM `, and with
    /// names that `asked` has too in full.
    fn push_found(query: &mut QueryBuilder<Self>, find: &'static str, round_id: i64);
}

/// What stands before `CROSS JOIN` is gone through first (sqlite.org/lang_select.html), and for the rest the key leads to an index.
impl Finding for Sqlite {
    fn push_found(query: &mut QueryBuilder<Self>, find: &'static str, round_id: i64) {
        let (columns, of) = find.split_once(" FROM ").unwrap_or((find, ""));
        query.push(columns).push(" FROM asked CROSS JOIN ").push(of).push_bind(round_id);
    }
}

/// A subquery with `OFFSET` is not turned into a join, so that it is answered row by row.
impl Finding for Postgres {
    fn push_found(query: &mut QueryBuilder<Self>, find: &'static str, round_id: i64) {
        query.push("SELECT found.* FROM asked CROSS JOIN LATERAL (").push(find).push_bind(round_id);
        query.push(" OFFSET 0) AS found");
    }
}
