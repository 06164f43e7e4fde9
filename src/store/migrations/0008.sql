-- newsfold, schema 8: less to write for an article beside many. One alone in its cluster, or its story, is in no index of these.
-- Most articles are, and their ids follow from the article's (see Id::cluster and Id::story): by an exclusive or, which is
-- (a | b) - (a & b). Indexed with the others each would be written to a page of its own somewhere in a large index.
ALTER TABLE placed ADD COLUMN own_cluster INTEGER GENERATED ALWAYS AS ((id | 0x5851f42d4c957f2d) - (id & 0x5851f42d4c957f2d)) VIRTUAL;
ALTER TABLE placed ADD COLUMN own_story INTEGER GENERATED ALWAYS AS ((id | 0x4c548f53bbf2fe62) - (id & 0x4c548f53bbf2fe62)) VIRTUAL;
DROP INDEX placed_cluster;
DROP INDEX placed_story;
CREATE INDEX placed_cluster ON placed (cluster) WHERE cluster <> own_cluster;
CREATE INDEX placed_story ON placed (story, owner, cluster) WHERE story <> own_story;

DROP VIEW v_copies;
CREATE VIEW v_copies AS
SELECT printf('%016x', p.cluster) AS cluster, printf('%016x', p.id) AS article, u.name AS publisher, a.title, a.url,
  a.credit, datetime(p.seen_at / 1000, 'unixepoch') AS seen_at
FROM placed p JOIN article a ON a.seq = p.seq JOIN publisher u ON u.id = a.publisher
WHERE EXISTS (SELECT 1 FROM placed q WHERE q.cluster = p.cluster AND q.cluster <> q.own_cluster AND q.seq <> p.seq)
  OR p.cluster <> p.own_cluster AND EXISTS (SELECT 1 FROM placed q
    WHERE q.id = (p.cluster | 0x5851f42d4c957f2d) - (p.cluster & 0x5851f42d4c957f2d) AND q.cluster = p.cluster AND q.seq <> p.seq);

-- Less merging of the search index beside ingest: by small steps once a level has 64 segments. Idle moments merge before that.
-- Without the steps a level would be merged at once some day, which is hundreds of megabytes in one transaction.
INSERT INTO fts (fts, rank) VALUES ('automerge', 64);
INSERT INTO fts (fts, rank) VALUES ('crisismerge', 256);
