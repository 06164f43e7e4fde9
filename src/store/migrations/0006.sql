-- newsfold, schema 6: what filters ask for. Without these a rare publisher or language is looked for in every article.
CREATE INDEX article_publisher ON article (publisher);
CREATE INDEX article_lang ON article (lang);
-- Agencies that are seen only through those who carry them.
CREATE INDEX origin_named ON origin (publisher COLLATE NOCASE) WHERE article IS NULL;
