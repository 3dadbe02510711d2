CREATE TABLE p (id int NOT NULL PRIMARY KEY, k varchar(20) NOT NULL, j varchar(20) NOT NULL, UNIQUE KEY u (k), UNIQUE KEY w (j));
-- becomes
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY, k varchar(20) CHARACTER SET ascii NOT NULL, j varchar(20) COLLATE utf8mb4_bin NOT NULL, UNIQUE KEY u (k), UNIQUE KEY w (j));
CREATE TABLE c (a bigint, b varchar(20) CHARACTER SET ascii, d varchar(20) COLLATE utf8mb4_bin, CONSTRAINT f1 FOREIGN KEY (a) REFERENCES p (id), CONSTRAINT f2 FOREIGN KEY (b) REFERENCES p (k), CONSTRAINT f3 FOREIGN KEY (d) REFERENCES p (j));
