CREATE TABLE p (id int, a int, b int, CONSTRAINT p_k UNIQUE (id) INCLUDE (a));
CREATE TABLE c (id int PRIMARY KEY, p_id int CONSTRAINT c_p REFERENCES p (id));

-- becomes

CREATE TABLE p (id int, a int, b int, CONSTRAINT p_k UNIQUE (id) INCLUDE (a, b));
CREATE TABLE c (id int PRIMARY KEY, p_id int CONSTRAINT c_p REFERENCES p (id));
