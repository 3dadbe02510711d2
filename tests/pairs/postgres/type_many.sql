CREATE TABLE t(id int primary key, a varchar(10), b timestamp, c numeric(10,2), d json, e char(4), f int[], g bit(4), h interval, i money, j inet);

-- becomes

CREATE TABLE t(id int primary key, a text, b timestamptz, c numeric(12,3), d jsonb, e varchar(4), f bigint[], g bit varying(8), h interval day to second(3), i numeric, j cidr);
