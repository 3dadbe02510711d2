// Validation after phases/3-switch.ts: migration collections, mongodb 7.0
// Purchases are orders; a log comes, the obsolete goes
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("collections", "phases/3-switch.validation.ts", async (m) => {
  await m.check("step 2 is done: Rename purchases to orders", "1", {
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
  m.verdict();
});
