// Validation once every step has run: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "./forgelua";

migrate("rename_field", "validation.ts", async (m) => {
  await m.check("rename_column people.full_name", "1", {
    forgelua: "validator",
    collection: "people",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["full_name"],
        properties: { born: { bsonType: ["int", "null"] }, full_name: { bsonType: "string" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.check("rename_index full_name_1", "1", {
    forgelua: "has",
    command: { listIndexes: "people" },
    where: { key: { full_name: 1 }, name: "full_name_1" },
  });
  await m.check("people.full_name is filled in every row", "0", {
    count: "people",
    query: { full_name: null },
  });
  m.verdict();
});
