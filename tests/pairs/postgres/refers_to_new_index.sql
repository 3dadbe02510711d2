CREATE TABLE h (challenge varchar(40) primary key);
CREATE TABLE flow (l varchar(40) not null, cc varchar(40));
CREATE TABLE a (id int primary key, c varchar(40));
ALTER TABLE a ADD CONSTRAINT a_fk FOREIGN KEY (c) REFERENCES h(challenge) ON DELETE CASCADE;
-- becomes
CREATE TABLE h (challenge varchar(40) primary key);
CREATE TABLE flow (l varchar(40) not null, cc varchar(40));
ALTER TABLE flow ADD CONSTRAINT flow_pkey PRIMARY KEY (l);
CREATE UNIQUE INDEX flow_cc ON flow (cc);
CREATE TABLE a (id int primary key, c varchar(40));
ALTER TABLE a ADD CONSTRAINT a_fk FOREIGN KEY (c) REFERENCES flow(cc) ON DELETE CASCADE;
