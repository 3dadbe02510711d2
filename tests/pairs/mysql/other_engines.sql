CREATE TABLE posts (id int unsigned NOT NULL AUTO_INCREMENT, at datetime NOT NULL, title text NOT NULL, body longtext, state varchar(20) NOT NULL DEFAULT 'new',
  PRIMARY KEY (id), KEY state (state, at), FULLTEXT KEY words (body)) ENGINE=MyISAM DEFAULT CHARSET=latin1;
CREATE TABLE stays (id int PRIMARY KEY, a int, b varchar(20), c int, KEY a (a)) ENGINE=MyISAM;
CREATE TABLE fast (a int) ENGINE=MEMORY;

-- becomes

CREATE TABLE posts (id int unsigned NOT NULL AUTO_INCREMENT, at datetime NOT NULL, title text NOT NULL, body longtext, state varchar(20) NOT NULL DEFAULT 'new',
  pass varchar(255) NOT NULL DEFAULT '', PRIMARY KEY (id), KEY state (state, at), KEY title (title(100)), FULLTEXT KEY words (body))
  ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE stays (id int PRIMARY KEY, a bigint DEFAULT 4, b varchar(40) NOT NULL DEFAULT '', d int, KEY ab (a, b), UNIQUE KEY d (d), FULLTEXT KEY b (b)) ENGINE=MyISAM;
CREATE TABLE fast (a int, b int, KEY (a)) ENGINE=InnoDB;
