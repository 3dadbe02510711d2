// Validation after phases/1-expand.ts: migration tighten, mongodb 7.0
// Orders have a code of a fixed form and a total that is not negative
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("tighten", "phases/1-expand.validation.ts", async (m) => {
  await m.check("step 1 is done: Add orders.lines", "1", {
    forgelua: "validator",
    collection: "orders",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: {
          address: { bsonType: ["object", "null"], properties: { city: { bsonType: ["string", "null"] } } },
          code: { bsonType: ["string", "null"] },
          lines: {
            bsonType: ["array", "null"],
            items: {
              bsonType: "object",
              properties: { sku: { bsonType: "string" }, count: { bsonType: ["int", "null"], minimum: 1 } },
              required: ["sku"],
            },
          },
          total: { bsonType: ["double", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  m.verdict();
});
