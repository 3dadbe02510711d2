CREATE TABLE requests (id uuid NOT NULL, token text, CONSTRAINT requests_pkey PRIMARY KEY (id), CONSTRAINT requests_token_key UNIQUE (token));
CREATE INDEX requests_idx ON requests (token, id);
CREATE TABLE tokens (id int PRIMARY KEY, request_id uuid CONSTRAINT tokens_fk REFERENCES requests (id));
CREATE TABLE a_very_long_name_that_fills_all_the_bytes_a_postgres_name_may_x (id int, CONSTRAINT a_very_long_name_that_fills_all_the_bytes_a_postgres_name_may_y PRIMARY KEY (id));
-- becomes
CREATE TABLE flows (id uuid NOT NULL, token text, kind text, CONSTRAINT requests_pkey PRIMARY KEY (id), CONSTRAINT requests_token_key UNIQUE (token));
CREATE INDEX requests_idx ON flows (token, id);
CREATE TABLE tokens (id int PRIMARY KEY, request_id uuid CONSTRAINT tokens_fk REFERENCES flows (id));
CREATE TABLE other (id int, CONSTRAINT a_very_long_name_that_fills_all_the_bytes_a_postgres_name_may_y PRIMARY KEY (id));
