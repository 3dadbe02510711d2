CREATE TABLE b(id int, v text);
CREATE TABLE c(x int) INHERITS (b);

-- becomes

CREATE TABLE b(id int, v text, n int);
CREATE TABLE c(x int, y int) INHERITS (b);
