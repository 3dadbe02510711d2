CREATE TABLE users (id int NOT NULL PRIMARY KEY);
CREATE TABLE pages (id int NOT NULL PRIMARY KEY, user_id int NOT NULL, rank_of int, KEY pages_user (user_id), CONSTRAINT pages_user_fk FOREIGN KEY (user_id) REFERENCES users (id));
CREATE TABLE comments (id int NOT NULL PRIMARY KEY, page_id int NOT NULL, KEY comments_page (page_id), CONSTRAINT comments_page_fk FOREIGN KEY (page_id) REFERENCES pages (id));
-- becomes
CREATE TABLE users (id int NOT NULL PRIMARY KEY);
CREATE TABLE revisions (id int NOT NULL PRIMARY KEY, user_id int NOT NULL, body text, KEY pages_user (user_id), CONSTRAINT pages_user_fk FOREIGN KEY (user_id) REFERENCES users (id));
CREATE TABLE comments (id int NOT NULL PRIMARY KEY, page_id int NOT NULL, KEY comments_page (page_id), CONSTRAINT comments_page_fk FOREIGN KEY (page_id) REFERENCES revisions (id));
