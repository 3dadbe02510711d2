CREATE TABLE rm (name varchar(20) PRIMARY KEY);
CREATE TABLE mv (name varchar(20) NOT NULL, version int NOT NULL, PRIMARY KEY (name, version), CONSTRAINT mv_fk FOREIGN KEY (name) REFERENCES rm (name) ON UPDATE CASCADE);
CREATE TABLE mvt (k varchar(20) NOT NULL, name varchar(20) NOT NULL, version int NOT NULL, PRIMARY KEY (k, name, version), CONSTRAINT mvt_fk FOREIGN KEY (name, version) REFERENCES mv (name, version) ON UPDATE CASCADE);
-- becomes
CREATE TABLE rm (name varchar(20) NOT NULL, workspace varchar(63) NOT NULL DEFAULT 'default', PRIMARY KEY (workspace, name));
CREATE TABLE mv (name varchar(20) NOT NULL, version int NOT NULL, workspace varchar(63) NOT NULL DEFAULT 'default', PRIMARY KEY (workspace, name, version), CONSTRAINT mv_fk FOREIGN KEY (workspace, name) REFERENCES rm (workspace, name) ON UPDATE CASCADE);
CREATE TABLE mvt (k varchar(20) NOT NULL, name varchar(20) NOT NULL, version int NOT NULL, workspace varchar(63) NOT NULL DEFAULT 'default', PRIMARY KEY (workspace, k, name, version), CONSTRAINT mvt_fk FOREIGN KEY (workspace, name, version) REFERENCES mv (workspace, name, version) ON UPDATE CASCADE);
