// Rollback of phase contract, schema: migration indexes, mongodb 7.0
// Every kind of index
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.rollback.ts
import { migrate } from "../forgelua";

migrate("indexes", "phases/4-contract.rollback.ts", async (m) => {
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
});
