CREATE TABLE t(id int primary key, who text);
CREATE POLICY p1 ON t USING (who = current_user);

-- becomes

CREATE TABLE t(id int primary key, who text);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
CREATE POLICY p1 ON t AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (who = current_user) WITH CHECK (who = 'x');
CREATE POLICY p2 ON t FOR SELECT USING (true);
