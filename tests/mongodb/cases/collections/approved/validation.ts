// Validation once every step has run: migration collections, mongodb 7.0
// Purchases are orders; a log comes, the obsolete goes
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "./forgelua";

migrate("collections", "validation.ts", async (m) => {
  await m.check("create_table log", "1", {
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
  await m.check("drop_table obsolete", "1", {
    forgelua: "lacks",
    command: { listCollections: 1, filter: { name: "obsolete" } },
    where: { name: "obsolete" },
  });
  await m.check("rename_table orders", "1", {
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
  await m.check("log.line is filled in every row", "0", { count: "log", query: { line: null } });
  m.verdict();
});
