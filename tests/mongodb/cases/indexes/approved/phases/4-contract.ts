// Phase contract, schema: migration indexes, mongodb 7.0
// Every kind of index
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.ts
import { migrate } from "../forgelua";

migrate("indexes", "phases/4-contract.ts", async (m) => {
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
