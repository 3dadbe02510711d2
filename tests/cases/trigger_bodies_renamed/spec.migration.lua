local function log_table()
  return table "log" { column "nr" :bigint() :identity() :primary_key(), column "id" :integer(), column "nm" :varchar(40) }
end

local function trigger(name, when, on, body)
  return definition("trigger " .. name .. " on " .. on) {
    create = "CREATE TRIGGER " .. name .. " " .. when .. " ON " .. on .. " FOR EACH ROW", body = body,
  }
end

migration "trigger_bodies_renamed" {
  description = "Triggers whose bodies are given apart, and a procedure: columns that they say are renamed in place, beside a second one and by a copy",
  before = schema {
    log_table(),
    table "doors" { column "id" :integer() :primary_key(), column "nm" :varchar(20) },
    table "rooms" { column "id" :integer() :primary_key(), column "nm" :varchar(20), column "slug" :varchar(20) },
    table "halls" { column "id" :integer() :primary_key(), column "nm" :varchar(20) },
    trigger("doors_au", "AFTER UPDATE", "doors", "INSERT INTO log (id, nm) VALUES (OLD.id, NEW.nm)"),
    trigger("rooms_bu", "BEFORE UPDATE", "rooms", "SET NEW.slug = LOWER(NEW.nm)"),
    definition "procedure named_rooms()" "CREATE PROCEDURE named_rooms() SELECT count(nm) FROM rooms",
    trigger("halls_au", "AFTER UPDATE", "halls", "BEGIN INSERT INTO log (id, nm) SELECT NEW.id, CONCAT(OLD.nm, '>', NEW.nm); END"),
  },
  after = schema {
    log_table(),
    table "doors" { column "door" :integer() :primary_key() :renamed_from "id", column "nm" :varchar(20) },
    table "rooms" { column "id" :integer() :primary_key(), column "name" :varchar(20) :renamed_from "nm", column "slug" :varchar(20) },
    table "halls" { column "id" :bigint() :primary_key(), column "name" :varchar(20) :renamed_from "nm" },
    trigger("doors_au", "AFTER UPDATE", "doors", "INSERT INTO log (id, nm) VALUES (OLD.door, NEW.nm)"),
    trigger("rooms_bu", "BEFORE UPDATE", "rooms", "SET NEW.slug = LOWER(NEW.name)"),
    definition "procedure named_rooms()" "CREATE PROCEDURE named_rooms() SELECT count(name) FROM rooms",
    trigger("halls_au", "AFTER UPDATE", "halls", "BEGIN INSERT INTO log (id, nm) SELECT NEW.id, CONCAT(OLD.name, '>', NEW.name); END"),
  },
}
