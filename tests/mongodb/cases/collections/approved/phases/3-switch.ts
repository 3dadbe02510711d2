// Phase switch, schema: migration collections, mongodb 7.0
// Purchases are orders; a log comes, the obsolete goes
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.ts
import { migrate } from "../forgelua";

migrate("collections", "phases/3-switch.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must be done before this: Create the table log", "1", {
    forgelua: "every",
    of: [
      { forgelua: "has", command: { listCollections: 1, filter: { name: "log" } }, where: { name: "log" } },
      {
        forgelua: "validator",
        collection: "log",
        validator: {
          $jsonSchema: {
            bsonType: "object",
            required: ["line"],
            properties: {
              level: { bsonType: ["string", "null"], enum: ["info", "error"] },
              line: { bsonType: "string" },
            },
          },
        },
        validationLevel: "strict",
        validationAction: "error",
      },
    ],
  });
  await m.turn("step 2 must not be done at this point: Rename purchases to orders", "0", {
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

  // Step 2 of 4, switch: Rename purchases to orders
  //   Why:          metadata only
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         open cursors and change streams of the collection end
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: purchases fails from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      rename
  await m.step("purchases/switch/rename-table", "step 2 of 4: Rename purchases to orders", async () => {
    await m.run({ renameCollection: "purchases", to: "orders" });
    m.say("Application: Deploy the application that says orders together with this step.");
  });
});
