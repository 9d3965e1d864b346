//! What sales and the CRM say.

super::kinds! {
    /// The stage was changed where its master is.
    LifecycleChanged = "lifecycle.changed" {
        /// The new stage: `visitor`, `lead`, `qualified`, `accepted`, `opportunity`,
        /// `customer`, `recycled` or `disqualified`.
        to: String,
        /// Why.
        why: String,
        /// For `recycled`: until when, as RFC 3339.
        until: String,
    }

    /// A deal was opened.
    DealOpened = "deal.opened" {
        /// The deal's id in the CRM.
        deal: String,
        /// Its value, in units of `currency`.
        value: Option<f64>,
        /// ISO 4217, such as `EUR`.
        currency: String,
        /// The stage, as the CRM names it.
        stage: String,
    }

    /// A deal's value or stage was changed.
    DealChanged = "deal.changed" {
        /// The deal's id in the CRM.
        deal: String,
        /// Its value, in units of `currency`.
        value: Option<f64>,
        /// ISO 4217, such as `EUR`.
        currency: String,
        /// The stage, as the CRM names it.
        stage: String,
    }

    /// A deal was won.
    DealWon = "deal.won" {
        /// The deal's id in the CRM.
        deal: String,
        /// Its value, in units of `currency`.
        value: Option<f64>,
        /// ISO 4217, such as `EUR`.
        currency: String,
        /// The stage, as the CRM names it.
        stage: String,
    }

    /// A deal was lost.
    DealLost = "deal.lost" {
        /// The deal's id in the CRM.
        deal: String,
        /// Its value, in units of `currency`.
        value: Option<f64>,
        /// ISO 4217, such as `EUR`.
        currency: String,
        /// The stage, as the CRM names it.
        stage: String,
        /// Why, as the CRM says.
        why: String,
    }

    /// A team took a hand-over.
    HandoverAccepted = "handover.accepted" {
        /// Why, or what else.
        why: String,
        /// The persona that was handed over, as the vocabulary has it.
        role: String,
        /// Whether they have that role.
        right_role: Option<bool>,
        /// The topic that was handed over.
        concern: String,
        /// Whether it concerns them.
        right_concern: Option<bool>,
        /// Whether the moment was right.
        right_moment: Option<bool>,
        /// Who says so.
        by: String,
    }

    /// A team refused a hand-over.
    HandoverRejected = "handover.rejected" {
        /// Why.
        why: String,
        /// Not before then (RFC 3339), or not before that day.
        until: String,
        /// The persona that was handed over, as the vocabulary has it.
        role: String,
        /// Whether they have that role.
        right_role: Option<bool>,
        /// The topic that was handed over.
        concern: String,
        /// Whether it concerns them.
        right_concern: Option<bool>,
        /// Whether the moment was right.
        right_moment: Option<bool>,
        /// Who says so.
        by: String,
    }

    /// A team gave a prospect back for a while.
    HandoverRecycled = "handover.recycled" {
        /// Not before then (RFC 3339), or not before that day.
        until: String,
        /// Why.
        why: String,
        /// The persona that was handed over, as the vocabulary has it.
        role: String,
        /// Whether they have that role.
        right_role: Option<bool>,
        /// The topic that was handed over.
        concern: String,
        /// Whether it concerns them.
        right_concern: Option<bool>,
        /// Whether the moment was right.
        right_moment: Option<bool>,
        /// Who says so.
        by: String,
    }
}
