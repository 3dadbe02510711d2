CREATE TABLE p (id int PRIMARY KEY, a int);
CREATE TABLE c (id int PRIMARY KEY, p_id int CONSTRAINT c_p REFERENCES p (id));

-- becomes

CREATE TABLE p (id uuid PRIMARY KEY, a int);
CREATE TABLE c (id int PRIMARY KEY, p_id uuid CONSTRAINT c_p REFERENCES p (id));
