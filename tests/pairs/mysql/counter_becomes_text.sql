CREATE TABLE users (id bigint unsigned NOT NULL AUTO_INCREMENT, name varchar(255) NOT NULL, PRIMARY KEY (id));

-- becomes

CREATE TABLE users (id char(36) NOT NULL, name varchar(255) NOT NULL, PRIMARY KEY (id));
