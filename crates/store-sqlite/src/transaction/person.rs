//! What is kept under a subject's number: documents, declarations, consents, guardians.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_core::standing::Standing;
use hc_core::store::{
    ConsentRow, DeclarationRow, DocumentHash, DocumentRow, GrantRow, Named, StoreError,
    SubjectState,
};
use rusqlite::params;
use smallvec::smallvec;

use super::Transaction;
use super::people::standing;
use crate::{brief, failure};

const DOCUMENT: &str = "document";
const DECLARATION: &str = "declaration";
const CONSENT: &str = "consent";
const GUARDIANSHIP: &str = "guardianship";

impl Transaction<'_> {
    pub(super) fn number_of(
        &self,
        document: DocumentHash,
    ) -> Result<Option<SubjectNumber>, StoreError> {
        let sql = "SELECT number FROM document WHERE hash = ?1";
        self.one(DOCUMENT, sql, [document.as_bytes()], |cells| {
            cells.number(0)
        })
    }

    pub(super) fn named_by(&self, document: DocumentHash) -> Result<Option<Named>, StoreError> {
        let sql = "SELECT own.number, subject.standing, each.hash
                   FROM document AS own
                   CROSS JOIN subject ON subject.number = own.number
                   CROSS JOIN document AS each ON each.number = own.number
                   WHERE own.hash = ?1 ORDER BY each.hash";
        let mut found: Option<Named> = None;
        self.each(DOCUMENT, sql, [document.as_bytes()], |cells| {
            let hash = DocumentHash::from_bytes(cells.array(2)?);
            if let Some(named) = &mut found {
                named.documents.push(hash);
                return Ok(());
            }
            found = Some(Named {
                number: cells.number(0)?,
                documents: smallvec![hash],
                standing: standing(cells, 1)?,
            });
            Ok(())
        })?;
        Ok(found)
    }

    pub(super) fn plainly_named_by(
        &self,
        document: DocumentHash,
        before: Timestamp,
    ) -> Result<Option<(SubjectNumber, Standing)>, StoreError> {
        let sql = "SELECT own.number, subject.standing
                   FROM document AS own
                   CROSS JOIN subject ON subject.number = own.number
                   WHERE own.hash = ?1 AND own.further = 0 AND subject.state = 0
                     AND NOT EXISTS (SELECT 1 FROM document INDEXED BY document_further
                                     WHERE number = own.number AND further = 1)
                     AND NOT EXISTS (SELECT 1 FROM evidence
                                     WHERE document = ?1 AND (plain = 0 OR known >= ?2))";
        let values = params![document.as_bytes(), before.unix()];
        let found = self.one(DOCUMENT, sql, values, |cells| {
            Ok((cells.number(0)?, standing(cells, 1)?))
        })?;
        Ok(found.and_then(|(number, standing)| Some((number, standing?))))
    }

    /// Reads the rows that an act about a document reads, and nothing of them.
    pub(crate) fn look_at(&self, document: DocumentHash) -> Result<(), StoreError> {
        let named = "SELECT subject.state FROM document AS own
                     CROSS JOIN subject ON subject.number = own.number WHERE own.hash = ?1";
        let kept = "SELECT 1 FROM evidence WHERE document = ?1 LIMIT 1";
        for sql in [named, kept] {
            self.one(DOCUMENT, sql, [document.as_bytes()], |_| Ok(()))?;
        }
        Ok(())
    }

    pub(super) fn hashes_of(&self, number: SubjectNumber) -> Result<Vec<DocumentHash>, StoreError> {
        let sql = "SELECT hash FROM document WHERE number = ?1 ORDER BY hash";
        self.all(DOCUMENT, sql, [number.expose_number()], |cells| {
            Ok(DocumentHash::from_bytes(cells.array(0)?))
        })
    }

    pub(super) fn hashes_above(
        &self,
        after: Option<DocumentHash>,
        limit: u32,
    ) -> Result<Vec<DocumentHash>, StoreError> {
        // Nothing is less than no bytes.
        let sql = "SELECT hash FROM document WHERE hash > ?1 ORDER BY hash LIMIT ?2";
        let after = after.as_ref().map_or(&[][..], |after| after.as_bytes());
        self.all(DOCUMENT, sql, params![after, limit], |cells| {
            Ok(DocumentHash::from_bytes(cells.array(0)?))
        })
    }

    pub(super) fn documents_of(
        &self,
        number: SubjectNumber,
    ) -> Result<Vec<DocumentRow>, StoreError> {
        let sql = "SELECT hash, content FROM document WHERE number = ?1 ORDER BY hash";
        self.all(DOCUMENT, sql, [number.expose_number()], |cells| {
            let hash = cells.array(0)?;
            Ok(DocumentRow {
                hash: DocumentHash::from_bytes(hash),
                content: self.open(DOCUMENT, &hash, &cells.get::<Vec<u8>>(1)?)?,
            })
        })
    }

    pub(super) fn put_document(
        &mut self,
        number: SubjectNumber,
        document: DocumentHash,
        content: &[u8],
    ) -> Result<(), StoreError> {
        self.in_use(number)?;
        let named = self.number_of(document)?.filter(|named| *named != number);
        if let Some(other) = named
            && self.state_of(other)? == Some(SubjectState::Active)
        {
            return Err(failure::refused("the document names another subject"));
        }
        let sealed = self.seal(DOCUMENT, document.as_bytes(), content)?;
        let sql = "INSERT INTO document (hash, number, content, further)
                   VALUES (?1, ?2, ?3, EXISTS (SELECT 1 FROM document WHERE number = ?2 AND hash <> ?1))
                   ON CONFLICT DO UPDATE SET number = excluded.number, content = excluded.content,
                                             further = excluded.further";
        let values = params![document.as_bytes(), number.expose_number(), sealed];
        self.change(DOCUMENT, sql, values)?;
        Ok(())
    }

    pub(super) fn declarations_of(
        &self,
        number: SubjectNumber,
        limit: u32,
    ) -> Result<Vec<DeclarationRow>, StoreError> {
        let sql = "SELECT at, serial, content, words FROM declaration WHERE number = ?1
                   ORDER BY at DESC, serial DESC LIMIT ?2";
        let number = number.expose_number();
        self.all(DECLARATION, sql, [number, limit], |cells| {
            let key = declaration_key(number, cells.get(0)?, cells.whole(1)?);
            let kept = self.open(DECLARATION, &key, &cells.get::<Vec<u8>>(2)?)?;
            let content = brief::whole(cells.get(3)?, kept);
            Ok(DeclarationRow {
                at: cells.time(0)?,
                content: content.map_err(|error| failure::damaged(DECLARATION, &error))?,
            })
        })
    }

    pub(super) fn put_declaration(
        &mut self,
        number: SubjectNumber,
        row: &DeclarationRow,
    ) -> Result<(), StoreError> {
        self.in_use(number)?;
        self.add_to_declarations(number.expose_number(), row.at.unix(), &row.content)
    }

    fn add_to_declarations(
        &mut self,
        number: u32,
        at: i64,
        content: &[u8],
    ) -> Result<(), StoreError> {
        let sql = "SELECT coalesce(max(serial) + 1, 0) FROM declaration
                   WHERE number = ?1 AND at = ?2";
        let serial: Option<u32> = self.one(DECLARATION, sql, params![number, at], |cells| {
            cells.whole(0)
        })?;
        let serial = serial.unwrap_or(0);
        let key = declaration_key(number, at, serial);
        let (words, kept) = brief::brief(content);
        let sealed = self.seal(DECLARATION, &key, &kept)?;
        let sql = "INSERT INTO declaration (number, at, serial, content, words)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        self.change(DECLARATION, sql, params![number, at, serial, sealed, words])?;
        Ok(())
    }

    /// Each is sealed anew, because its number is part of its place.
    pub(super) fn move_declarations(&mut self, from: u32, to: u32) -> Result<(), StoreError> {
        let mut kept = self.declarations_of(SubjectNumber::new(from), u32::MAX)?;
        kept.reverse();
        for row in kept {
            self.add_to_declarations(to, row.at.unix(), &row.content)?;
        }
        let sql = "DELETE FROM declaration WHERE number = ?1";
        self.change(DECLARATION, sql, [from])?;
        Ok(())
    }

    pub(super) fn consents_of(&self, number: SubjectNumber) -> Result<Vec<ConsentRow>, StoreError> {
        let sql = "SELECT purpose, version, at, until FROM consent WHERE number = ?1
                   ORDER BY at, purpose";
        self.all(CONSENT, sql, [number.expose_number()], |cells| {
            Ok(ConsentRow {
                purpose: cells.get(0)?,
                version: cells.whole(1)?,
                at: cells.time(2)?,
                until: cells.time(3)?,
            })
        })
    }

    pub(super) fn consents_ending(
        &self,
        (after, last): (Timestamp, Timestamp),
        then: &mut dyn FnMut(SubjectNumber, ConsentRow),
    ) -> Result<(), StoreError> {
        let sql = "SELECT number, purpose, version, at, until FROM consent
                   WHERE until > ?1 AND until <= ?2";
        self.each(CONSENT, sql, [after.unix(), last.unix()], |cells| {
            let row = ConsentRow {
                purpose: cells.get(1)?,
                version: cells.whole(2)?,
                at: cells.time(3)?,
                until: cells.time(4)?,
            };
            then(cells.number(0)?, row);
            Ok(())
        })
    }

    pub(super) fn put_consent(
        &mut self,
        number: SubjectNumber,
        row: &ConsentRow,
    ) -> Result<(), StoreError> {
        self.in_use(number)?;
        let sql = "INSERT INTO consent (number, purpose, version, at, until)
                   VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT DO UPDATE SET version = excluded.version, at = excluded.at,
                                             until = excluded.until";
        let values = params![
            number.expose_number(),
            row.purpose,
            row.version,
            row.at.unix(),
            row.until.unix()
        ];
        self.change(CONSENT, sql, values)?;
        Ok(())
    }

    pub(super) fn grants_of(&self, number: SubjectNumber) -> Result<Vec<GrantRow>, StoreError> {
        let sql = "SELECT guardian, ward, at, until FROM guardianship
                   WHERE guardian = ?1 OR ward = ?1 ORDER BY at, guardian, ward";
        self.all(GUARDIANSHIP, sql, [number.expose_number()], |cells| {
            Ok(GrantRow {
                guardian: cells.number(0)?,
                ward: cells.number(1)?,
                at: cells.time(2)?,
                until: cells.time(3)?,
            })
        })
    }

    pub(super) fn grants_after(
        &self,
        after: Timestamp,
        then: &mut dyn FnMut(GrantRow),
    ) -> Result<(), StoreError> {
        let sql = "SELECT guardian, ward, at, until FROM guardianship WHERE until > ?1";
        self.each(GUARDIANSHIP, sql, [after.unix()], |cells| {
            then(GrantRow {
                guardian: cells.number(0)?,
                ward: cells.number(1)?,
                at: cells.time(2)?,
                until: cells.time(3)?,
            });
            Ok(())
        })
    }

    pub(super) fn put_grant(&mut self, row: &GrantRow) -> Result<(), StoreError> {
        self.in_use(row.guardian)?;
        self.in_use(row.ward)?;
        let sql = "INSERT INTO guardianship (guardian, ward, at, until) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO UPDATE SET at = excluded.at, until = excluded.until";
        let values = params![
            row.guardian.expose_number(),
            row.ward.expose_number(),
            row.at.unix(),
            row.until.unix()
        ];
        self.change(GUARDIANSHIP, sql, values)?;
        Ok(())
    }
}

fn declaration_key(number: u32, at: i64, serial: u32) -> Vec<u8> {
    let (number, serial) = (number.to_be_bytes(), serial.to_be_bytes());
    [&number[..], &at.to_be_bytes()[..], &serial[..]].concat()
}
