// Forward, every phase: migration indexes, mongodb 7.0
// Every kind of index
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx forward.ts
// The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
// one, with the gates that runbook.md states between them.
import { migrate } from "./forgelua";

migrate("indexes", "forward.ts", async (m) => {
  if (await m.over({
    forgelua: "every",
    of: [
      { forgelua: "lacks", command: { listIndexes: "things" }, where: { name: "old_1" } },
      {
        forgelua: "has",
        command: { listIndexes: "things" },
        where: { key: { at: 1 }, name: "expires", expireAfterSeconds: 7200 },
      },
      {
        forgelua: "has",
        command: { listIndexes: "things" },
        where: { key: { a: 1, b: -1 }, name: "a_1_b_-1" },
      },
      {
        forgelua: "has",
        command: { listIndexes: "things" },
        where: { key: { b: 1 }, name: "unique_b", unique: true, sparse: true },
      },
      { forgelua: "has", command: { listIndexes: "things" }, where: { key: { a: 1 }, name: "some_a" } },
      { forgelua: "has", command: { listIndexes: "things" }, where: { name: "body_text" } },
      {
        forgelua: "has",
        command: { listIndexes: "things" },
        where: { key: { place: "2dsphere" }, name: "place_2dsphere" },
      },
      {
        forgelua: "has",
        command: { listIndexes: "things" },
        where: { key: { b: "hashed" }, name: "b_hashed" },
      },
      {
        forgelua: "has",
        command: { listIndexes: "things" },
        where: { key: { "place.$**": 1 }, name: "place_any" },
      },
    ],
  })) return;
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Add the index a_1_b_-1 on things", "0", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { a: 1, b: -1 }, name: "a_1_b_-1" },
  });
  await m.turn("the whole plan must not be done at this point: drop_index old_1", "0", {
    forgelua: "lacks",
    command: { listIndexes: "things" },
    where: { name: "old_1" },
  });

  // Step 1 of 10, expand: Add the index a_1_b_-1 on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.a_1_b_-1/expand/add-index", "step 1 of 10: Add the index a_1_b_-1 on things", async () => {
    await m.run({ createIndexes: "things", indexes: [{ key: { a: 1, b: -1 }, name: "a_1_b_-1" }] });
  });

  // Step 2 of 10, expand: Add the index some_a on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.some_a/expand/add-index", "step 2 of 10: Add the index some_a on things", async () => {
    await m.run({
      createIndexes: "things",
      indexes: [{ key: { a: 1 }, name: "some_a", partialFilterExpression: { a: { $gt: 10 } } }],
    });
  });

  // Step 3 of 10, expand: Add the index body_text on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.body_text/expand/add-index", "step 3 of 10: Add the index body_text on things", async () => {
    await m.run({ createIndexes: "things", indexes: [{ key: { body: "text" }, name: "body_text" }] });
  });

  // Step 4 of 10, expand: Add the index place_2dsphere on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.place_2dsphere/expand/add-index", "step 4 of 10: Add the index place_2dsphere on things", async () => {
    await m.run({ createIndexes: "things", indexes: [{ key: { place: "2dsphere" }, name: "place_2dsphere" }] });
  });

  // Step 5 of 10, expand: Add the index b_hashed on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.b_hashed/expand/add-index", "step 5 of 10: Add the index b_hashed on things", async () => {
    await m.run({ createIndexes: "things", indexes: [{ key: { b: "hashed" }, name: "b_hashed" }] });
  });

  // Step 6 of 10, expand: Add the index place_any on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.place_any/expand/add-index", "step 6 of 10: Add the index place_any on things", async () => {
    await m.run({ createIndexes: "things", indexes: [{ key: { "place.$**": 1 }, name: "place_any" }] });
  });

  // Step 7 of 10, switch: Replace the index expires on things
  //   Why:          its definition changes
  //   Lock:         X (collection), blocks reads and writes for as long as the step runs (under 1 s), scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("things.expires/switch/replace", "step 7 of 10: Replace the index expires on things", async () => {
    await m.run({ dropIndexes: "things", index: "expires" });
    await m.run({
      createIndexes: "things",
      indexes: [{ key: { at: 1 }, name: "expires", expireAfterSeconds: 7200 }],
    });
  });

  // Step 8 of 10, switch: Add the unique index unique_b on things
  //   Why:          the new schema promises it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.unique_b/switch/add-unique-index", "step 8 of 10: Add the unique index unique_b on things", async () => {
    await m.must("no two documents of things agree in (b)", "0", {
      aggregate: "things",
      pipeline: [
        { $match: { b: { $exists: true } } },
        { $group: { _id: { k1: { $ifNull: ["$b", null] } }, n: { $sum: 1 } } },
        { $match: { n: { $gt: 1 } } },
        { $count: "n" },
      ],
      cursor: {},
    });
    await m.run({
      createIndexes: "things",
      indexes: [{ key: { b: 1 }, name: "unique_b", unique: true, sparse: true }],
    });
  });

  // Step 9 of 10, contract: Drop the index old_1 on things
  //   Why:          no query of the new schema counts on it
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works; queries that used the index get slower
  //   Way back:     yes, nothing is lost
  //   Hazards:      index drop
  await m.step("things.old_1/contract/drop-index", "step 9 of 10: Drop the index old_1 on things", async () => {
    await m.run({ dropIndexes: "things", index: "old_1" });
  });

  // Step 10 of 10, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 10 of 10: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});
