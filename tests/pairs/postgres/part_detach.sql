CREATE TABLE p(id bigint not null, at date not null) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- becomes

CREATE TABLE p(id bigint not null, at date not null) PARTITION BY RANGE (at);
CREATE TABLE p1(id bigint not null, at date not null);
