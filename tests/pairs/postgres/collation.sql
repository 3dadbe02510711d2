CREATE TABLE t(id int, a text);

-- becomes

CREATE COLLATION german (provider = icu, locale = 'de-DE');
CREATE TABLE t(id int, a text COLLATE german);
