// Rollback of phase switch, schema: migration indexes, mongodb 7.0
// Every kind of index
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.rollback.ts
import { migrate } from "../forgelua";

migrate("indexes", "phases/3-switch.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 8 must be done before this: Add the unique index unique_b on things", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { b: 1 }, name: "unique_b", unique: true, sparse: true },
  });
  await m.turn("step 9 must not be done at this point: Drop the index old_1 on things", "0", {
    forgelua: "lacks",
    command: { listIndexes: "things" },
    where: { name: "old_1" },
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
});
