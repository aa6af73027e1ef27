-- What waits to be sent to another region or to the hub, and when it is tried next.
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
CREATE INDEX outgoing_next ON outgoing (next, id);
CREATE INDEX outgoing_at ON outgoing (at);
CREATE INDEX outgoing_about ON outgoing (about) WHERE about IS NOT NULL;
