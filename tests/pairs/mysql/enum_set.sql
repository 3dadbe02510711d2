CREATE TABLE t(id int PRIMARY KEY, e enum('a','b') NOT NULL DEFAULT 'a', s set('x','y'));

-- becomes

CREATE TABLE t(id int PRIMARY KEY, e enum('b','c','a''q') NOT NULL DEFAULT 'c', s set('x','y','z') DEFAULT 'x,z');
