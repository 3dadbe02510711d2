// Phase contract, schema: migration collections, mongodb 7.0
// Purchases are orders; a log comes, the obsolete goes
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.ts
// WARNING: step 3 is destructive — every row of obsolete
import { migrate } from "../forgelua";

migrate("collections", "phases/4-contract.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 2 must be done before this: Rename purchases to orders", "1", {
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
  });
  await m.turn("step 3 must not be done at this point: Drop the table obsolete", "0", {
    forgelua: "lacks",
    command: { listCollections: 1, filter: { name: "obsolete" } },
    where: { name: "obsolete" },
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
