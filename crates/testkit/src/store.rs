//! How every engine behind [`hc_core::store::Store`] behaves: one rule, one test.
//!
//! An engine takes the whole suite with one line:
//!
//! ```ignore
//! hc_testkit::store_behaviour!(new_store);
//! ```
//!
//! `new_store` gives an empty store and whatever must live as long as it (a temporary folder, for
//! one). Every rule gets a store of its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    missing_docs,
    reason = "the name of a rule says it, and one that is broken fails its test"
)]

pub mod acts;
pub mod appeals;
pub mod consents;
pub mod evidence;
pub mod isolation;
pub mod log;
pub mod outgoing;
pub mod region;
pub mod registers;
pub mod retention;
pub mod retests;
pub mod subjects;

use hc_core::act::ActError;
use hc_core::store::{Reading, Store, Writing};

/// Runs an act to its end.
///
/// # Errors
/// What the act gives.
pub fn write<S: Store, T: Send + 'static>(
    store: &S,
    act: impl FnMut(&mut dyn Writing) -> Result<T, ActError> + Send + 'static,
) -> Result<T, ActError> {
    pollster::block_on(store.write(act))
}

/// Asks a question.
///
/// # Errors
/// What the question gives.
pub fn read<S: Store, T: Send + 'static>(
    store: &S,
    query: impl FnMut(&mut dyn Reading) -> Result<T, ActError> + Send + 'static,
) -> Result<T, ActError> {
    pollster::block_on(store.read(query))
}

/// The whole suite as tests of an engine.
#[macro_export]
macro_rules! store_behaviour {
    ($make:path) => {
        $crate::store_behaviour! { @rules $make;
            subjects::numbers_are_sequences_within_a_bucket
            subjects::numbers_are_never_given_twice
            subjects::what_is_kept_about_a_subject_is_given_back
            subjects::a_document_names_one_subject
            subjects::consents_and_grants_are_replaced_by_later_ones
            subjects::declarations_come_latest_first
            subjects::nobody_cannot_be_written_to
            subjects::a_replaced_number_hands_everything_on
            subjects::erasure_leaves_the_number_and_the_commitments
            subjects::standings_are_found_by_number_by_horizon_and_all_at_once
            evidence::evidence_is_kept_under_documents_of_nobody
            evidence::evidence_is_known_by_document_and_id
            evidence::a_dossier_unites_documents_that_are_linked
            registers::batches_and_parties_are_replaced
            registers::packs_and_proposals_are_replaced
            registers::passkeys_and_levels_are_replaced
            registers::marks_of_secrets_are_replaced
            outgoing::what_waits_goes_in_the_order_of_its_next_try
            outgoing::erasing_a_subject_takes_what_is_about_them_along
            registers::papers_are_found_by_pointer_and_by_subject
            registers::publications_and_notices_are_kept_by_their_time
            isolation::an_act_that_fails_leaves_nothing
            isolation::an_act_that_panics_leaves_nothing_and_others_go_on
            isolation::acts_do_not_overlap
            isolation::a_reading_sees_one_state
            isolation::what_was_acknowledged_is_seen
            isolation::what_waits_for_durability_is_done_once_and_before_the_answer
            log::entries_have_consecutive_sequences
            log::every_entry_is_proved_by_tiles
            log::an_act_sees_its_own_entries
            log::an_act_that_cannot_be_logged_fails
            retention::what_is_past_its_retention_goes
            retention::nothing_goes_before_its_time
            retention::what_ended_long_ago_goes
            retention::erased_log_contents_are_named_by_the_log
            appeals::appeals_are_found_by_number_by_subject_and_by_their_clock
            appeals::appeals_go_over_and_go_with_their_subject
            appeals::grants_that_last_are_handed_on
            appeals::batches_are_found_by_their_state
            consents::consents_are_found_by_when_they_end
            consents::an_application_may_act_until_its_consent_ends
            consents::a_withdrawn_number_ends_what_applications_may_do
            acts::enrolment_gives_a_level_and_is_idempotent
            acts::enrolling_again_changes_the_profile_in_the_log_and_keeps_what_is_not_said
            acts::nobody_is_enrolled_without_consent
            acts::evidence_before_enrolment_counts_at_enrolment
            acts::evidence_sent_twice_counts_once
            acts::a_symptom_declared_raises_the_level_and_is_logged
            acts::linked_documents_share_their_evidence
            acts::withdrawal_keeps_the_level_and_ends_papers
            acts::erasure_forgets_everything
            acts::export_gives_everything_and_is_logged
            retests::the_short_way_of_tests_leaves_what_the_long_way_leaves
            retests::whoever_is_not_plain_is_not_named_plainly
        }
    };
    (@rules $make:path; $($part:ident :: $rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let (store, _kept) = $make();
            $crate::store::$part::$rule(&store);
        }
    )+};
}
