-- newsfold, schema 7: the keys of entries lie by feed. A poll asks for, and brings, keys of one feed: beside each other they
-- are a page or two of an index, spread over all of it they were one each.
DROP INDEX entry_guid;
DROP INDEX entry_url;
DROP INDEX entry_title;
CREATE INDEX entry_guid ON entry (feed, guid_key) WHERE guid_key IS NOT NULL;
CREATE INDEX entry_url ON entry (feed, url_key) WHERE url_key IS NOT NULL;
CREATE INDEX entry_title ON entry (feed, title_key) WHERE title_key IS NOT NULL;
-- More segments side by side before they are merged: less merging while articles come in. Idle moments merge the rest.
INSERT INTO fts (fts, rank) VALUES ('automerge', 32);
INSERT INTO fts (fts, rank) VALUES ('crisismerge', 64);
-- What a decision changed, for when it is taken back: JSON, the articles that it moved with the cluster and the story that
-- they were in, and the numbers of the decisions that it overruled. On the first of the rows that one order makes.
ALTER TABLE decision ADD COLUMN before TEXT;
