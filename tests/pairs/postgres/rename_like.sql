CREATE TABLE t(id int primary key, old_name text not null);
CREATE INDEX oi ON t(old_name);

-- becomes

CREATE TABLE t(id int primary key, new_name text not null);
CREATE INDEX oi ON t(new_name);
