CREATE TABLE o (id int PRIMARY KEY, n int);
CREATE TABLE p (id int) WITH (fillfactor=70, autovacuum_enabled=false);
CREATE INDEX o_n ON o (n) WITH (fillfactor=50, deduplicate_items=off);
-- becomes
CREATE TABLE o (id int PRIMARY KEY, n int) WITH (autovacuum_vacuum_scale_factor=0.05, autovacuum_analyze_scale_factor=0.02, autovacuum_vacuum_threshold=5000);
CREATE TABLE p (id bigint) WITH (fillfactor=70, autovacuum_enabled=false);
CREATE TABLE q (id int) WITH (fillfactor=70, autovacuum_enabled=false);
CREATE INDEX o_n ON o (n) WITH (fillfactor=50, deduplicate_items=off);
CREATE INDEX o_m ON o (id, n) WITH (fillfactor=50, deduplicate_items=off);
