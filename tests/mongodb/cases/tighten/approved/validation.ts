// Validation once every step has run: migration tighten, mongodb 7.0
// Orders have a code of a fixed form and a total that is not negative
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "./forgelua";

migrate("tighten", "validation.ts", async (m) => {
  await m.check("alter_table orders", "1", {
    forgelua: "validator",
    collection: "orders",
    validator: {
      $and: [
        {
          $jsonSchema: {
            bsonType: "object",
            required: ["code"],
            properties: {
              address: {
                bsonType: ["object", "null"],
                properties: {
                  city: { bsonType: "string" },
                  zip: { bsonType: ["string", "null"], pattern: "^[0-9]{5}$" },
                },
                required: ["city"],
              },
              code: { bsonType: "string", pattern: "^[A-Z]{2}[0-9]+$" },
              lines: {
                bsonType: ["array", "null"],
                items: {
                  bsonType: "object",
                  properties: {
                    sku: { bsonType: "string" },
                    count: { bsonType: ["int", "null"], minimum: 1 },
                  },
                  required: ["sku"],
                },
              },
              total: { bsonType: ["double", "null"] },
            },
          },
        },
        { $or: [{ total: null }, { total: { $gte: 0 } }] },
      ],
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.check("orders.code is filled in every row", "0", { count: "orders", query: { code: null } });
  await m.check("every document of orders passes the check total_positive", "0", {
    count: "orders",
    query: { $nor: [{ $or: [{ total: null }, { total: { $gte: 0 } }] }] },
  });
  m.verdict();
});
