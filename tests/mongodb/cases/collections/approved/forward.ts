// Forward, every phase: migration collections, mongodb 7.0
// Purchases are orders; a log comes, the obsolete goes
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx forward.ts
// The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
// one, with the gates that runbook.md states between them.
// WARNING: step 3 is destructive — every row of obsolete
import { migrate } from "./forgelua";

migrate("collections", "forward.ts", async (m) => {
  if (await m.over({
    forgelua: "every",
    of: [
      {
        forgelua: "every",
        of: [
          {
            forgelua: "has",
            command: { listCollections: 1, filter: { name: "log" } },
            where: { name: "log" },
          },
          {
            forgelua: "validator",
            collection: "log",
            validator: {
              $jsonSchema: {
                bsonType: "object",
                required: ["line"],
                properties: {
                  level: { bsonType: ["string", "null"], enum: ["info", "error"] },
                  line: { bsonType: "string" },
                },
              },
            },
            validationLevel: "strict",
            validationAction: "error",
          },
        ],
      },
      {
        forgelua: "lacks",
        command: { listCollections: 1, filter: { name: "obsolete" } },
        where: { name: "obsolete" },
      },
      {
        forgelua: "every",
        of: [
          {
            forgelua: "has",
            command: { listCollections: 1, filter: { name: "orders" } },
            where: { name: "orders" },
          },
          {
            forgelua: "lacks",
            command: { listCollections: 1, filter: { name: "purchases" } },
            where: { name: "purchases" },
          },
        ],
      },
    ],
  })) return;
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Create the table log", "0", {
    forgelua: "every",
    of: [
      { forgelua: "has", command: { listCollections: 1, filter: { name: "log" } }, where: { name: "log" } },
      {
        forgelua: "validator",
        collection: "log",
        validator: {
          $jsonSchema: {
            bsonType: "object",
            required: ["line"],
            properties: {
              level: { bsonType: ["string", "null"], enum: ["info", "error"] },
              line: { bsonType: "string" },
            },
          },
        },
        validationLevel: "strict",
        validationAction: "error",
      },
    ],
  });

  // Step 1 of 4, expand: Create the table log
  //   Why:          no application knows it yet
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("log/expand/create-table", "step 1 of 4: Create the table log", async () => {
    await m.run({ create: "log" });
    await m.run({
      collMod: "log",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["line"],
          properties: {
            level: { bsonType: ["string", "null"], enum: ["info", "error"] },
            line: { bsonType: "string" },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({ createIndexes: "log", indexes: [{ key: { level: 1 }, name: "level_1" }] });
  });

  // Step 2 of 4, switch: Rename purchases to orders
  //   Why:          metadata only
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         open cursors and change streams of the collection end
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: purchases fails from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      rename
  await m.step("purchases/switch/rename-table", "step 2 of 4: Rename purchases to orders", async () => {
    await m.run({ renameCollection: "purchases", to: "orders" });
    m.say("Application: Deploy the application that says orders together with this step.");
  });

  // Step 3 of 4, contract: Drop the table obsolete
  //   Why:          no application reads or writes it any more
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new works; statements that name obsolete fail from here
  //   Way back:     loses the rows of obsolete: the way back creates it empty
  //   Hazards:      drop
  await m.step("obsolete/contract/drop-table", "step 3 of 4: Drop the table obsolete", async () => {
    await m.run({ drop: "obsolete" });
    m.say("Application: Check that no application, report or job names obsolete any more.");
  });

  // Step 4 of 4, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 4 of 4: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});
