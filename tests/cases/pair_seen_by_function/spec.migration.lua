-- A trigger of the application that trims one column and computes another from it, before the row is written.
local function slugged(column)
  return definition "function slug()" { replaces = true, shape = "trigger",
    create = ("CREATE OR REPLACE FUNCTION slug() RETURNS trigger LANGUAGE plpgsql AS "
      .. "$$BEGIN NEW.%s := trim(NEW.%s); NEW.slug := lower(NEW.%s); RETURN NEW; END$$"):format(column, column, column) }
end
local trigger = definition "trigger slugged on posts"
  "CREATE TRIGGER slugged BEFORE INSERT OR UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION slug()"

migration "pair_seen_by_function" {
  description = "The application's trigger reads one column of a pair, whichever of the two was written",

  before = schema {
    table "posts" {
      column "id" :bigint() :primary_key(), column "title" :varchar(40), column "slug" :varchar(40), column "stars" :varchar(10),
    },
    slugged "title", trigger,
  },

  after = schema {
    table "posts" {
      column "id" :bigint() :primary_key(), column "headline" :varchar(40) :renamed_from "title", column "slug" :varchar(40),
      column "stars" :integer() :backfill "CASE WHEN stars ~ '^[0-9]+$' THEN stars::integer END",
    },
    slugged "headline", trigger,
  },
  hints = { posts = { rows = 5e6 } },
}
