-- Recognition policies that two officers have published: what gates hold, and the file it was made from.
CREATE TABLE recognition (
    version INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    signed BLOB NOT NULL,
    text TEXT NOT NULL
) STRICT;
