//! Reads for people: lists and single records.

use hearken_model::{Decision, DecisionId, Identity, ProfileId, Prospect, ProspectId, Recorded};
use rusqlite::ToSql;

use super::{
    readers::Reading,
    rows,
    values::{At, Json, Text, int, limit, ms},
};
use crate::{
    DeadLetter, DeadLetterId, DeadLetterQuery, DecisionQuery, ProspectQuery, RecentAsk, StoreError, Suppression,
};

const DEAD_LETTER: &str =
    "SELECT id, at, stage, connector, prospect, action, why, place, payload, replay_asked FROM dead_letter";

/// The conditions of a query and their values.
#[derive(Default)]
struct Conditions {
    sql: Vec<&'static str>,
    values: Vec<Box<dyn ToSql>>,
}

impl Conditions {
    /// Adds `condition`, which ends where the value is to stand, where there is a value.
    fn and(mut self, condition: &'static str, value: Option<impl ToSql + 'static>) -> Self {
        if let Some(value) = value {
            self.sql.push(condition);
            self.values.push(Box::new(value));
        }
        self
    }

    fn query(&self, select: &str, order: &str) -> String {
        let conditions: Vec<String> = self
            .sql
            .iter()
            .zip(1..)
            .map(|(condition, number)| format!("{condition} ?{number}"))
            .collect();
        let place = if conditions.is_empty() { "" } else { " WHERE " };
        format!(
            "{select}{place}{} {order} LIMIT ?{}",
            conditions.join(" AND "),
            conditions.len() + 1
        )
    }

    fn values<'a>(&'a self, most: &'a i64) -> Vec<&'a dyn ToSql> {
        self.values
            .iter()
            .map(AsRef::as_ref)
            .chain([most as &dyn ToSql])
            .collect()
    }
}

impl Reading<'_> {
    pub(super) fn cursor(&self, connector: &str) -> Result<Option<String>, StoreError> {
        self.first("SELECT cursor FROM cursor WHERE connector = ?1", &[&connector], |row| {
            row.get(0)
        })
    }

    pub(super) fn dead_letters(&self, query: DeadLetterQuery) -> Result<Vec<DeadLetter>, StoreError> {
        let conditions = Conditions::default()
            .and("stage =", query.stage.map(|s| s.word()))
            .and("connector =", query.connector)
            .and("id <", query.before.map(|id| int(id.0)));
        let sql = conditions.query(DEAD_LETTER, "ORDER BY id DESC");
        self.all(&sql, &conditions.values(&limit(query.limit)), rows::dead_letter)
    }

    pub(super) fn dead_letter(&self, id: DeadLetterId) -> Result<Option<DeadLetter>, StoreError> {
        self.first(
            &format!("{DEAD_LETTER} WHERE id = ?1"),
            &[&int(id.0)],
            rows::dead_letter,
        )
    }

    pub(super) fn suppressions(&self, most: usize) -> Result<Vec<Suppression>, StoreError> {
        self.all(
            "SELECT scheme, value, why, at FROM suppression ORDER BY at DESC, scheme, value LIMIT ?1",
            &[&limit(most)],
            |row| {
                let identity = Identity {
                    scheme: row.get(0)?,
                    value: row.get(1)?,
                };
                Ok(Suppression {
                    identity,
                    why: row.get(2)?,
                    at: row.get::<_, At>(3)?.0,
                })
            },
        )
    }

    pub(super) fn decision(&self, id: DecisionId) -> Result<Option<Decision>, StoreError> {
        self.first("SELECT record FROM decision WHERE id = ?1", &[&Text(id)], |row| {
            row.get::<_, Json<Decision>>(0).map(|json| json.0)
        })
    }

    pub(super) fn decisions(&self, query: &DecisionQuery) -> Result<Vec<Decision>, StoreError> {
        let conditions = Conditions::default()
            .and("prospect =", query.prospect.map(Text))
            .and("act =", query.act.map(|a| a.word()))
            .and("at >=", query.since.map(ms));
        let sql = conditions.query(
            "SELECT record FROM decision",
            "ORDER BY at DESC, partition DESC, seq DESC, step DESC",
        );
        self.all(&sql, &conditions.values(&limit(query.limit)), |row| {
            row.get::<_, Json<Decision>>(0).map(|json| json.0)
        })
    }

    pub(super) fn prospect_list(&self, query: &ProspectQuery) -> Result<Vec<Prospect>, StoreError> {
        // A prospect whose profiles have all left for another one is nobody any more.
        let select = "SELECT state FROM prospect AS p WHERE EXISTS (SELECT 1 FROM profile AS f WHERE f.prospect = p.id";
        let order = "ORDER BY last_seen DESC, id LIMIT ?1";
        let read = |row: &rusqlite::Row<'_>| rows::prospect(row, 0);
        match &query.text {
            None => self.all(&format!("{select}) {order}"), &[&limit(query.limit)], read),
            Some(text) => {
                let pattern = format!(
                    "%{}%",
                    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
                );
                let sql = format!("{select} AND f.value LIKE ?2 ESCAPE '\\') {order}");
                self.all(&sql, &[&limit(query.limit), &pattern], read)
            }
        }
    }

    pub(super) fn everybody(&self, after: Option<ProspectId>, most: usize) -> Result<Vec<Prospect>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        self.all(
            "SELECT state FROM prospect AS p WHERE id > ?1 \
             AND EXISTS (SELECT 1 FROM profile AS f WHERE f.prospect = p.id) ORDER BY id LIMIT ?2",
            &[&after, &limit(most)],
            |row| rows::prospect(row, 0),
        )
    }

    pub(super) fn find_prospect(&self, identity: &Identity) -> Result<Option<ProspectId>, StoreError> {
        self.first(
            "SELECT prospect FROM profile WHERE id = ?1",
            &[&Text(ProfileId::of(identity))],
            |row| row.get::<_, Text<ProspectId>>(0).map(|t| t.0),
        )
    }

    pub(super) fn signals_of(&self, profiles: &[ProfileId], most: usize) -> Result<Vec<Recorded>, StoreError> {
        self.recent(&RecentAsk {
            profiles: profiles.to_vec(),
            kinds: vec!["*".into()],
            limit: most,
            ..RecentAsk::default()
        })
    }
}
