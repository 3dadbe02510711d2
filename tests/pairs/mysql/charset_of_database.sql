CREATE TABLE t (id int PRIMARY KEY, a varchar(50) CHARACTER SET latin1, b text COLLATE utf8mb4_bin, c char(3) CHARACTER SET ascii, n varchar(20) COMMENT 'it''s');
CREATE TABLE u (id int PRIMARY KEY, a varchar(50) CHARACTER SET ascii, b text, n varchar(20)) DEFAULT CHARSET=latin1;

-- becomes

CREATE TABLE t (id int PRIMARY KEY, a varchar(50) CHARACTER SET utf8mb4, b text CHARACTER SET latin1 COLLATE latin1_bin, c char(3) CHARACTER SET ascii COLLATE ascii_bin,
  n varchar(20) COMMENT 'it''s') DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
CREATE TABLE u (id int PRIMARY KEY, a varchar(50) CHARACTER SET ascii, b text, n varchar(20));
