// Validation after phases/3-switch.ts: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("rename_field", "phases/3-switch.validation.ts", async (m) => {
  await m.check("step 7 is done: Require people.full_name: refuse from here", "1", {
    forgelua: "validator",
    collection: "people",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["full_name"],
        properties: {
          born: { bsonType: ["int", "null"] },
          full_name: { bsonType: "string" },
          name: { bsonType: ["string", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  m.verdict();
});
