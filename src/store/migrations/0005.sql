-- newsfold: alerts. What a rule had to tell: each thing once, by rule and key; those without done_at wait.
CREATE TABLE alert (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  rule TEXT NOT NULL,                            -- the [[alert]]'s name
  key TEXT NOT NULL,                             -- what it is told once about: a story, a copy, a feed on a day
  at INTEGER NOT NULL,
  data TEXT NOT NULL,                            -- JSON as the receiver gets it; empty once done
  handed INTEGER NOT NULL DEFAULT 0,             -- runs that took it and whose end nobody saw
  done_at INTEGER
);
CREATE UNIQUE INDEX alert_key ON alert (rule, key);
CREATE INDEX alert_waiting ON alert (rule, seq) WHERE done_at IS NULL;
