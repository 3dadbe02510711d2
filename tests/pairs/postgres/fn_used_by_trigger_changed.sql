CREATE TABLE a(id int primary key, v text, at timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$;
CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION touch();

-- becomes

CREATE TABLE a(id int primary key, v text, at timestamptz, n int not null default 0);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := clock_timestamp(); NEW.n := OLD.n + 1; RETURN NEW; END $$;
CREATE TRIGGER t BEFORE UPDATE OF v ON a FOR EACH ROW WHEN (OLD.v IS DISTINCT FROM NEW.v) EXECUTE FUNCTION touch();
