//! What every store must pass: one function a sentence, grouped by concern.
//!
//! A store's crate implements [`Place`] and calls [`contract_tests!`](crate::contract_tests!)
//! in a test module, which makes a test of every sentence.
#![allow(missing_docs, reason = "the names are the sentences")]

pub mod accounts;
pub mod approval;
pub mod egress;
pub mod forgetting;
pub mod intake;
pub mod log;
pub mod once;
pub mod operating;
pub mod outbox;
pub mod people;
pub mod relays;
pub mod reports;
pub mod retiring;
mod scene;
pub mod sending;
pub mod starting;

use std::sync::Arc;

use async_trait::async_trait;

use crate::Store;

/// Where a store is kept: opened, closed by dropping it, and opened again with what it held.
#[async_trait]
pub trait Place: Send + Sync {
    /// Opens the store as its daemon does. The one opened before has been dropped.
    async fn open(&self) -> Arc<dyn Store>;
}

/// Makes a test of every sentence of the contract. The argument makes a fresh [`Place`].
#[macro_export]
macro_rules! contract_tests {
    ($place:expr) => {
        $crate::contract_tests! { @all $place;
            intake::{
                a_signal_that_arrives_twice_is_stored_once,
                an_id_is_accepted_again_when_its_window_has_passed,
                ids_out_of_their_window_are_purged_and_the_others_are_not,
                an_intake_with_one_bad_signal_stores_nothing,
                cursor_and_dead_letters_are_stored_with_the_signals,
                a_signal_comes_back_as_it_was,
                places_in_a_partition_have_no_gaps_whoever_appends,
                what_was_accepted_is_there_after_opening_again,
                the_feed_hands_over_what_the_log_holds
            }
            people::{
                every_order_of_arrival_gives_the_same_people,
                an_anonymous_history_is_attached_without_moving_it,
                a_profile_with_history_leaves_through_its_old_prospects_log,
                a_shared_device_never_merges_two_known_people,
                a_signal_that_joins_nothing_leaves_its_other_identities_alone,
                what_moved_on_meanwhile_arrives_at_its_last_owner,
                actions_go_along_with_the_profile_they_are_told_in,
                what_has_too_many_links_is_not_joined_and_a_dead_letter_says_so
            }
            log::{
                a_lease_fences_all_commits_of_the_one_before,
                a_fenced_commit_writes_nothing_of_the_whole_call,
                a_commit_beyond_the_end_of_the_log_is_refused,
                what_a_commit_sends_is_appended_where_it_belongs,
                derived_entries_are_not_pending,
                a_committed_prospect_comes_back_as_it_was,
                recent_signals_are_the_latest_of_the_kinds_asked_for,
                signals_are_read_as_they_were_known_at_a_moment,
                the_log_is_read_with_what_applying_it_brought_about,
                a_prospect_with_100_000_signals_costs_no_more_than_one_with_few
            }
            starting::{
                an_attempt_starts_once,
                nothing_starts_when_an_entry_of_the_prospect_waits,
                nothing_starts_when_the_prospect_has_changed,
                nothing_starts_when_a_switch_or_a_suppression_came_in_between,
                a_teams_capacity_is_claimed_once_an_action,
                hand_overs_go_to_the_member_with_the_least_and_say_so,
                whoever_had_a_hand_over_has_it_when_it_is_tried_again,
                a_member_without_room_gets_nothing_and_no_other_in_their_place,
                an_attempt_that_was_under_way_is_found_interrupted_after_opening_again
            }
            outbox::{
                a_finished_attempt_is_told_to_the_log_once,
                what_is_rejected_can_be_queued_again_and_no_more,
                an_unknown_outcome_is_looked_up_and_settled,
                a_retry_is_due_when_it_was_said_to_be,
                a_held_action_is_not_due_until_it_is_let_go,
                an_action_under_way_cannot_be_held,
                what_a_sink_observes_is_accepted_with_its_receipt,
                due_actions_tell_what_forbids_their_address,
                what_a_sink_wants_to_remember_comes_with_the_next_action
            }
            approval::{
                a_yes_is_taken_once_from_what_waits_for_approval_only,
                a_no_ends_what_was_not_attempted_yet,
                what_was_attempted_cannot_be_refused,
                what_waits_is_found_by_story_team_age_and_page,
                what_is_held_or_queued_expires_and_the_log_is_told,
                an_answer_that_comes_too_late_is_not_taken,
                an_approved_text_lets_go_what_waited_for_it_and_no_other
            }
            sending::{
                new_people_are_counted_over_all_partitions,
                a_person_is_new_once_however_often_it_is_tried,
                a_colleague_gets_one_copy_of_a_text_whatever_starts,
                what_a_switch_stops_is_not_due_and_is_told_so_once,
                of_those_due_at_the_same_time_the_longest_decided_comes_first
            }
            reports::{
                a_summary_counts_what_was_decided_since_a_moment,
                a_summary_names_the_ten_decisions_that_were_closest,
                everybody_is_read_page_by_page_and_once,
                open_actions_are_those_queued_or_held,
                what_was_told_is_read_with_what_came_of_it_after_a_merge,
                snapshots_are_numbered_and_the_latest_comes_back
            }
            relays::{
                a_relay_takes_so_many_a_day_and_more_on_later_days,
                an_action_that_is_tried_again_takes_no_second_place,
                a_domain_is_sent_so_many_in_a_window,
                what_bounced_or_was_complained_about_is_counted_with_its_relay,
                what_is_over_for_an_address_is_over_with_the_attempt
            }
            egress::{
                what_left_is_found_by_connector_and_time_the_latest_first,
                what_left_long_ago_is_forgotten,
                how_ways_out_stand_is_known_after_opening_again,
                a_destination_that_is_known_is_marked_to_be_closed_once
            }
            accounts::{
                an_account_has_its_people_however_it_is_written,
                what_colleagues_are_told_is_known_and_ones_own_is_not_among_it,
                a_deal_with_one_is_known_to_the_others_until_it_ends,
                an_account_is_told_no_more_than_it_may_be_whoever_of_it_is
            }
            forgetting::{
                nothing_of_whom_is_forgotten_is_found_any_more,
                whoever_is_forgotten_does_not_come_back,
                the_next_user_of_a_shared_device_comes_in_as_themselves,
                others_keep_what_is_theirs,
                what_was_merged_in_is_forgotten_with_them,
                whoever_computed_from_their_state_is_fenced,
                what_waited_to_be_applied_leaves_its_place_only,
                what_names_them_without_being_theirs_goes_too,
                every_sink_is_asked_until_it_has_answered,
                a_request_is_carried_out_once
            }
            retiring::{
                what_was_kept_long_enough_goes_and_the_rest_stays,
                a_decision_goes_when_its_action_has_ended,
                whoever_was_not_seen_for_long_goes_and_may_come_back
            }
            once::{
                an_answer_is_known_by_connector_and_digest_after_opening_again,
                an_answer_is_forgotten_when_its_request_may_not_come_any_more
            }
            operating::{
                a_timer_fires_once,
                a_timer_that_is_set_again_or_cancelled_does_not_fire_as_of_old,
                the_next_due_time_is_the_earliest_of_all,
                a_switch_holds_until_it_is_taken_back,
                a_dead_letter_is_replayed_only_when_asked_and_stays_until_dropped,
                dead_letters_are_listed_by_stage_connector_and_page,
                a_letter_is_worked_off_by_an_entry_or_not_at_all,
                decisions_are_found_by_prospect_act_and_time,
                prospects_are_found_by_any_part_of_a_name
            }
        }
    };
    (@all $place:expr; $($group:ident::{ $($name:ident),* })*) => {
        $(mod $group {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                $crate::contract_tests::$group::$name(&$place).await;
            })*
        })*
    };
}
