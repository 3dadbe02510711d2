CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
CREATE TABLE t(id int primary key, e email);

-- becomes

CREATE DOMAIN email AS text NOT NULL DEFAULT 'a@b' CONSTRAINT email_form CHECK (VALUE ~ '^.+@.+$');
CREATE TABLE t(id int primary key, e email);
