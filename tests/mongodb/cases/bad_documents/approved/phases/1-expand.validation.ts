// Validation after phases/1-expand.ts: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/1-expand.validation.ts", async (m) => {
  await m.check("step 1 is done: Add value to readings, empty and not insisting", "1", {
    forgelua: "validator",
    collection: "readings",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: { raw: { bsonType: ["string", "null"] }, value: { bsonType: ["int", "null"] } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  m.verdict();
});
