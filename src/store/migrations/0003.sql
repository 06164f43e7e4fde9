-- Search index: the body is the first column. FTS5 writes two bytes more for every word of a text in any other column,
-- which was a fifth of the index. It holds no texts, so it is filled again from theirs (see fill_search).
DROP TABLE fts;
CREATE VIRTUAL TABLE fts USING fts5 (
  body, title, content = '', contentless_delete = 1,
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
INSERT INTO fts (fts, rank) VALUES ('automerge', 8);
