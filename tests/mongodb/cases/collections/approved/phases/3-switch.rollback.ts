// Rollback of phase switch, schema: migration collections, mongodb 7.0
// Purchases are orders; a log comes, the obsolete goes
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.rollback.ts
import { migrate } from "../forgelua";

migrate("collections", "phases/3-switch.rollback.ts", async (m) => {
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

  // Undo step 2 of 4, switch: Rename purchases to orders
  await m.undo("purchases/switch/rename-table", "undo step 2 of 4: Rename purchases to orders", async () => {
    await m.run({ renameCollection: "orders", to: "purchases" });
  });
});
