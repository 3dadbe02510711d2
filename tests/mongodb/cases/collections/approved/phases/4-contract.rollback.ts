// WARNING: rollback is destructive — obsolete data will be lost: the rows of obsolete: the way back creates it empty.
// Take a backup before applying forward.ts.
// Rollback of phase contract, schema: migration collections, mongodb 7.0
// Purchases are orders; a log comes, the obsolete goes
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.rollback.ts
import { migrate } from "../forgelua";

migrate("collections", "phases/4-contract.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 3 must be done before this: Drop the table obsolete", "1", {
    forgelua: "lacks",
    command: { listCollections: 1, filter: { name: "obsolete" } },
    where: { name: "obsolete" },
  });

  // Undo step 4 of 4, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 4 of 4: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 3 of 4, contract: Drop the table obsolete
  //   Loses:        the rows of obsolete: the way back creates it empty
  await m.undo("obsolete/contract/drop-table", "undo step 3 of 4: Drop the table obsolete", async () => {
    await m.run({ create: "obsolete" });
    await m.run({
      collMod: "obsolete",
      validator: { $jsonSchema: { bsonType: "object", properties: { x: { bsonType: ["int", "null"] } } } },
      validationLevel: "strict",
      validationAction: "error",
    });
  });
});
