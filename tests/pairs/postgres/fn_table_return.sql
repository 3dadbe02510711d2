CREATE FUNCTION f(a int) RETURNS TABLE(x int, y text) LANGUAGE sql AS $$ select 1, 'a' $$;

-- becomes

CREATE FUNCTION f(a int) RETURNS TABLE(x int, y text, z date) LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$ select 1, 'a', current_date $$;
