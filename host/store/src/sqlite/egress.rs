//! The audit of what left.

use hearken_model::Instant;

use super::{
    readers::Reading,
    values::{At, int, limit, ms},
    writing::Writing,
};
use crate::{EgressQuery, EgressRow, StoreError};

impl Writing<'_> {
    pub(super) fn note_egress(&mut self, rows: &[EgressRow]) -> Result<(), StoreError> {
        for row in rows {
            self.run(
                "INSERT INTO egress (at, connector, host, port, method, path, status, code, why, bytes_out, bytes_in, \
                 took_ms, item) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                &[
                    &ms(row.at),
                    &row.connector,
                    &row.host,
                    &row.port,
                    &row.method,
                    &row.path,
                    &row.status,
                    &row.code,
                    &row.why,
                    &int(row.bytes_out),
                    &int(row.bytes_in),
                    &int(row.took_ms),
                    &row.item,
                ],
            )?;
        }
        Ok(())
    }

    pub(super) fn purge_egress(&mut self, until: Instant, most: usize) -> Result<usize, StoreError> {
        self.run(
            "DELETE FROM egress WHERE id IN (SELECT id FROM egress WHERE at <= ?1 ORDER BY at LIMIT ?2)",
            &[&ms(until), &limit(most)],
        )
    }
}

impl Reading<'_> {
    pub(super) fn egress(&self, query: &EgressQuery) -> Result<Vec<EgressRow>, StoreError> {
        self.all(
            "SELECT at, connector, host, port, method, path, status, code, why, bytes_out, bytes_in, took_ms, item \
             FROM egress WHERE at >= ?1 AND (?2 IS NULL OR connector = ?2) ORDER BY at DESC, id DESC LIMIT ?3",
            &[
                &ms(query.since.unwrap_or(Instant(0))),
                &query.connector,
                &limit(query.limit),
            ],
            |row| {
                Ok(EgressRow {
                    at: row.get::<_, At>(0)?.0,
                    connector: row.get(1)?,
                    host: row.get(2)?,
                    port: row.get(3)?,
                    method: row.get(4)?,
                    path: row.get(5)?,
                    status: row.get(6)?,
                    code: row.get(7)?,
                    why: row.get(8)?,
                    bytes_out: row.get::<_, super::values::Count>(9)?.0,
                    bytes_in: row.get::<_, super::values::Count>(10)?.0,
                    took_ms: row.get::<_, super::values::Count>(11)?.0,
                    item: row.get(12)?,
                })
            },
        )
    }
}
