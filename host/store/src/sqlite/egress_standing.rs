//! How ways out stand.

use super::{
    readers::Reading,
    values::{At, Count, int, ms},
    writing::Writing,
};
use crate::{EgressDestination, EgressStanding, StoreError};

impl Writing<'_> {
    /// What was said before is forgotten.
    pub(super) fn keep_standing(&mut self, standing: &[EgressStanding]) -> Result<(), StoreError> {
        self.run("DELETE FROM egress_way", &[])?;
        self.run("DELETE FROM egress_destination", &[])?;
        for way in standing {
            self.run(
                "INSERT INTO egress_way (connector, at, rates, bytes, most_bytes, hour_ends, in_flight, most_in_flight, \
                 paused_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                &[
                    &way.connector,
                    &ms(way.at),
                    &way.rates,
                    &int(way.bytes),
                    &int(way.most_bytes),
                    &way.hour_ends.map(ms),
                    &int(way.in_flight),
                    &int(way.most_in_flight),
                    &way.paused_until.map(ms),
                ],
            )?;
            for destination in &way.destinations {
                self.run(
                    "INSERT OR REPLACE INTO egress_destination (connector, destination, condition, why, again, \
                     paused_until, secrets) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    &[
                        &way.connector,
                        &destination.destination,
                        &destination.condition,
                        &destination.why,
                        &destination.again.map(ms),
                        &destination.paused_until.map(ms),
                        &destination.secrets,
                    ],
                )?;
            }
        }
        Ok(())
    }

    pub(super) fn ask_closing(&mut self, connector: &str, destination: &str) -> Result<bool, StoreError> {
        let marked = self.run(
            "INSERT OR IGNORE INTO egress_closing (connector, destination) SELECT connector, destination \
             FROM egress_destination WHERE connector = ?1 AND destination = ?2",
            &[&connector, &destination],
        )?;
        Ok(marked > 0)
    }

    pub(super) fn take_closings(&mut self) -> Result<Vec<(String, String)>, StoreError> {
        let marked = self.all(
            "SELECT connector, destination FROM egress_closing ORDER BY connector, destination",
            &[],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if !marked.is_empty() {
            self.run("DELETE FROM egress_closing", &[])?;
        }
        Ok(marked)
    }
}

impl Reading<'_> {
    pub(super) fn egress_standing(&self) -> Result<Vec<EgressStanding>, StoreError> {
        let mut ways = self.all(
            "SELECT connector, at, rates, bytes, most_bytes, hour_ends, in_flight, most_in_flight, paused_until \
             FROM egress_way ORDER BY connector",
            &[],
            |row| {
                Ok(EgressStanding {
                    connector: row.get(0)?,
                    at: row.get::<_, At>(1)?.0,
                    rates: row.get(2)?,
                    bytes: row.get::<_, Count>(3)?.0,
                    most_bytes: row.get::<_, Count>(4)?.0,
                    hour_ends: row.get::<_, Option<At>>(5)?.map(|at| at.0),
                    in_flight: row.get::<_, Count>(6)?.0,
                    most_in_flight: row.get::<_, Count>(7)?.0,
                    paused_until: row.get::<_, Option<At>>(8)?.map(|at| at.0),
                    destinations: Vec::new(),
                })
            },
        )?;
        for way in &mut ways {
            way.destinations = self.all(
                "SELECT destination, condition, why, again, paused_until, secrets FROM egress_destination \
                 WHERE connector = ?1 ORDER BY destination",
                &[&way.connector],
                |row| {
                    Ok(EgressDestination {
                        destination: row.get(0)?,
                        condition: row.get(1)?,
                        why: row.get(2)?,
                        again: row.get::<_, Option<At>>(3)?.map(|at| at.0),
                        paused_until: row.get::<_, Option<At>>(4)?.map(|at| at.0),
                        secrets: row.get(5)?,
                    })
                },
            )?;
        }
        Ok(ways)
    }
}
