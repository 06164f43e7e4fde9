-- newsfold, schema 2: pages to look at again, and what robots.txt said.

-- Articles whose page is asked for again, until their last look.
CREATE TABLE recheck (
  seq INTEGER PRIMARY KEY REFERENCES article,
  fetched_at INTEGER NOT NULL,                   -- for the first time
  next_at INTEGER NOT NULL
);
CREATE INDEX recheck_next ON recheck (next_at);

ALTER TABLE article ADD COLUMN gone_at INTEGER;  -- since when its page answers 404 or 410; NULL: it does not, as far as known

-- The rules of each origin's robots.txt that concern newsfold, as a small robots.txt.
CREATE TABLE robots (
  origin TEXT PRIMARY KEY,
  agent TEXT NOT NULL,                           -- the name they were read for
  fetched_at INTEGER NOT NULL,
  rules TEXT NOT NULL,
  etag TEXT,
  last_modified TEXT
);
CREATE INDEX robots_fetched ON robots (fetched_at);
