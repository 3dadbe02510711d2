// Phase switch, schema: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.ts
import { migrate } from "../forgelua";

migrate("fractions", "phases/3-switch.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 2 must be done before this: Allow string in rates.code beside int", "1", {
    forgelua: "validator",
    collection: "rates",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: {
          a: { bsonType: ["double", "long", "null"] },
          code: { bsonType: ["int", "string", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("step 7 must not be done at this point: Hold rates.a to its rules: warn first", "0", {
    forgelua: "validator",
    collection: "rates",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["int", "string", "null"] } },
      },
    },
    validationLevel: "moderate",
    validationAction: "warn",
  });

  // Step 7 of 13, switch: Hold rates.a to its rules: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of rates refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("rates.a/switch/not-null-warning", "step 7 of 13: Hold rates.a to its rules: warn first", async () => {
    await m.must("step 6 has come to its end: Convert rates.code to string", "1", {
      count: "forgelua_backfill_progress",
      query: { _id: "rates.code/migrate/backfill", state: "done" },
    });
    await m.must("step 4 has come to its end: Convert rates.a to long", "1", {
      count: "forgelua_backfill_progress",
      query: { _id: "rates.a/migrate/backfill", state: "done" },
    });
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["int", "string", "null"] } },
        },
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 8 of 13, switch: Hold rates.a to its rules: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without rates.a are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("rates.a/switch/not-null", "step 8 of 13: Hold rates.a to its rules: refuse from here", async () => {
    await m.must("every document of rates matches its validator", "0", {
      count: "rates",
      query: {
        $nor: [
          {
            $jsonSchema: {
              bsonType: "object",
              properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["int", "string", "null"] } },
            },
          },
        ],
      },
    });
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["int", "string", "null"] } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });
});
