// Phase expand, schema: migration collections, mongodb 7.0
// Purchases are orders; a log comes, the obsolete goes
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.ts
import { migrate } from "../forgelua";

migrate("collections", "phases/1-expand.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Create the table log", "0", {
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

  // Step 1 of 4, expand: Create the table log
  //   Why:          no application knows it yet
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("log/expand/create-table", "step 1 of 4: Create the table log", async () => {
    await m.run({ create: "log" });
    await m.run({
      collMod: "log",
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
    });
    await m.run({ createIndexes: "log", indexes: [{ key: { level: 1 }, name: "level_1" }] });
  });
});
