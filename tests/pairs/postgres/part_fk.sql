CREATE TABLE a(id int primary key);
CREATE TABLE p(id bigint not null, at date not null, a_id int) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- becomes

CREATE TABLE a(id int primary key);
CREATE TABLE p(id bigint not null, at date not null, a_id int REFERENCES a(id), CHECK (id > 0)) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
