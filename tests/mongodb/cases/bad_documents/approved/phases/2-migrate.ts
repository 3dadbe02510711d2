// Phase migrate, schema: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-migrate.ts
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/2-migrate.ts", async (m) => {
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

  // Step 2 of 7, migrate: The application writes value of readings from here
  //   Why:          no triggers exist; documents that are written without it would be left behind by the backfill
  //   Lock:         none
  //   Note:         no triggers exist: the application keeps the fields equal, or change streams do
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      dual write
  await m.step("readings.value/migrate/keep-filled", "step 2 of 7: The application writes value of readings from here", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy a version that writes value into every new document of readings, before the backfill.");
  });
});
