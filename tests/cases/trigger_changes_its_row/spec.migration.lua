local function fires(name, when, does)
  return definition(("trigger %s on notes"):format(name)) {
    create = ("CREATE TRIGGER %s AFTER %s ON notes FOR EACH ROW"):format(name, when),
    body = "BEGIN " .. does .. " END",
  }
end

local function with(notes)
  return schema {
    notes,
    fires("notes_ins", "INSERT", "UPDATE notes SET changes = changes + 10 WHERE id = NEW.parent; DELETE FROM notes WHERE id = NEW.id AND size = 0;"),
    fires("notes_upd", "UPDATE OF size",
      "UPDATE notes SET changes = changes + 1 WHERE id = NEW.id; UPDATE notes SET changes = changes + 10 WHERE id = NEW.parent;"),
    fires("notes_del", "DELETE", "INSERT INTO notes (id, parent, size, changes) SELECT OLD.id, 0, -1, 0 WHERE OLD.size = 5;"),
  }
end

migration "trigger_changes_its_row" {
  description = "Triggers of a copied table change, delete and make anew the very rows that they fire for",
  before = with(table "notes" {
    column "id" :bigint() :primary_key(), column "parent" :bigint(), column "size" :integer(), column "changes" :integer() :not_null(),
  }),
  after = with(table "notes" {
    column "id" :bigint() :primary_key(), column "parent" :bigint(), column "size" :bigint(), column "changes" :bigint() :not_null(),
  } :strategy "shadow_table"),
}
