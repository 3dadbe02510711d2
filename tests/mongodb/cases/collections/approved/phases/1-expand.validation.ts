// Validation after phases/1-expand.ts: migration collections, mongodb 7.0
// Purchases are orders; a log comes, the obsolete goes
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("collections", "phases/1-expand.validation.ts", async (m) => {
  await m.check("step 1 is done: Create the table log", "1", {
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
  m.verdict();
});
