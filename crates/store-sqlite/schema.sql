-- The whole schema, written by a test from a new store. Migrations are what counts.

CREATE TABLE appeal (
    id INTEGER PRIMARY KEY CHECK (id >= 0),
    number INTEGER NOT NULL REFERENCES subject (number),
    at INTEGER NOT NULL,
    due INTEGER NOT NULL,
    state TEXT NOT NULL,
    closed INTEGER,
    content BLOB NOT NULL
) STRICT;

CREATE INDEX appeal_closed ON appeal (closed) WHERE closed IS NOT NULL;

CREATE INDEX appeal_due ON appeal (due) WHERE closed IS NULL;

CREATE INDEX appeal_number ON appeal (number);

CREATE TABLE batch (
    source TEXT NOT NULL,
    reference TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 16),
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    rows INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (source, reference)
) STRICT, WITHOUT ROWID;

CREATE INDEX batch_at ON batch (at);

CREATE INDEX batch_state ON batch (state, at);

CREATE TABLE bucket (
    bucket INTEGER PRIMARY KEY CHECK (bucket BETWEEN 0 AND 4095),
    given INTEGER NOT NULL CHECK (given BETWEEN 0 AND 1048576)
) STRICT;

CREATE TABLE consent (
    number INTEGER NOT NULL REFERENCES subject (number),
    purpose TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (number, purpose)
) STRICT, WITHOUT ROWID;

CREATE INDEX consent_until ON consent (until);

CREATE TABLE declaration (
    number INTEGER NOT NULL REFERENCES subject (number),
    at INTEGER NOT NULL,
    serial INTEGER NOT NULL, -- declarations of one second
    content BLOB NOT NULL, words INTEGER NOT NULL DEFAULT 0 CHECK (words BETWEEN 0 AND 255),
    PRIMARY KEY (number, at, serial)
) STRICT, WITHOUT ROWID;

CREATE INDEX declaration_at ON declaration (at);

CREATE TABLE document (
    hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 16),
    number INTEGER NOT NULL REFERENCES subject (number),
    content BLOB NOT NULL
, further INTEGER NOT NULL DEFAULT 0 CHECK (further IN (0, 1))) STRICT, WITHOUT ROWID;

CREATE INDEX document_further ON document (number) WHERE further = 1;

CREATE INDEX document_number ON document (number);

CREATE TABLE evidence (
    document BLOB NOT NULL CHECK (length(document) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    known INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    content BLOB NOT NULL, plain INTEGER NOT NULL DEFAULT 0 CHECK (plain IN (0, 1)),
    PRIMARY KEY (document, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX evidence_known ON evidence (known);

CREATE TABLE guardianship (
    guardian INTEGER NOT NULL REFERENCES subject (number),
    ward INTEGER NOT NULL REFERENCES subject (number),
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (guardian, ward)
) STRICT, WITHOUT ROWID;

CREATE INDEX guardianship_until ON guardianship (until);

CREATE INDEX guardianship_ward ON guardianship (ward);

CREATE TABLE key_proof (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    content BLOB NOT NULL
) STRICT;

CREATE TABLE levels (
    at INTEGER PRIMARY KEY,
    low INTEGER NOT NULL,
    medium INTEGER NOT NULL,
    high INTEGER NOT NULL,
    unknown INTEGER NOT NULL
) STRICT;

CREATE TABLE log_entry (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 0),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    at INTEGER NOT NULL,
    number INTEGER,
    content BLOB
) STRICT;

CREATE INDEX log_entry_at ON log_entry (at) WHERE content IS NOT NULL;

CREATE INDEX log_entry_number ON log_entry (number) WHERE number IS NOT NULL;

CREATE TABLE log_tile (
    level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 7),
    position INTEGER NOT NULL CHECK (position >= 0),
    hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
    PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE migration (
             version INTEGER PRIMARY KEY,
             name TEXT NOT NULL
         ) STRICT;

CREATE TABLE notice (
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (kind, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX notice_until ON notice (until);

CREATE TABLE outgoing (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    recipient TEXT, -- division; none while it is to be found
    about BLOB CHECK (length(about) = 16), -- keyed hash of the document it is about
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    next INTEGER NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX outgoing_about ON outgoing (about) WHERE about IS NOT NULL;

CREATE INDEX outgoing_at ON outgoing (at);

CREATE INDEX outgoing_next ON outgoing (next, id);

CREATE TABLE pack (
    version INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    activated INTEGER,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE paper (
    pointer BLOB NOT NULL PRIMARY KEY CHECK (length(pointer) = 16),
    number INTEGER NOT NULL REFERENCES subject (number),
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    withdrawn INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX paper_number ON paper (number, at);

CREATE INDEX paper_until ON paper (until);

CREATE TABLE party (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE passkey (
    credential BLOB NOT NULL PRIMARY KEY CHECK (length(credential) BETWEEN 1 AND 1023),
    officer TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX passkey_officer ON passkey (officer, at);

CREATE INDEX passkey_until ON passkey (until);

CREATE TABLE profile (
    number INTEGER PRIMARY KEY REFERENCES subject (number),
    content BLOB NOT NULL
) STRICT;

CREATE TABLE proposal (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    state TEXT NOT NULL,
    by TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX proposal_state ON proposal (state, at);

CREATE INDEX proposal_until ON proposal (until);

CREATE TABLE publication (
    at INTEGER PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE recognition (
    version INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    signed BLOB NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE secret_mark (
    name TEXT PRIMARY KEY,
    mark BLOB NOT NULL CHECK (length(mark) = 16)
) STRICT, WITHOUT ROWID;

CREATE TABLE subject (
    number INTEGER PRIMARY KEY CHECK (number BETWEEN 0 AND 4294967295),
    state INTEGER NOT NULL CHECK (state IN (0, 1, 2)), -- active, withdrawn, erased
    successor INTEGER REFERENCES subject (number) CHECK ((successor IS NOT NULL) = (state = 1)),
    since INTEGER NOT NULL,
    horizon INTEGER NOT NULL,
    standing BLOB CHECK (standing IS NULL OR state = 0)
) STRICT;

CREATE INDEX subject_due ON subject (horizon) WHERE state = 0 AND horizon < 253402128000;
