-- What tells a secret of the region from another one, by the secret's name; the secret is not told.
CREATE TABLE secret_mark (
    name TEXT PRIMARY KEY,
    mark BLOB NOT NULL CHECK (length(mark) = 16)
) STRICT, WITHOUT ROWID;
