CREATE TABLE t(id int PRIMARY KEY, a text, b varchar(300), c char(5), d varchar(40), KEY kb(b(50)));

-- becomes

CREATE TABLE t(id int PRIMARY KEY, a longtext, b mediumtext, c varchar(5), d varchar(500), KEY kb(b(60)));
