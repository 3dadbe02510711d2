// Phase expand, schema: migration tighten, mongodb 7.0
// Orders have a code of a fixed form and a total that is not negative
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.ts
import { migrate } from "../forgelua";

migrate("tighten", "phases/1-expand.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Add orders.lines", "0", {
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

  // Step 1 of 11, expand: Add orders.lines
  //   Why:          the deployed application does not know the column and does not miss it
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
  //   Way back:     yes, nothing is lost
  //   Hazards:      added column
  await m.step("orders.lines/expand/add-column", "step 1 of 11: Add orders.lines", async () => {
    await m.run({
      collMod: "orders",
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
  });
});
