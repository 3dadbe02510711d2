// Rollback of phase expand, schema: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.rollback.ts
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/1-expand.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must be done before this: Add value to readings, empty and not insisting", "1", {
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

  // Undo step 1 of 7, expand: Add value to readings, empty and not insisting
  await m.undo("readings.value/expand/add-column", "undo step 1 of 7: Add value to readings, empty and not insisting", async () => {
    await m.run({
      collMod: "readings",
      validator: {
        $jsonSchema: { bsonType: "object", properties: { raw: { bsonType: ["string", "null"] } } },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({
      forgelua: "update",
      collection: "readings",
      q: { value: { $exists: true } },
      u: { $unset: { value: "" } },
      size: 1000,
      bypass: true,
    });
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});
