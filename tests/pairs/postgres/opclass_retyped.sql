CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE INDEX t_a ON t (a text_pattern_ops);

-- becomes

CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE INDEX t_a ON t (a);
