-- A trigger of the application that trims one column, computes others from it, and writes other rows of the table, before the row is
-- written; its name asks to be the last.
local function slugged(column, mark)
  return definition "function slug()" { replaces = true, shape = "trigger",
    create = ("CREATE OR REPLACE FUNCTION slug() RETURNS trigger LANGUAGE plpgsql AS "
      .. "$$BEGIN NEW.%s := trim(NEW.%s); NEW.slug := lower(NEW.%s)%s; "
      .. "IF NEW.top THEN UPDATE posts SET top = false WHERE id <> NEW.id AND top; END IF; RETURN NEW; END$$")
      :format(column, column, column, mark) }
end
local trigger = definition "trigger zz_slugged on posts"
  "CREATE TRIGGER zz_slugged BEFORE INSERT OR UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION slug()"

-- One that comes with the new schema, on a table that has had none.
local function noted()
  return definition "function noted()" { replaces = true, shape = "trigger",
    create = "CREATE OR REPLACE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.said := lower(NEW.word); RETURN NEW; END$$" },
    definition "trigger noted on notes" "CREATE TRIGGER noted BEFORE INSERT OR UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION noted()"
end

local function schema_of(list)
  for _, one in ipairs({ noted() }) do list[#list + 1] = one end
  return schema(list)
end

migration "pair_seen_by_function" {
  description = "The application's triggers read one column of a pair, or one that is filled, whichever was written",

  before = schema {
    table "posts" {
      column "id" :bigint() :primary_key(), column "title" :varchar(40), column "slug" :varchar(40), column "stars" :varchar(10),
      column "top" :boolean(),
    },
    slugged("title", ""), trigger,
    table "notes" { column "id" :bigint() :primary_key(), column "text" :varchar(40), column "said" :varchar(40) },
  },

  after = schema_of {
    table "posts" {
      column "id" :bigint() :primary_key(), column "headline" :varchar(40) :renamed_from "title", column "slug" :varchar(60),
      column "stars" :integer() :backfill "CASE WHEN stars ~ '^[0-9]+$' THEN stars::integer END",
      column "top" :boolean(), column "size" :integer() :backfill "length(title)",
    },
    slugged("headline", " || '-' || NEW.size"), trigger,
    table "notes" {
      column "id" :bigint() :primary_key(), column "word" :varchar(40) :renamed_from "text", column "said" :varchar(40),
    },
  },
  hints = { posts = { rows = 5e6 }, notes = { rows = 5e6 } },
}
