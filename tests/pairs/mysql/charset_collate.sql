CREATE TABLE t(id int PRIMARY KEY, a varchar(20), b text CHARACTER SET latin1) CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

-- becomes

CREATE TABLE t(id int PRIMARY KEY, a varchar(20) COLLATE utf8mb4_bin, b text) CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
