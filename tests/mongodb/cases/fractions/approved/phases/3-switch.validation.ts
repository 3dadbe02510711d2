// Validation after phases/3-switch.ts: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("fractions", "phases/3-switch.validation.ts", async (m) => {
  await m.check("step 8 is done: Hold rates.a to its rules: refuse from here", "1", {
    forgelua: "validator",
    collection: "rates",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["int", "string", "null"] } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  m.verdict();
});
