// Phase migrate, rows: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.ts
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/2-backfill.ts", async (m) => {
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

  // Step 3 of 7, migrate: Backfill value of readings
  //   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      backfill, replica lag, own values
  await m.step("readings.value/migrate/backfill", "step 3 of 7: Backfill value of readings", async () => {
    await m.run({
      forgelua: "update",
      collection: "readings",
      step: "readings.value/migrate/backfill",
      q: { value: null },
      u: [{ $set: { value: { $toInt: "$raw" } } }],
      size: 100000,
      pause_ms: 1000,
    });
    await m.must("no row of readings has NULL in value", "0", { count: "readings", query: { value: null } });
  });
});
