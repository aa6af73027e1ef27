-- Passkeys of officers, by the id that their authenticator gave.
CREATE TABLE passkey (
    credential BLOB NOT NULL PRIMARY KEY CHECK (length(credential) BETWEEN 1 AND 1023),
    officer TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_officer ON passkey (officer, at);
CREATE INDEX passkey_until ON passkey (until);

-- How many people were at which level, some times an hour: numbers, nobody's.
CREATE TABLE levels (
    at INTEGER PRIMARY KEY,
    low INTEGER NOT NULL,
    medium INTEGER NOT NULL,
    high INTEGER NOT NULL,
    unknown INTEGER NOT NULL
) STRICT;
