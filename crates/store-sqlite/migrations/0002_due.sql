-- Whose standing holds for ever (253402128000, the last instant that there is) is never due. Most people
-- are such, and their standings change without this index.
DROP INDEX subject_due;
CREATE INDEX subject_due ON subject (horizon) WHERE state = 0 AND horizon < 253402128000;
