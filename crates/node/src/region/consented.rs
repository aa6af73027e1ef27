//! Applications that act in people's names, as the people agreed (GB/T 38963).

use std::sync::Arc;

use hc_code::day_index::SubjectNumber;
use hc_code::signing::Signer;
use hc_code::{Span, Timestamp};
use hc_core::act::{
    self, ActError, Actor, Appeal, Appealed, ApplicationConsent, ApplicationPurpose, Enrolled,
    Enrolment, HealthDeclaration, Profile, ProfileChange,
};
use hc_core::party::{Function, Functions};
use hc_core::record::Trip;
use hc_core::store::{AppealRow, PartyKind, Reading, Store, StoreError, Writing};
use hc_tlog::entry::Role;

use super::{DeclaredRecords, Region, RegionError, apply};
use crate::applications::ApplicationTerms;
use crate::consents::{TakenBack, application_mark};
use crate::party::PartyId;
use crate::standings::Seen;
use crate::token::{SubjectToken, TokenError};

/// A person who lets an application act for them, and what it may do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActsFor {
    /// The application.
    pub application: String,
    /// What people call it; nothing where it is registered no more.
    pub name: Option<String>,
    /// What it may do.
    pub functions: Functions,
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// A token that a person hands to an application.
#[derive(Clone, Debug)]
pub struct SubjectTokenGiven {
    /// Its text.
    pub token: String,
    /// When it ends.
    pub until: Timestamp,
}

/// An application that acts for a person, by a token that was looked at: only [`Region::authority`] makes one.
#[derive(Clone, Debug)]
pub struct Authority {
    number: SubjectNumber,
    application: PartyId,
}

impl Authority {
    /// For whom.
    pub const fn number(&self) -> SubjectNumber {
        self.number
    }

    fn actor(&self) -> Actor {
        Actor {
            role: Role::Application,
            id: self.application.as_str().to_owned(),
        }
    }
}

/// Why an application may not act for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// No subject token of this region for this application.
    #[error("the token is none of this region for this application")]
    Foreign,
    /// The token of a device, which nobody but the person holds.
    #[error("the token of a device is not for applications")]
    Device,
    /// Its time is over.
    #[error("the token has ended")]
    Ended,
    /// The person agreed to other functions.
    #[error("the person did not agree to this function")]
    Function,
    /// The person took it back.
    #[error("the person took it back")]
    TakenBack,
    /// The person's number was withdrawn or erased.
    #[error("the person's number was withdrawn")]
    Withdrawn,
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Lets an application act for whoever holds a device token, and gives the token to hand over.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn consent_to_application(
        &self,
        token: &str,
        consent: ApplicationConsent,
    ) -> Result<SubjectTokenGiven, RegionError> {
        let (number, now) = self.holder(token)?;
        let agreed = consent.clone();
        self.write(move |writing, _| act::consent_to_application(writing, number, &agreed, now))
            .await?;
        Ok(self.subject_token(number, &consent, now))
    }

    /// Enrols a person, or finds the one who is enrolled, as an application proved who they are, and lets the
    /// application act for them in the same act, where they agree to that.
    ///
    /// # Errors
    /// [`RegionError`]; nothing is kept then.
    pub async fn enrol_through(
        &self,
        enrolment: Enrolment,
        consent: Option<ApplicationConsent>,
    ) -> Result<(Enrolled, Option<SubjectTokenGiven>), RegionError> {
        let now = self.clock.now();
        let hasher = self.hasher.clone();
        let standings = Arc::clone(&self.standings);
        let agreed = consent.clone();
        let enrolled = self
            .write(move |writing, rulebook| {
                let actor = Actor::subject();
                let enrolled = act::enrol(writing, rulebook, &hasher, &enrolment, &actor, now)?;
                if let Some(agreed) = &agreed {
                    act::consent_to_application(writing, enrolled.number, agreed, now)?;
                }
                apply(writing, &standings, &enrolled.changed);
                Ok(enrolled)
            })
            .await?;
        let given = consent.map(|consent| self.subject_token(enrolled.number, &consent, now));
        Ok((enrolled, given))
    }

    fn subject_token(
        &self,
        number: SubjectNumber,
        consent: &ApplicationConsent,
        now: Timestamp,
    ) -> SubjectTokenGiven {
        let application = application_mark(&consent.application);
        let until = now
            .plus(consent.lasts)
            .min(now.plus(act::LONGEST_APPLICATION_CONSENT));
        // What is agreed to in the very second in which it was taken back is agreed to after that.
        let taken = self.taken_back.at(number, application);
        let issued = taken.map_or(now, |taken| now.max(taken.plus(Span::seconds(1))));
        let token = self.tokens.seal_subject(&SubjectToken {
            number,
            application,
            functions: consent.functions,
            issued,
            until,
        });
        SubjectTokenGiven { token, until }
    }

    /// Which applications may act for whoever holds a device token.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn acting_applications(&self, token: &str) -> Result<Vec<ActsFor>, RegionError> {
        let (number, now) = self.holder(token)?;
        self.store
            .read(move |reading| {
                super::in_use(reading, number)?;
                let rows = reading.consents(number)?;
                let all = act::consented_applications(&rows, now).into_iter();
                let told = all.map(|one| {
                    let row = reading.party(PartyKind::Application, &one.application)?;
                    let terms = row.and_then(|row| ApplicationTerms::from_row(&row).ok());
                    Ok(ActsFor {
                        application: one.application,
                        name: terms.map(|terms| terms.name().to_owned()),
                        functions: one.functions,
                        at: one.at,
                        until: one.until,
                    })
                });
                told.collect::<Result<_, RegionError>>()
            })
            .await
    }

    /// Takes back at once whatever whoever holds a device token let an application do.
    ///
    /// # Errors
    /// [`ActError::NoGrant`]; [`RegionError`].
    pub async fn end_application(&self, token: &str, application: &str) -> Result<(), RegionError> {
        let (number, now) = self.holder(token)?;
        let (application, taken_back) = (application.to_owned(), Arc::clone(&self.taken_back));
        self.write(move |writing, _| {
            act::end_application_consent(writing, number, &application, now)?;
            let (mark, taken_back) = (application_mark(&application), Arc::clone(&taken_back));
            writing.when_durable(Box::new(move || {
                taken_back.tidy(now);
                taken_back.note(number, mark, now);
            }));
            Ok(())
        })
        .await
    }

    /// Whether an application may do something for the person whose token it brings. Memory alone.
    ///
    /// # Errors
    /// [`AuthorityError`]. Another application's token is as foreign as a forged one.
    pub fn authority(
        &self,
        token: &str,
        application: &PartyId,
        function: Function,
    ) -> Result<Authority, AuthorityError> {
        let now = self.clock.now();
        let opened = self.tokens.open_subject(token, now);
        let token = opened.map_err(|error| match error {
            TokenError::Ended => AuthorityError::Ended,
            TokenError::Foreign if self.tokens.open(token, now).is_ok() => AuthorityError::Device,
            TokenError::Foreign => AuthorityError::Foreign,
        })?;
        let mark = application_mark(application.as_str());
        if token.application != mark {
            return Err(AuthorityError::Foreign);
        }
        let taken = self.taken_back.at(token.number, mark);
        if taken.is_some_and(|taken| token.issued <= taken) {
            return Err(AuthorityError::TakenBack);
        }
        if self.standings.at(token.number, now) == Seen::Gone {
            return Err(AuthorityError::Withdrawn);
        }
        if !token.functions.contains(function) {
            return Err(AuthorityError::Function);
        }
        Ok(Authority {
            number: token.number,
            application: application.clone(),
        })
    }

    /// Keeps a declaration of a person for whom an application acts, and says under which numbers.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn declare_recorded(
        &self,
        authority: &Authority,
        declaration: HealthDeclaration,
    ) -> Result<DeclaredRecords, RegionError> {
        let (authority, now) = (authority.clone(), self.clock.now());
        let standings = Arc::clone(&self.standings);
        self.write(move |writing, rulebook| {
            authority.logged(writing, Function::DeclareHealth, now)?;
            let number = authority.number;
            let declared = act::declare(writing, rulebook, number, &declaration, now)?;
            apply(writing, &standings, &declared.changed);
            Ok(DeclaredRecords {
                records: declared.records,
            })
        })
        .await
    }

    /// Keeps trips of a person for whom an application acts, who says nothing anew of how they are.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn declare_trips(
        &self,
        authority: &Authority,
        trips: Vec<Trip>,
    ) -> Result<DeclaredRecords, RegionError> {
        let (authority, now) = (authority.clone(), self.clock.now());
        let standings = Arc::clone(&self.standings);
        self.write(move |writing, rulebook| {
            authority.logged(writing, Function::DeclareTrip, now)?;
            let number = authority.number;
            let declared = act::declare_trips(writing, rulebook, number, &trips, now)?;
            apply(writing, &standings, &declared.changed);
            Ok(DeclaredRecords {
                records: declared.records,
            })
        })
        .await
    }

    /// Makes an appeal of a person for whom an application acts.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn appeal_through(
        &self,
        authority: &Authority,
        appeal: Appeal,
    ) -> Result<AppealRow, RegionError> {
        let (authority, now) = (authority.clone(), self.clock.now());
        let standings = Arc::clone(&self.standings);
        self.write(move |writing, rulebook| {
            authority.logged(writing, Function::CorrectHealth, now)?;
            let number = authority.number;
            let Appealed { row, changed } = act::appeal(writing, rulebook, number, &appeal, now)?;
            apply(writing, &standings, &changed);
            Ok(row)
        })
        .await
    }

    /// Changes who a person is for whom an application acts.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn correct_profile_through(
        &self,
        authority: &Authority,
        change: ProfileChange,
    ) -> Result<Profile, RegionError> {
        let (authority, now) = (authority.clone(), self.clock.now());
        self.write(move |writing, _| {
            act::correct_profile(writing, authority.number, &change, &authority.actor(), now)
        })
        .await
    }
}

impl Authority {
    /// In an act: that the application did it.
    fn logged(
        &self,
        writing: &mut dyn Writing,
        function: Function,
        now: Timestamp,
    ) -> Result<(), ActError> {
        let by = (self.application.as_str(), function);
        act::acted_by_application(writing, self.number, by, now)
    }
}

/// Loads what was taken back in the hours that a token lives.
pub(super) fn load(
    reading: &mut dyn Reading,
    taken_back: &TakenBack,
    now: Timestamp,
) -> Result<(), StoreError> {
    // A second before, because what ends at the first instant is not handed on.
    let since = TakenBack::since(now).minus(Span::seconds(1));
    reading.each_consent_ending((since, now), &mut |number, row| {
        if let Some(ApplicationPurpose::Ended(application)) = ApplicationPurpose::read(&row.purpose)
        {
            taken_back.note(number, application_mark(&application), row.until);
        }
    })
}
