CREATE TABLE t(id int primary key);
CREATE PROCEDURE p(a int) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t WHERE id = a; COMMIT; END $$;

-- becomes

CREATE TABLE t(id int primary key);
CREATE PROCEDURE p(a int, INOUT n int) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t WHERE id = a; n := 1; END $$;
COMMENT ON PROCEDURE p(int,int) IS 'removes';
