CREATE TABLE a(id int primary key);

-- becomes

CREATE TABLE a(id int primary key, n int not null, e text not null unique);
