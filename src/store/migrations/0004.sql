-- newsfold, schema 4: what a start restores, it need not weigh again.

-- Which of its terms find a text in the index of stories: a byte for each, its place among the terms. NULL: the index does
-- not hold it (it is a copy of another); empty: to be weighed at the next start, as the first texts of all clusters are that
-- an earlier version stored.
ALTER TABLE index_row ADD COLUMN keys BLOB;
UPDATE index_row SET keys = x'' WHERE seq IN (SELECT MIN(seq) FROM placed GROUP BY cluster);

-- How common terms are, packed, as counted over the texts placed up to and with the number `through`. One row, or none.
DROP TABLE background;
CREATE TABLE background (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  through INTEGER NOT NULL,
  data BLOB NOT NULL
);
