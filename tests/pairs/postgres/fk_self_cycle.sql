CREATE TABLE a(id int primary key);
CREATE TABLE b(id int primary key, a_id int references a);

-- becomes

CREATE TABLE a(id int primary key, b_id int, p int references a(id) on delete set null);
CREATE TABLE b(id int primary key, a_id int references a on delete cascade deferrable initially deferred);
ALTER TABLE a ADD CONSTRAINT ab FOREIGN KEY (b_id) REFERENCES b(id) NOT VALID;
