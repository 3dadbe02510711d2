// Validation once every step has run: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "./forgelua";

migrate("bad_documents", "validation.ts", async (m) => {
  await m.check("add_column readings.value", "1", {
    forgelua: "validator",
    collection: "readings",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["value"],
        properties: { raw: { bsonType: ["string", "null"] }, value: { bsonType: "int" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.check("readings.value is filled in every row", "0", { count: "readings", query: { value: null } });
  m.verdict();
});
