// Forward, every phase: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx forward.ts
// The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
// one, with the gates that runbook.md states between them.
// WARNING: step 11 is destructive — name of people as the old schema held it
import { migrate } from "./forgelua";

migrate("rename_field", "forward.ts", async (m) => {
  if (await m.over({
    forgelua: "every",
    of: [
      {
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
      },
      {
        forgelua: "has",
        command: { listIndexes: "people" },
        where: { key: { full_name: 1 }, name: "full_name_1" },
      },
    ],
  })) return;
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Allow full_name beside name in people", "0", {
    forgelua: "validator",
    collection: "people",
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
  await m.turn("the whole plan must not be done at this point: rename_column people.full_name", "0", {
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
  await m.turn("no document of people holds full_name yet, which `before` does not state", "0", {
    count: "people",
    query: { full_name: { $exists: true } },
  });

  // Step 1 of 12, expand: Allow full_name beside name in people
  //   Why:          the new name stands beside the old one until nobody says the old one
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("people.full_name/expand/add-field", "step 1 of 12: Allow full_name beside name in people", async () => {
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

  // Step 2 of 12, migrate: The applications keep both forms of people.full_name
  //   Why:          what one application writes the other must find; no trigger does that here
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      dual write
  await m.step("people.full_name/migrate/dual-write", "step 2 of 12: The applications keep both forms of people.full_name", async () => {
    // Nothing to run in the database.
    m.say("Application: No triggers exist: deploy a version that writes people.name and full_name with every write of either, and reads name where full_name is missing. On a replica set a change stream on people may do the same for writers that cannot be changed.");
  });

  // Step 3 of 12, migrate: Copy name of people into full_name
  //   Why:          an unknown number of rows, 100000 a batch along _id
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      backfill, replica lag
  await m.step("people.full_name/migrate/backfill", "step 3 of 12: Copy name of people into full_name", async () => {
    await m.run({
      forgelua: "update",
      collection: "people",
      step: "people.full_name/migrate/backfill",
      q: {
        $or: [
          { $and: [{ full_name: null }, { $expr: { $ne: [{ $ifNull: ["$name", null] }, null] } }] },
          { name: { $exists: true }, full_name: { $exists: false } },
        ],
      },
      u: [{ $set: { full_name: "$name" } }],
      size: 100000,
      pause_ms: 1000,
    });
    await m.must("every document holds the converted value", "0", {
      count: "people",
      query: {
        $or: [
          { $expr: { $ne: [{ $ifNull: ["$full_name", null] }, { $ifNull: ["$name", null] }] } },
          { name: { $exists: true }, full_name: { $exists: false } },
        ],
      },
    });
  });

  // Step 4 of 12, switch: Allow NULL in people.name, which goes
  //   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
  //   Way back:     loses rows written without name get "" there on the way back
  await m.step("people.name/switch/stop-insisting", "step 4 of 12: Allow NULL in people.name, which goes", async () => {
    await m.must("step 3 has come to its end: Copy name of people into full_name", "1", {
      count: "forgelua_backfill_progress",
      query: { _id: "people.full_name/migrate/backfill", state: "done" },
    });
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

  // Step 5 of 12, switch: Build people_by_born of people over full_name in place of name
  //   Why:          MongoDB renames no index, and two cannot bear one name
  //   Lock:         X (collection), blocks reads and writes for as long as the step runs (unknown), scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     unknown
  //   Applications: old works, new works; queries that used the index are slower until it is built
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("people.people_by_born/switch/move", "step 5 of 12: Build people_by_born of people over full_name in place of name", async () => {
    await m.run({ dropIndexes: "people", index: "people_by_born" });
    await m.run({
      createIndexes: "people",
      indexes: [{ key: { born: 1, full_name: 1 }, name: "people_by_born" }],
    });
  });

  // Step 6 of 12, switch: Require people.full_name: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of people refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("people.full_name/switch/not-null-warning", "step 6 of 12: Require people.full_name: warn first", async () => {
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
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 7 of 12, switch: Require people.full_name: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without people.full_name are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("people.full_name/switch/not-null", "step 7 of 12: Require people.full_name: refuse from here", async () => {
    await m.must("every document of people matches its validator", "0", {
      count: "people",
      query: {
        $nor: [
          {
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
        ],
      },
    });
    await m.must("no row of people has NULL in full_name", "0", {
      count: "people",
      query: { full_name: null },
    });
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

  // Step 8 of 12, switch: Let people.full_name lead
  //   Why:          every document has it in its new form
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works; both names stand, and hold the same
  //   Way back:     yes, nothing is lost
  await m.step("people.full_name/switch/lead", "step 8 of 12: Let people.full_name lead", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy the application that uses people.full_name as the new schema has it; it still writes name until contract.");
  });

  // Step 9 of 12, switch: Rename the index name_1 to full_name_1
  //   Why:          this engine cannot rename it, so it is made again under the new name
  //   Lock:         X (collection), blocks reads and writes for as long as the step runs (unknown), scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     unknown
  //   Applications: old works, new works; statements that name it (hints) must follow
  //   Way back:     yes, nothing is lost
  await m.step("people.full_name_1/switch/rename", "step 9 of 12: Rename the index name_1 to full_name_1", async () => {
    await m.run({ dropIndexes: "people", index: "name_1" });
    await m.run({ createIndexes: "people", indexes: [{ key: { full_name: 1 }, name: "full_name_1" }] });
  });

  // Step 10 of 12, contract: From here the way back fills name of people again
  //   Why:          the old field is about to go; a rollback makes it from the new one
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("people.full_name/contract/point-of-return", "step 10 of 12: From here the way back fills name of people again", async () => {
    // Nothing to run in the database.
  });

  // Step 11 of 12, contract: Drop the old field name of people
  //   Why:          every application uses the new one
  //   Lock:         IX (collection), blocks nothing, rewrites the table, scans the table
  //   Note:         the field is taken out of the documents batch by batch; the validator lets go of it before that
  //   Estimate:     unknown
  //   Applications: old BREAKS, new works; the deployed application finds no name from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      drop
  await m.step("people.full_name/contract/drop-old", "step 11 of 12: Drop the old field name of people", async () => {
    await m.run({
      collMod: "people",
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
    await m.run({
      forgelua: "update",
      collection: "people",
      q: { name: { $exists: true } },
      u: { $unset: { name: "" } },
      size: 1000,
      bypass: true,
    });
    m.say("Application: Check that no application, report or job names name any more; stop writing it.");
  });

  // Step 12 of 12, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 12 of 12: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});
