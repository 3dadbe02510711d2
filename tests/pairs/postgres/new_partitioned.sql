CREATE TABLE z(id int);

-- becomes

CREATE TABLE z(id int);
CREATE TABLE p(id bigint not null, at date not null, v text) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p(v DEFAULT 'q') FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX ON p(v);
