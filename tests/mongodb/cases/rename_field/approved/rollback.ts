// WARNING: rollback is destructive — people.name data will be lost: rows written without name get "" there on the way back.
// Take a backup before applying forward.ts.
// Rollback, every phase: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx rollback.ts
// Takes back a whole forward.ts. After some of the phases only, run their .rollback.ts files, last
// phase first.
import { migrate } from "./forgelua";

migrate("rename_field", "rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 11 must be done before this: Drop the old field name of people", "1", {
    forgelua: "validator",
    collection: "people",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["full_name"],
        properties: { born: { bsonType: ["int", "null"] }, full_name: { bsonType: "string" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("the whole plan must be done before this: rename_column people.full_name", "1", {
    forgelua: "validator",
    collection: "people",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["full_name"],
        properties: { born: { bsonType: ["int", "null"] }, full_name: { bsonType: "string" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Undo step 12 of 12, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 12 of 12: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 11 of 12, contract: Drop the old field name of people
  await m.undo("people.full_name/contract/drop-old", "undo step 11 of 12: Drop the old field name of people", async () => {
    await m.run({
      collMod: "people",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["full_name"],
          properties: {
            born: { bsonType: ["int", "null"] },
            full_name: { bsonType: "string" },
            name: { bsonType: ["string", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Undo step 10 of 12, contract: From here the way back fills name of people again
  await m.undo("people.full_name/contract/point-of-return", "undo step 10 of 12: From here the way back fills name of people again", async () => {
    await m.run({
      forgelua: "update",
      collection: "people",
      step: "people.full_name/contract/point-of-return/back",
      q: {
        $or: [
          {
            $and: [
              { $expr: { $ne: [{ $ifNull: ["$full_name", null] }, null] } },
              { $expr: { $ne: [{ $ifNull: ["$name", null] }, { $ifNull: ["$full_name", null] }] } },
            ],
          },
          { full_name: { $exists: true }, name: { $exists: false } },
        ],
      },
      u: [{ $set: { name: "$full_name" } }],
      size: 100000,
      pause_ms: 1000,
    });
  });

  // Undo step 9 of 12, switch: Rename the index name_1 to full_name_1
  await m.undo("people.full_name_1/switch/rename", "undo step 9 of 12: Rename the index name_1 to full_name_1", async () => {
    await m.run({ dropIndexes: "people", index: "full_name_1" });
    await m.run({ createIndexes: "people", indexes: [{ key: { name: 1 }, name: "name_1" }] });
  });

  // Undo step 8 of 12, switch: Let people.full_name lead
  await m.undo("people.full_name/switch/lead", "undo step 8 of 12: Let people.full_name lead", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 7 of 12, switch: Require people.full_name: refuse from here
  await m.undo("people.full_name/switch/not-null", "undo step 7 of 12: Require people.full_name: refuse from here", async () => {
    await m.run({
      collMod: "people",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["full_name"],
          properties: {
            born: { bsonType: ["int", "null"] },
            full_name: { bsonType: "string" },
            name: { bsonType: ["string", "null"] },
          },
        },
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
  });

  // Undo step 6 of 12, switch: Require people.full_name: warn first
  await m.undo("people.full_name/switch/not-null-warning", "undo step 6 of 12: Require people.full_name: warn first", async () => {
    await m.run({
      collMod: "people",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: {
            born: { bsonType: ["int", "null"] },
            full_name: { bsonType: ["string", "null"] },
            name: { bsonType: ["string", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Undo step 5 of 12, switch: Build people_by_born of people over full_name in place of name
  await m.undo("people.people_by_born/switch/move", "undo step 5 of 12: Build people_by_born of people over full_name in place of name", async () => {
    await m.run({ dropIndexes: "people", index: "people_by_born" });
    await m.run({ createIndexes: "people", indexes: [{ key: { born: 1, name: 1 }, name: "people_by_born" }] });
  });

  // Undo step 4 of 12, switch: Allow NULL in people.name, which goes
  //   Loses:        rows written without name get "" there on the way back
  await m.undo("people.name/switch/stop-insisting", "undo step 4 of 12: Allow NULL in people.name, which goes", async () => {
    await m.run({
      forgelua: "update",
      collection: "people",
      step: "people.name/switch/stop-insisting/back",
      q: { name: null },
      u: [{ $set: { name: "" } }],
      size: 100000,
      pause_ms: 1000,
    });
    await m.run({
      collMod: "people",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["name"],
          properties: {
            born: { bsonType: ["int", "null"] },
            full_name: { bsonType: ["string", "null"] },
            name: { bsonType: "string" },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Undo step 3 of 12, migrate: Copy name of people into full_name
  await m.undo("people.full_name/migrate/backfill", "undo step 3 of 12: Copy name of people into full_name", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 2 of 12, migrate: The applications keep both forms of people.full_name
  await m.undo("people.full_name/migrate/dual-write", "undo step 2 of 12: The applications keep both forms of people.full_name", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 1 of 12, expand: Allow full_name beside name in people
  await m.undo("people.full_name/expand/add-field", "undo step 1 of 12: Allow full_name beside name in people", async () => {
    await m.run({
      collMod: "people",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["name"],
          properties: { born: { bsonType: ["int", "null"] }, name: { bsonType: "string" } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({
      forgelua: "update",
      collection: "people",
      q: { full_name: { $exists: true } },
      u: { $unset: { full_name: "" } },
      size: 1000,
      bypass: true,
    });
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});
