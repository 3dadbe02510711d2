// Phase switch, schema: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.ts
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/3-switch.ts", async (m) => {
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
});
