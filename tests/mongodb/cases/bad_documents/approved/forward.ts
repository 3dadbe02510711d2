// Forward, every phase: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx forward.ts
// The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
// one, with the gates that runbook.md states between them.
import { migrate } from "./forgelua";

migrate("bad_documents", "forward.ts", async (m) => {
  if (await m.over({
    forgelua: "every",
    of: [
      {
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
      },
    ],
  })) return;
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Add value to readings, empty and not insisting", "0", {
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
  await m.turn("the whole plan must not be done at this point: add_column readings.value", "0", {
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
  await m.turn("no document of readings holds value yet, which `before` does not state", "0", {
    count: "readings",
    query: { value: { $exists: true } },
  });

  // Step 1 of 7, expand: Add value to readings, empty and not insisting
  //   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
  //   Way back:     yes, nothing is lost
  //   Hazards:      added column
  await m.step("readings.value/expand/add-column", "step 1 of 7: Add value to readings, empty and not insisting", async () => {
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

  // Step 4 of 7, switch: Require readings.value: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of readings refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("readings.value/switch/not-null-warning", "step 4 of 7: Require readings.value: warn first", async () => {
    await m.must("step 3 has come to its end: Backfill value of readings", "1", {
      count: "forgelua_backfill_progress",
      query: { _id: "readings.value/migrate/backfill", state: "done" },
    });
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
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 5 of 7, switch: Require readings.value: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without readings.value are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("readings.value/switch/not-null", "step 5 of 7: Require readings.value: refuse from here", async () => {
    await m.must("every document of readings matches its validator", "0", {
      count: "readings",
      query: {
        $nor: [
          {
            $jsonSchema: {
              bsonType: "object",
              required: ["value"],
              properties: { raw: { bsonType: ["string", "null"] }, value: { bsonType: "int" } },
            },
          },
        ],
      },
    });
    await m.must("no row of readings has NULL in value", "0", { count: "readings", query: { value: null } });
    await m.run({
      collMod: "readings",
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
  });

  // Step 6 of 7, contract: The contract about value of readings has been kept
  //   Why:          the validator asks for it by now
  //   Lock:         none
  //   Note:         no triggers exist: the application keeps the fields equal, or change streams do
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("readings.value/contract/stop-filling", "step 6 of 7: The contract about value of readings has been kept", async () => {
    // Nothing to run in the database.
  });

  // Step 7 of 7, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 7 of 7: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});
