-- newsfold, schema 1. Times are milliseconds since 1970 UTC. Ids are 64 bits, stored as signed integers:
-- printf('%016x', id) writes them as newsfold does. People and other programs read the views (v_…), whose names and
-- columns stay; the tables below them may change with any version.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- Whoever counts as one independent publisher: an owner, or a publisher that declares none.
CREATE TABLE owner (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE
);

CREATE TABLE publisher (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  owner INTEGER NOT NULL REFERENCES owner,
  domains TEXT NOT NULL DEFAULT '[]',            -- JSON list
  declared INTEGER NOT NULL DEFAULT 0            -- 1: by a [[publisher]] of the configuration
);

CREATE TABLE feed (
  seq INTEGER PRIMARY KEY,
  id INTEGER NOT NULL UNIQUE,
  declared_url TEXT NOT NULL,                    -- as in the configuration; the feed's identity
  url TEXT NOT NULL,                             -- the one requested
  declared INTEGER NOT NULL,                     -- 0: left the configuration; never due
  enabled INTEGER NOT NULL,
  mute INTEGER NOT NULL,                         -- 1: never makes a story appear by itself
  full_text INTEGER NOT NULL,                    -- 0: pages are not fetched
  kind TEXT NOT NULL,
  publisher INTEGER REFERENCES publisher,
  tags TEXT NOT NULL DEFAULT '[]',               -- JSON list
  title TEXT,
  site_url TEXT,
  state TEXT NOT NULL DEFAULT 'new',
  outcome TEXT,                                  -- of the last poll, in words
  etag TEXT,
  last_modified TEXT,
  validated_url TEXT,                            -- the URL that gave the two, after redirects
  next_poll_at INTEGER,                          -- NULL: never by itself
  last_poll_at INTEGER,
  last_success_at INTEGER,
  last_full_at INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  failing_since INTEGER,
  moved_to TEXT,
  moved_polls INTEGER NOT NULL DEFAULT 0,
  stopped INTEGER NOT NULL DEFAULT 0,            -- 1: answered 410
  identity TEXT,                                 -- JSON: how far guids can be trusted
  rhythm TEXT,                                   -- JSON: how often it publishes
  notes TEXT NOT NULL DEFAULT '[]',              -- JSON list, for people
  added_at INTEGER NOT NULL
);
CREATE INDEX feed_due ON feed (next_poll_at) WHERE declared = 1 AND enabled = 1 AND stopped = 0;

CREATE TABLE poll (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  feed INTEGER NOT NULL REFERENCES feed,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT,                                   -- JSON
  status INTEGER,
  elapsed_ms INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  new INTEGER NOT NULL,
  changed INTEGER NOT NULL
);
CREATE INDEX poll_feed ON poll (feed, seq);

-- One published text at one canonical URL. What placing needs is in `placed`, the text in `body`; all share `seq`,
-- which rises in the order of placement.
CREATE TABLE article (
  seq INTEGER PRIMARY KEY,
  url TEXT NOT NULL,                             -- canonical
  fetched_url TEXT,                              -- NULL: the same
  publisher INTEGER NOT NULL REFERENCES publisher,
  title TEXT NOT NULL,
  byline TEXT,
  dateline TEXT,
  credit TEXT,                                   -- whom it names as its source
  credit_words TEXT,                             -- in these words
  elsewhere TEXT,                                -- address on another host that the page calls canonical
  section TEXT,
  image TEXT,
  free INTEGER,
  lang TEXT,
  published_at INTEGER,                          -- as stated
  modified_at INTEGER,
  words INTEGER NOT NULL,
  quality TEXT NOT NULL,
  etag TEXT,
  last_modified TEXT,
  because TEXT,                                  -- JSON: why it is in its cluster, but for what `common` holds
  because_common INTEGER REFERENCES common,
  story_because TEXT,                            -- JSON: why its cluster is in its story
  story_common INTEGER REFERENCES common
);

-- Parts that many reasons share word for word: thresholds.
CREATE TABLE common (
  id INTEGER PRIMARY KEY,
  json TEXT NOT NULL UNIQUE
);

CREATE TABLE body (
  seq INTEGER PRIMARY KEY REFERENCES article,
  data BLOB NOT NULL                             -- first byte: 0 plain UTF-8, 1 zstd, 2 zstd with the dictionary named by the next byte
);

CREATE TABLE dictionary (
  id INTEGER PRIMARY KEY,                        -- 1–255
  data BLOB NOT NULL
);

-- Where every article stands: exactly one cluster, exactly one story.
CREATE TABLE placed (
  seq INTEGER PRIMARY KEY REFERENCES article,
  id INTEGER NOT NULL,
  cluster INTEGER NOT NULL,
  story INTEGER NOT NULL,
  owner INTEGER NOT NULL REFERENCES owner,
  seen_at INTEGER NOT NULL,
  fingerprint INTEGER NOT NULL,
  version INTEGER NOT NULL,
  mute INTEGER NOT NULL,                         -- 1: came through muted feeds only
  keep INTEGER NOT NULL DEFAULT 0                -- 1: a person marked it; retention leaves it
);
CREATE UNIQUE INDEX placed_id ON placed (id);
CREATE INDEX placed_cluster ON placed (cluster);
CREATE INDEX placed_story ON placed (story, owner, cluster);
CREATE INDEX placed_seen ON placed (seen_at);

-- What the in-memory indexes are rebuilt from; only within the window.
CREATE TABLE index_row (
  seq INTEGER PRIMARY KEY REFERENCES placed,
  copies BLOB NOT NULL,
  story BLOB NOT NULL
);

CREATE TABLE revision (
  seq INTEGER PRIMARY KEY,
  article INTEGER NOT NULL REFERENCES article,
  replaced_at INTEGER NOT NULL,
  title TEXT NOT NULL,
  fingerprint INTEGER NOT NULL,
  version INTEGER NOT NULL,
  words INTEGER NOT NULL,
  data BLOB NOT NULL                             -- as in body
);
CREATE INDEX revision_article ON revision (article);

-- Stories of two articles or more, or with a headline of their own; one article alone is listed from `placed`.
CREATE TABLE story (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  titled INTEGER NOT NULL DEFAULT 0,             -- 1: the headline was chosen, 0: the first article's
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  publishers INTEGER NOT NULL,                   -- independent ones: owners
  copies INTEGER NOT NULL,
  texts INTEGER NOT NULL,
  origin TEXT,
  lang TEXT,
  visible INTEGER NOT NULL
);
CREATE INDEX story_recent ON story (last_seen_at, publishers, copies, visible);
CREATE INDEX story_rank ON story (publishers, copies, last_seen_at);

CREATE TABLE origin (
  cluster INTEGER PRIMARY KEY,
  article INTEGER,                               -- id of an article
  publisher TEXT NOT NULL,
  confidence REAL NOT NULL,
  evidence TEXT NOT NULL,                        -- JSON list
  by_hand INTEGER NOT NULL
);

-- Clusters and stories that became part of another.
CREATE TABLE redirect (
  old INTEGER PRIMARY KEY,
  new INTEGER NOT NULL,
  kind TEXT NOT NULL                             -- "cluster" or "story"
);
CREATE INDEX redirect_new ON redirect (new);

CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  id INTEGER NOT NULL UNIQUE,
  feed INTEGER NOT NULL REFERENCES feed,
  guid_key INTEGER,                              -- hashes over feed and key
  url_key INTEGER,
  title_key INTEGER,
  content_hash INTEGER NOT NULL,
  url TEXT,                                      -- as the feed gave it; NULL where it is the article's
  published_at INTEGER,
  seen_at INTEGER NOT NULL,
  article INTEGER REFERENCES article,            -- NULL: pending, or a tombstone
  reason TEXT,                                   -- why it was settled without its page
  tombstone INTEGER                              -- when its article was pruned
);
CREATE INDEX entry_guid ON entry (guid_key) WHERE guid_key IS NOT NULL;
CREATE INDEX entry_url ON entry (url_key) WHERE url_key IS NOT NULL;
CREATE INDEX entry_title ON entry (title_key) WHERE title_key IS NOT NULL;
CREATE INDEX entry_article ON entry (article) WHERE article IS NOT NULL;
CREATE INDEX entry_feed ON entry (feed, seen_at);
CREATE INDEX entry_tombstone ON entry (tombstone) WHERE tombstone IS NOT NULL;

-- The queue: entries whose page is not settled.
CREATE TABLE pending (
  entry INTEGER PRIMARY KEY REFERENCES entry,
  id INTEGER NOT NULL,
  host TEXT NOT NULL,
  next_try_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  data BLOB NOT NULL                             -- what the feed says, JSON packed as in body
);
CREATE INDEX pending_try ON pending (next_try_at, host, id);

CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id INTEGER,
  text TEXT NOT NULL,
  data TEXT
);

CREATE TABLE decision (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject INTEGER NOT NULL,
  object INTEGER,
  void INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE boilerplate (
  publisher INTEGER NOT NULL REFERENCES publisher,
  hash INTEGER NOT NULL,
  sample TEXT NOT NULL,
  count INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  PRIMARY KEY (publisher, hash)
) WITHOUT ROWID;

CREATE TABLE background (
  term INTEGER PRIMARY KEY,
  df INTEGER NOT NULL
);

CREATE VIRTUAL TABLE fts USING fts5 (
  title, body, content = '', contentless_delete = 1,
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);

CREATE VIEW v_articles AS
SELECT printf('%016x', p.id) AS id, printf('%016x', p.cluster) AS cluster, printf('%016x', p.story) AS story,
  u.name AS publisher, o.name AS owner, a.title, a.url, a.byline, a.dateline, a.credit, a.lang, a.words, a.quality,
  datetime(a.published_at / 1000, 'unixepoch') AS published_at, datetime(p.seen_at / 1000, 'unixepoch') AS seen_at,
  printf('%016x', p.fingerprint) AS fingerprint, a.because
FROM placed p JOIN article a ON a.seq = p.seq JOIN publisher u ON u.id = a.publisher JOIN owner o ON o.id = p.owner;

CREATE VIEW v_clusters AS
SELECT printf('%016x', p.cluster) AS id, printf('%016x', MIN(p.story)) AS story, COUNT(*) AS copies,
  COUNT(DISTINCT p.owner) AS publishers, datetime(MIN(p.seen_at) / 1000, 'unixepoch') AS first_seen_at,
  g.publisher AS origin, g.confidence
FROM placed p LEFT JOIN origin g ON g.cluster = p.cluster GROUP BY p.cluster;

CREATE VIEW v_copies AS
SELECT printf('%016x', p.cluster) AS cluster, printf('%016x', p.id) AS article, u.name AS publisher, a.title, a.url,
  a.credit, datetime(p.seen_at / 1000, 'unixepoch') AS seen_at
FROM placed p JOIN article a ON a.seq = p.seq JOIN publisher u ON u.id = a.publisher
WHERE EXISTS (SELECT 1 FROM placed q WHERE q.cluster = p.cluster AND q.seq <> p.seq);

CREATE VIEW v_stories AS
SELECT printf('%016x', s.id) AS id, s.title, s.publishers, s.copies, s.texts, s.origin, s.lang,
  datetime(s.first_seen_at / 1000, 'unixepoch') AS first_seen_at, datetime(s.last_seen_at / 1000, 'unixepoch') AS last_seen_at
FROM story s
UNION ALL
SELECT printf('%016x', p.story), a.title, 1, 1, 1, g.publisher, a.lang,
  datetime(p.seen_at / 1000, 'unixepoch'), datetime(p.seen_at / 1000, 'unixepoch')
FROM placed p JOIN article a ON a.seq = p.seq LEFT JOIN origin g ON g.cluster = p.cluster
WHERE NOT EXISTS (SELECT 1 FROM story s WHERE s.id = p.story);

CREATE VIEW v_feeds AS
SELECT printf('%016x', f.id) AS id, f.declared_url AS url, f.title, u.name AS publisher, f.tags,
  CASE WHEN f.declared = 0 THEN 'removed' WHEN f.enabled = 0 THEN 'disabled' ELSE f.state END AS state, f.outcome,
  datetime(f.last_success_at / 1000, 'unixepoch') AS last_success_at, datetime(f.next_poll_at / 1000, 'unixepoch') AS next_poll_at
FROM feed f LEFT JOIN publisher u ON u.id = f.publisher;
