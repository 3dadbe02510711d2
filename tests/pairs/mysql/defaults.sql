CREATE TABLE t(id int PRIMARY KEY, a varchar(10) DEFAULT 'x', b timestamp NULL, c datetime(6), d binary(3), e blob);

-- becomes

CREATE TABLE t(id int PRIMARY KEY, a varchar(10) DEFAULT '', b timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, c datetime(6) DEFAULT CURRENT_TIMESTAMP(6), d binary(3) DEFAULT 'ab', e blob, f varchar(36) DEFAULT (uuid()), g text DEFAULT ('q'));
