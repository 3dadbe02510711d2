CREATE TABLE p(id bigint, k text not null, PRIMARY KEY(id,k)) PARTITION BY LIST (k);
CREATE TABLE pa PARTITION OF p FOR VALUES IN ('a');
CREATE TABLE pb PARTITION OF p FOR VALUES IN ('b','c');

-- becomes

CREATE TABLE p(id bigint, k text not null, PRIMARY KEY(id,k)) PARTITION BY LIST (k);
CREATE TABLE pa PARTITION OF p FOR VALUES IN ('a');
