CREATE TABLE t(id int PRIMARY KEY COMMENT 'x', a int) COMMENT='old';

-- becomes

CREATE TABLE t(id int PRIMARY KEY COMMENT 'it''s; "q" \\ é', a int COMMENT 'new') COMMENT='n''ew';
