CREATE TABLE t(id bigint NOT NULL PRIMARY KEY, a tinyint(1) NOT NULL DEFAULT 0, b int(11), c mediumint, d bit(3) DEFAULT b'101', e year, f float(7,3), g double unsigned, h decimal(10,0));

-- becomes

CREATE TABLE t(id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, a tinyint(1) NOT NULL DEFAULT 1, b int unsigned zerofill, c int, d bit(8) DEFAULT b'11', e smallint, f float, g double, h decimal(12,4) NOT NULL DEFAULT 1.5);
