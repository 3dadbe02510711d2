// Rollback, every phase: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx rollback.ts
// Takes back a whole forward.ts. After some of the phases only, run their .rollback.ts files, last
// phase first.
import { migrate } from "./forgelua";

migrate("bad_documents", "rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: add_column readings.value", "1", {
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

  // Undo step 7 of 7, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 7 of 7: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 6 of 7, contract: The contract about value of readings has been kept
  await m.undo("readings.value/contract/stop-filling", "undo step 6 of 7: The contract about value of readings has been kept", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 5 of 7, switch: Require readings.value: refuse from here
  await m.undo("readings.value/switch/not-null", "undo step 5 of 7: Require readings.value: refuse from here", async () => {
    await m.run({
      collMod: "readings",
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
  });

  // Undo step 4 of 7, switch: Require readings.value: warn first
  await m.undo("readings.value/switch/not-null-warning", "undo step 4 of 7: Require readings.value: warn first", async () => {
    await m.run({
      collMod: "readings",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { raw: { bsonType: ["string", "null"] }, value: { bsonType: ["int", "null"] } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Undo step 3 of 7, migrate: Backfill value of readings
  await m.undo("readings.value/migrate/backfill", "undo step 3 of 7: Backfill value of readings", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 2 of 7, migrate: The application writes value of readings from here
  await m.undo("readings.value/migrate/keep-filled", "undo step 2 of 7: The application writes value of readings from here", async () => {
    // Nothing to run: the steps before it take with them what it did.
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
