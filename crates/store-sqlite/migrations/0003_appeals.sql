-- Appeals: somebody says that a piece of evidence or a reason is wrong. The id is the sequence of the log
-- entry that says so.
CREATE TABLE appeal (
    id INTEGER PRIMARY KEY CHECK (id >= 0),
    number INTEGER NOT NULL REFERENCES subject (number),
    at INTEGER NOT NULL,
    due INTEGER NOT NULL,
    state TEXT NOT NULL,
    closed INTEGER,
    content BLOB NOT NULL
) STRICT;
CREATE INDEX appeal_number ON appeal (number);
CREATE INDEX appeal_due ON appeal (due) WHERE closed IS NULL;
CREATE INDEX appeal_closed ON appeal (closed) WHERE closed IS NOT NULL;

-- Batches that wait are looked through when somebody is erased.
CREATE INDEX batch_state ON batch (state, at);
