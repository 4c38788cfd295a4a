//! Rows that are inserted together. Each number of rows is a statement of its own, which a database parses and plans once: groups of
//! every number would push each other out of its memory. So PostgreSQL gets portions of 1, 2, 4, 8, … rows. SQLite gets all of them in
//! one statement, filled up to such a number with the last row again, for each statement wakes its thread.

use sqlx::{IntoArguments, Postgres, QueryBuilder, Sqlite, query_builder::Separated};

use crate::error::Error;

/// Most bound values in one statement: SQLite allows 32,766, PostgreSQL 65,535.
pub const MAX_BINDS: usize = 30_000;

/// What differs between the two.
pub trait Dialect: sqlx::Database {
    /// Whether portions are filled up.
    const FILLS: bool;

    /// Rows that a statement changed.
    fn affected(result: &Self::QueryResult) -> u64;
}

impl Dialect for Sqlite {
    const FILLS: bool = true;

    fn affected(result: &Self::QueryResult) -> u64 {
        result.rows_affected()
    }
}

impl Dialect for Postgres {
    const FILLS: bool = false;

    fn affected(result: &Self::QueryResult) -> u64 {
        result.rows_affected()
    }
}

/// Cuts rows into portions of 1, 2, 4, 8, … up to `most`, the largest first.
pub fn portions<T>(mut rows: &[T], most: usize) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let len = 1 << rows.len().min(most).checked_ilog2()?;
        let (portion, rest) = rows.split_at(len);
        rows = rest;
        Some(portion)
    })
}

/// The same keys in one portion: the last is there again until the length is a power of two.
pub fn padded<T: Copy>(keys: &[T]) -> Vec<T> {
    filled(keys).copied().collect()
}

fn filled<T>(rows: &[T]) -> impl Iterator<Item = &T> {
    let again = rows.last().into_iter().cycle().take(rows.len().next_power_of_two() - rows.len().max(1));
    rows.iter().chain(again)
}

/// Inserts rows of so many columns, none of which is there already.
///
/// # Errors
/// [`Error::Database`] or [`Error::Broken`] when one is.
pub async fn insert_new<D, T>(
    connection: &mut D::Connection,
    (insert, columns): (&'static str, usize),
    rows: &[T],
    mut bind: impl FnMut(Separated<'_, D, &'static str>, &T),
) -> Result<(), Error>
where
    D: Dialect,
    D::Arguments: IntoArguments<D>,
    for<'c> &'c mut D::Connection: sqlx::Executor<'c, Database = D>,
{
    let most = 1 << (MAX_BINDS / columns).ilog2();
    if !D::FILLS {
        for portion in portions(rows, most) {
            let mut query = QueryBuilder::<D>::new(insert);
            query.push_values(portion, &mut bind);
            query.build().execute(&mut *connection).await?;
        }
        return Ok(());
    }
    for portion in rows.chunks(most) {
        let mut query = QueryBuilder::<D>::new(insert);
        query.push_values(filled(portion), &mut bind);
        query.push(" ").push("ON CONFLICT DO NOTHING");
        let done = query.build().execute(&mut *connection).await?;
        if D::affected(&done) != portion.len() as u64 {
            return Err(Error::broken("a row that was to be new is in the database already"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn padded_keys_are_the_same_keys_in_few_lengths() {
        for len in 0..300 {
            let keys: Vec<usize> = (0..len).collect();
            let padded = super::padded(&keys);
            assert_eq!(padded[..len], keys);
            assert!(padded[len..].iter().all(|key| key + 1 == len));
            assert!(padded.len() == len || padded.len().is_power_of_two());
            assert!(padded.len() < 2 * len.max(1));
        }
    }

    #[test]
    fn portions_hold_every_row_once_in_few_lengths() {
        for len in 0..300 {
            let rows: Vec<usize> = (0..len).collect();
            let portions: Vec<&[usize]> = super::portions(&rows, 100).collect();
            assert_eq!(portions.concat(), rows);
            assert!(portions.iter().all(|portion| portion.len().is_power_of_two() && portion.len() <= 64));
        }
    }
}
