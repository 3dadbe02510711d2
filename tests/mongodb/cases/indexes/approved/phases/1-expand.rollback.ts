// Rollback of phase expand, schema: migration indexes, mongodb 7.0
// Every kind of index
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.rollback.ts
import { migrate } from "../forgelua";

migrate("indexes", "phases/1-expand.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 6 must be done before this: Add the index place_any on things", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { "place.$**": 1 }, name: "place_any" },
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
