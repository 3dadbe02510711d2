// Rollback of phase migrate, rows: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.rollback.ts
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/2-backfill.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 4 must not be done at this point: Require readings.value: warn first", "0", {
    forgelua: "validator",
    collection: "readings",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["value"],
        properties: { raw: { bsonType: ["string", "null"] }, value: { bsonType: "int" } },
      },
    },
    validationLevel: "moderate",
    validationAction: "warn",
  });

  // Undo step 3 of 7, migrate: Backfill value of readings
  await m.undo("readings.value/migrate/backfill", "undo step 3 of 7: Backfill value of readings", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});
