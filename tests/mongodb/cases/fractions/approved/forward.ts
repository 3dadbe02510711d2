// Forward, every phase: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx forward.ts
// The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
// one, with the gates that runbook.md states between them.
import { migrate } from "./forgelua";

migrate("fractions", "forward.ts", async (m) => {
  if (await m.over({
    forgelua: "every",
    of: [
      {
        forgelua: "validator",
        collection: "rates",
        validator: {
          $jsonSchema: {
            bsonType: "object",
            properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
          },
        },
        validationLevel: "strict",
        validationAction: "error",
      },
    ],
  })) return;
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Allow long in rates.a beside double", "0", {
    forgelua: "validator",
    collection: "rates",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: { a: { bsonType: ["double", "long", "null"] }, code: { bsonType: ["int", "null"] } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("the whole plan must not be done at this point: alter_column rates.a", "0", {
    forgelua: "validator",
    collection: "rates",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Step 1 of 13, expand: Allow long in rates.a beside double
  //   Why:          while documents are converted, both types stand in the field
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("rates.a/expand/allow-both", "step 1 of 13: Allow long in rates.a beside double", async () => {
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["double", "long", "null"] }, code: { bsonType: ["int", "null"] } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Step 2 of 13, expand: Allow string in rates.code beside int
  //   Why:          while documents are converted, both types stand in the field
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("rates.code/expand/allow-both", "step 2 of 13: Allow string in rates.code beside int", async () => {
    await m.run({
      collMod: "rates",
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
  });

  // Step 3 of 13, migrate: The applications keep both forms of rates.a
  //   Why:          what one application writes the other must find; no trigger does that here
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      dual write
  await m.step("rates.a/migrate/dual-write", "step 3 of 13: The applications keep both forms of rates.a", async () => {
    // Nothing to run in the database.
    m.say("Application: No triggers exist: deploy a version that reads rates.a as double and as long, and writes it as long.");
  });

  // Step 4 of 13, migrate: Convert rates.a to long
  //   Why:          an unknown number of rows, 100000 a batch along _id
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     loses values of rates.a that do not come back unchanged
  //   Hazards:      backfill, replica lag
  await m.step("rates.a/migrate/backfill", "step 4 of 13: Convert rates.a to long", async () => {
    await m.must("every a of rates can be held as long", "0", {
      count: "rates",
      query: {
        $and: [
          { $expr: { $ne: [{ $ifNull: ["$a", null] }, null] } },
          {
            $expr: {
              $eq: [
                {
                  $ifNull: [
                    {
                      $cond: [
                        { $eq: ["$a", { $trunc: ["$a"] }] },
                        { $convert: { input: "$a", to: "long", onError: null, onNull: null } },
                        null,
                      ],
                    },
                    null,
                  ],
                },
                null,
              ],
            },
          },
        ],
      },
    });
    await m.run({
      forgelua: "update",
      collection: "rates",
      step: "rates.a/migrate/backfill",
      q: {
        $and: [
          { a: { $exists: true, $not: { $type: "long" } } },
          { $expr: { $ne: [{ $ifNull: ["$a", null] }, null] } },
        ],
      },
      u: [
        {
          $set: {
            a: {
              $cond: [
                { $eq: ["$a", { $trunc: ["$a"] }] },
                { $convert: { input: "$a", to: "long", onError: null, onNull: null } },
                null,
              ],
            },
          },
        },
      ],
      size: 100000,
      pause_ms: 1000,
    });
    await m.must("every document holds the converted value", "0", {
      count: "rates",
      query: {
        $and: [
          { a: { $exists: true, $not: { $type: "long" } } },
          { $expr: { $ne: [{ $ifNull: ["$a", null] }, null] } },
        ],
      },
    });
  });

  // Step 5 of 13, migrate: The applications keep both forms of rates.code
  //   Why:          what one application writes the other must find; no trigger does that here
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      dual write
  await m.step("rates.code/migrate/dual-write", "step 5 of 13: The applications keep both forms of rates.code", async () => {
    // Nothing to run in the database.
    m.say("Application: No triggers exist: deploy a version that reads rates.code as int and as string, and writes it as string.");
  });

  // Step 6 of 13, migrate: Convert rates.code to string
  //   Why:          an unknown number of rows, 100000 a batch along _id
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     loses values of rates.code that int cannot hold: the way back stops at them until they are changed
  //   Hazards:      backfill, replica lag
  await m.step("rates.code/migrate/backfill", "step 6 of 13: Convert rates.code to string", async () => {
    await m.run({
      forgelua: "update",
      collection: "rates",
      step: "rates.code/migrate/backfill",
      q: {
        $and: [
          { code: { $exists: true, $not: { $type: "string" } } },
          { $expr: { $ne: [{ $ifNull: ["$code", null] }, null] } },
        ],
      },
      u: [{ $set: { code: { $convert: { input: "$code", to: "string", onError: null, onNull: null } } } }],
      size: 100000,
      pause_ms: 1000,
    });
    await m.must("every document holds the converted value", "0", {
      count: "rates",
      query: {
        $and: [
          { code: { $exists: true, $not: { $type: "string" } } },
          { $expr: { $ne: [{ $ifNull: ["$code", null] }, null] } },
        ],
      },
    });
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

  // Step 9 of 13, switch: Let rates.a lead
  //   Why:          every document has it in its new form
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new works; the old type is refused from here
  //   Way back:     yes, nothing is lost
  await m.step("rates.a/switch/lead", "step 9 of 13: Let rates.a lead", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy the application that uses rates.a as the new schema has it.");
  });

  // Step 10 of 13, switch: Hold rates.code to its rules: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of rates refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("rates.code/switch/not-null-warning", "step 10 of 13: Hold rates.code to its rules: warn first", async () => {
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
        },
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 11 of 13, switch: Hold rates.code to its rules: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without rates.code are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("rates.code/switch/not-null", "step 11 of 13: Hold rates.code to its rules: refuse from here", async () => {
    await m.must("every document of rates matches its validator", "0", {
      count: "rates",
      query: {
        $nor: [
          {
            $jsonSchema: {
              bsonType: "object",
              properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
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
          properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Step 12 of 13, switch: Let rates.code lead
  //   Why:          every document has it in its new form
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new works; the old type is refused from here
  //   Way back:     yes, nothing is lost
  await m.step("rates.code/switch/lead", "step 12 of 13: Let rates.code lead", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy the application that uses rates.code as the new schema has it.");
  });

  // Step 13 of 13, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 13 of 13: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});
