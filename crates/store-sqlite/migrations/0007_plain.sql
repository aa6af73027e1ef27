-- What tells the commonest people from all others: who has one document, of whom nothing but plain evidence is
-- kept. What was kept before is not known to be plain, and is opened and decided as ever.
ALTER TABLE evidence ADD COLUMN plain INTEGER NOT NULL DEFAULT 0 CHECK (plain IN (0, 1));
-- 1 where the subject had a document already.
ALTER TABLE document ADD COLUMN further INTEGER NOT NULL DEFAULT 0 CHECK (further IN (0, 1));
UPDATE document SET further = 1
WHERE EXISTS (SELECT 1 FROM document AS other WHERE other.number = document.number AND other.hash < document.hash);
CREATE INDEX document_further ON document (number) WHERE further = 1;
