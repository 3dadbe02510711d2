// Rollback, every phase: migration indexes, mongodb 7.0
// Every kind of index
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx rollback.ts
// Takes back a whole forward.ts. After some of the phases only, run their .rollback.ts files, last
// phase first.
import { migrate } from "./forgelua";

migrate("indexes", "rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 9 must be done before this: Drop the index old_1 on things", "1", {
    forgelua: "lacks",
    command: { listIndexes: "things" },
    where: { name: "old_1" },
  });
  await m.turn("the whole plan must be done before this: drop_index old_1", "1", {
    forgelua: "lacks",
    command: { listIndexes: "things" },
    where: { name: "old_1" },
  });

  // Undo step 10 of 10, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 10 of 10: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 9 of 10, contract: Drop the index old_1 on things
  await m.undo("things.old_1/contract/drop-index", "undo step 9 of 10: Drop the index old_1 on things", async () => {
    await m.run({ createIndexes: "things", indexes: [{ key: { a: 1 }, name: "old_1" }] });
  });

  // Undo step 8 of 10, switch: Add the unique index unique_b on things
  await m.undo("things.unique_b/switch/add-unique-index", "undo step 8 of 10: Add the unique index unique_b on things", async () => {
    await m.run({ dropIndexes: "things", index: "unique_b" });
  });

  // Undo step 7 of 10, switch: Replace the index expires on things
  await m.undo("things.expires/switch/replace", "undo step 7 of 10: Replace the index expires on things", async () => {
    await m.run({ dropIndexes: "things", index: "expires" });
    await m.run({
      createIndexes: "things",
      indexes: [{ key: { at: 1 }, name: "expires", expireAfterSeconds: 3600 }],
    });
  });

  // Undo step 6 of 10, expand: Add the index place_any on things
  await m.undo("things.place_any/expand/add-index", "undo step 6 of 10: Add the index place_any on things", async () => {
    await m.run({ dropIndexes: "things", index: "place_any" });
  });

  // Undo step 5 of 10, expand: Add the index b_hashed on things
  await m.undo("things.b_hashed/expand/add-index", "undo step 5 of 10: Add the index b_hashed on things", async () => {
    await m.run({ dropIndexes: "things", index: "b_hashed" });
  });

  // Undo step 4 of 10, expand: Add the index place_2dsphere on things
  await m.undo("things.place_2dsphere/expand/add-index", "undo step 4 of 10: Add the index place_2dsphere on things", async () => {
    await m.run({ dropIndexes: "things", index: "place_2dsphere" });
  });

  // Undo step 3 of 10, expand: Add the index body_text on things
  await m.undo("things.body_text/expand/add-index", "undo step 3 of 10: Add the index body_text on things", async () => {
    await m.run({ dropIndexes: "things", index: "body_text" });
  });

  // Undo step 2 of 10, expand: Add the index some_a on things
  await m.undo("things.some_a/expand/add-index", "undo step 2 of 10: Add the index some_a on things", async () => {
    await m.run({ dropIndexes: "things", index: "some_a" });
  });

  // Undo step 1 of 10, expand: Add the index a_1_b_-1 on things
  await m.undo("things.a_1_b_-1/expand/add-index", "undo step 1 of 10: Add the index a_1_b_-1 on things", async () => {
    await m.run({ dropIndexes: "things", index: "a_1_b_-1" });
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});
