// WARNING: rollback is destructive — rates data will be lost: values of rates.a that do not come back unchanged.
// WARNING: rollback is destructive — rates data will be lost: values of rates.code that int cannot hold: the way back stops at them until they are changed.
// Take a backup before applying forward.ts.
// Rollback, every phase: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx rollback.ts
// Takes back a whole forward.ts. After some of the phases only, run their .rollback.ts files, last
// phase first.
import { migrate } from "./forgelua";

migrate("fractions", "rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: alter_column rates.a", "1", {
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

  // Undo step 13 of 13, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 13 of 13: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 12 of 13, switch: Let rates.code lead
  await m.undo("rates.code/switch/lead", "undo step 12 of 13: Let rates.code lead", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 11 of 13, switch: Hold rates.code to its rules: refuse from here
  await m.undo("rates.code/switch/not-null", "undo step 11 of 13: Hold rates.code to its rules: refuse from here", async () => {
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
  });

  // Undo step 10 of 13, switch: Hold rates.code to its rules: warn first
  await m.undo("rates.code/switch/not-null-warning", "undo step 10 of 13: Hold rates.code to its rules: warn first", async () => {
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

  // Undo step 9 of 13, switch: Let rates.a lead
  await m.undo("rates.a/switch/lead", "undo step 9 of 13: Let rates.a lead", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 8 of 13, switch: Hold rates.a to its rules: refuse from here
  await m.undo("rates.a/switch/not-null", "undo step 8 of 13: Hold rates.a to its rules: refuse from here", async () => {
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
  });

  // Undo step 7 of 13, switch: Hold rates.a to its rules: warn first
  await m.undo("rates.a/switch/not-null-warning", "undo step 7 of 13: Hold rates.a to its rules: warn first", async () => {
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

  // Undo step 6 of 13, migrate: Convert rates.code to string
  //   Loses:        values of rates.code that int cannot hold: the way back stops at them until they are changed
  await m.undo("rates.code/migrate/backfill", "undo step 6 of 13: Convert rates.code to string", async () => {
    await m.run({
      forgelua: "update",
      collection: "rates",
      step: "rates.code/migrate/backfill/back",
      q: {
        $and: [
          { code: { $exists: true, $not: { $type: "int" } } },
          { $expr: { $ne: [{ $ifNull: ["$code", null] }, null] } },
        ],
      },
      u: [{ $set: { code: { $convert: { input: "$code", to: "int", onError: null, onNull: null } } } }],
      size: 100000,
      pause_ms: 1000,
    });
  });

  // Undo step 5 of 13, migrate: The applications keep both forms of rates.code
  await m.undo("rates.code/migrate/dual-write", "undo step 5 of 13: The applications keep both forms of rates.code", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 4 of 13, migrate: Convert rates.a to long
  //   Loses:        values of rates.a that do not come back unchanged
  await m.undo("rates.a/migrate/backfill", "undo step 4 of 13: Convert rates.a to long", async () => {
    await m.run({
      forgelua: "update",
      collection: "rates",
      step: "rates.a/migrate/backfill/back",
      q: {
        $and: [
          { a: { $exists: true, $not: { $type: "double" } } },
          { $expr: { $ne: [{ $ifNull: ["$a", null] }, null] } },
        ],
      },
      u: [{ $set: { a: { $convert: { input: "$a", to: "double", onError: null, onNull: null } } } }],
      size: 100000,
      pause_ms: 1000,
    });
  });

  // Undo step 3 of 13, migrate: The applications keep both forms of rates.a
  await m.undo("rates.a/migrate/dual-write", "undo step 3 of 13: The applications keep both forms of rates.a", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 2 of 13, expand: Allow string in rates.code beside int
  await m.undo("rates.code/expand/allow-both", "undo step 2 of 13: Allow string in rates.code beside int", async () => {
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

  // Undo step 1 of 13, expand: Allow long in rates.a beside double
  await m.undo("rates.a/expand/allow-both", "undo step 1 of 13: Allow long in rates.a beside double", async () => {
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["double", "null"] }, code: { bsonType: ["int", "null"] } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});
