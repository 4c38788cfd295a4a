//! Rows that go to a database together, in one statement as far as it may bind them: each statement wakes a thread or a process, and each
//! text of one is parsed and planned once. PostgreSQL gets an array for each column, so that its text is always the same. SQLite, which has
//! no arrays, gets the rows themselves, filled up with the last one again to a number that it has planned before (decision 29).

use sqlx::{IntoArguments, Postgres, QueryBuilder, Sqlite};

use crate::error::Error;

/// Most bound values in one statement: SQLite allows 32,766.
pub const MAX_BINDS: usize = 30_000;

/// A value of a row. All rows have the same kind in a column.
#[derive(Debug, Clone, Copy)]
pub enum Value<'r> {
    /// A number.
    Int(i64),
    /// Bytes.
    Bytes(&'r [u8]),
    /// Text.
    Text(&'r str),
}

/// How rows are written into a statement.
pub trait Rows: sqlx::Database {
    /// What an insert of new rows does about some that are there: nothing, where the last one may come several times.
    const IF_THERE: &'static str;

    /// Writes what gives these rows, of which there is at least one; the last one may come several times.
    fn push_rows<T, const N: usize>(
        query: &mut QueryBuilder<Self>,
        rows: &[T],
        values: impl for<'r> Fn(&'r T) -> [Value<'r>; N],
    );

    /// Rows that a statement changed.
    fn affected(result: &Self::QueryResult) -> u64;
}

/// Leaves those rows as they are that are there already.
const LEAVE: &str = " ON CONFLICT DO NOTHING";

impl Rows for Sqlite {
    const IF_THERE: &'static str = LEAVE;

    fn push_rows<T, const N: usize>(
        query: &mut QueryBuilder<Self>,
        rows: &[T],
        values: impl for<'r> Fn(&'r T) -> [Value<'r>; N],
    ) {
        query.push_values(filled(rows), |mut row, of| {
            for value in values(of) {
                match value {
                    Value::Int(number) => row.push_bind(number),
                    Value::Bytes(bytes) => row.push_bind(bytes.to_vec()),
                    Value::Text(text) => row.push_bind(text.to_owned()),
                };
            }
        });
    }

    fn affected(result: &Self::QueryResult) -> u64 {
        result.rows_affected()
    }
}

impl Rows for Postgres {
    const IF_THERE: &'static str = "";

    fn push_rows<T, const N: usize>(
        query: &mut QueryBuilder<Self>,
        rows: &[T],
        values: impl for<'r> Fn(&'r T) -> [Value<'r>; N],
    ) {
        /// What makes rows of arrays.
        const COLUMNS: &str = "SELECT unnest(";
        let rows: Vec<_> = rows.iter().map(values).collect();
        for at in 0..N {
            query.push(if at == 0 { COLUMNS } else { ", unnest(" });
            let column = || rows.iter().map(|row| row[at]);
            // A value of another kind than the first is none, which no column takes.
            match rows.first().map(|row| row[at]) {
                Some(Value::Bytes(_)) => {
                    query.push_bind(column().map(Value::bytes).collect::<Vec<_>>()).push("::bytea[])")
                }
                Some(Value::Text(_)) => {
                    query.push_bind(column().map(Value::text).collect::<Vec<_>>()).push("::text[])")
                }
                _ => query.push_bind(column().map(Value::int).collect::<Vec<_>>()).push("::bigint[])"),
            };
        }
    }

    fn affected(result: &Self::QueryResult) -> u64 {
        result.rows_affected()
    }
}

impl<'r> Value<'r> {
    fn int(self) -> Option<i64> {
        if let Self::Int(number) = self { Some(number) } else { None }
    }

    fn bytes(self) -> Option<&'r [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    fn text(self) -> Option<&'r str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// The rows, with the last one again until their number is a power of two.
fn filled<T>(rows: &[T]) -> impl Iterator<Item = &T> {
    let again = rows.last().into_iter().cycle().take(rows.len().next_power_of_two() - rows.len().max(1));
    rows.iter().chain(again)
}

/// Most rows of so many columns in one statement, filled up or not.
pub const fn most_rows(columns: usize) -> usize {
    1 << (MAX_BINDS / columns).ilog2()
}

/// Inserts rows, none of which is there already.
///
/// # Errors
/// [`Error::Database`] or [`Error::Broken`] when one is.
pub async fn insert_new<D: Rows, T, const N: usize>(
    connection: &mut D::Connection,
    insert: &'static str,
    rows: &[T],
    values: impl for<'r> Fn(&'r T) -> [Value<'r>; N],
) -> Result<(), Error>
where
    D::Arguments: IntoArguments<D>,
    for<'c> &'c mut D::Connection: sqlx::Executor<'c, Database = D>,
{
    if self::insert(connection, (insert, D::IF_THERE), rows, values).await? == rows.len() as u64 {
        return Ok(());
    }
    Err(Error::broken("a row that was to be new is in the database already"))
}

/// Inserts those rows that are not there, and returns how many that were.
///
/// # Errors
/// [`Error::Database`].
pub async fn insert_missing<D: Rows, T, const N: usize>(
    connection: &mut D::Connection,
    insert: &'static str,
    rows: &[T],
    values: impl for<'r> Fn(&'r T) -> [Value<'r>; N],
) -> Result<u64, Error>
where
    D::Arguments: IntoArguments<D>,
    for<'c> &'c mut D::Connection: sqlx::Executor<'c, Database = D>,
{
    self::insert(connection, (insert, LEAVE), rows, values).await
}

async fn insert<D: Rows, T, const N: usize>(
    connection: &mut D::Connection,
    (insert, if_there): (&'static str, &'static str),
    rows: &[T],
    values: impl for<'r> Fn(&'r T) -> [Value<'r>; N],
) -> Result<u64, Error>
where
    D::Arguments: IntoArguments<D>,
    for<'c> &'c mut D::Connection: sqlx::Executor<'c, Database = D>,
{
    let mut inserted = 0;
    for portion in rows.chunks(most_rows(N)) {
        let mut query = QueryBuilder::<D>::new(insert);
        D::push_rows(&mut query, portion, &values);
        query.push(if_there);
        inserted += D::affected(&query.build().execute(&mut *connection).await?);
    }
    Ok(inserted)
}

#[cfg(test)]
mod tests {
    #[test]
    fn rows_that_are_filled_up_are_the_same_rows_in_few_numbers() {
        for len in 0..300 {
            let rows: Vec<usize> = (0..len).collect();
            let filled: Vec<usize> = super::filled(&rows).copied().collect();
            assert_eq!(filled[..len], rows);
            assert!(filled[len..].iter().all(|row| row + 1 == len));
            assert!(filled.len() == len || filled.len().is_power_of_two());
            assert!(filled.len() < 2 * len.max(1));
        }
    }
}
