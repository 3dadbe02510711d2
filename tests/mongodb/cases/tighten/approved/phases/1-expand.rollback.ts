// Rollback of phase expand, schema: migration tighten, mongodb 7.0
// Orders have a code of a fixed form and a total that is not negative
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.rollback.ts
import { migrate } from "../forgelua";

migrate("tighten", "phases/1-expand.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must be done before this: Add orders.lines", "1", {
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

  // Undo step 1 of 11, expand: Add orders.lines
  await m.undo("orders.lines/expand/add-column", "undo step 1 of 11: Add orders.lines", async () => {
    await m.run({
      collMod: "orders",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: {
            address: { bsonType: ["object", "null"], properties: { city: { bsonType: ["string", "null"] } } },
            code: { bsonType: ["string", "null"] },
            total: { bsonType: ["double", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});
