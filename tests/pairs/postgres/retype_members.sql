CREATE EXTENSION hstore;
CREATE TABLE t (id int PRIMARY KEY, a text, b boolean NOT NULL DEFAULT false, c text COLLATE "C", d text);

-- becomes

CREATE EXTENSION hstore;
CREATE TABLE t (id int PRIMARY KEY, a jsonb, b int NOT NULL DEFAULT 0, c varchar(20) COLLATE "POSIX", d hstore DEFAULT ''::hstore,
  e jsonb GENERATED ALWAYS AS (a -> 'x') STORED);
CREATE INDEX ta ON t USING gin (a jsonb_path_ops);
CREATE INDEX tc ON t (c COLLATE "C" text_pattern_ops DESC);
CREATE INDEX td ON t USING gist (d);
