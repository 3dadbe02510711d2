// Rollback, every phase: migration tighten, mongodb 7.0
// Orders have a code of a fixed form and a total that is not negative
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx rollback.ts
// Takes back a whole forward.ts. After some of the phases only, run their .rollback.ts files, last
// phase first.
import { migrate } from "./forgelua";

migrate("tighten", "rollback.ts", async (m) => {

  // Undo step 11 of 11, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 11 of 11: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 10 of 11, switch: Add the check total_positive on orders: refuse from here
  await m.undo("orders.total_positive/switch/add-check", "undo step 10 of 11: Add the check total_positive on orders: refuse from here", async () => {
    await m.run({
      collMod: "orders",
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
      validationLevel: "moderate",
      validationAction: "warn",
    });
  });

  // Undo step 9 of 11, switch: Add the check total_positive on orders: warn first
  await m.undo("orders.total_positive/switch/add-check-warning", "undo step 9 of 11: Add the check total_positive on orders: warn first", async () => {
    await m.run({
      collMod: "orders",
      validator: {
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

  // Undo step 8 of 11, switch: Hold orders.address to its rules: refuse from here
  await m.undo("orders.address/switch/not-null", "undo step 8 of 11: Hold orders.address to its rules: refuse from here", async () => {
    await m.run({
      collMod: "orders",
      validator: {
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
                properties: { sku: { bsonType: "string" }, count: { bsonType: ["int", "null"], minimum: 1 } },
                required: ["sku"],
              },
            },
            total: { bsonType: ["double", "null"] },
          },
        },
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
  });

  // Undo step 7 of 11, switch: Hold orders.address to its rules: warn first
  await m.undo("orders.address/switch/not-null-warning", "undo step 7 of 11: Hold orders.address to its rules: warn first", async () => {
    await m.run({
      collMod: "orders",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["code"],
          properties: {
            address: { bsonType: ["object", "null"], properties: { city: { bsonType: ["string", "null"] } } },
            code: { bsonType: "string", pattern: "^[A-Z]{2}[0-9]+$" },
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

  // Undo step 6 of 11, switch: Require orders.code: refuse from here
  await m.undo("orders.code/switch/not-null-2", "undo step 6 of 11: Require orders.code: refuse from here", async () => {
    await m.run({
      collMod: "orders",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["code"],
          properties: {
            address: { bsonType: ["object", "null"], properties: { city: { bsonType: ["string", "null"] } } },
            code: { bsonType: "string", pattern: "^[A-Z]{2}[0-9]+$" },
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
      validationLevel: "moderate",
      validationAction: "warn",
    });
  });

  // Undo step 5 of 11, switch: Require orders.code: warn first
  await m.undo("orders.code/switch/not-null-warning-2", "undo step 5 of 11: Require orders.code: warn first", async () => {
    await m.run({
      collMod: "orders",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: {
            address: { bsonType: ["object", "null"], properties: { city: { bsonType: ["string", "null"] } } },
            code: { bsonType: ["string", "null"], pattern: "^[A-Z]{2}[0-9]+$" },
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

  // Undo step 4 of 11, switch: Hold orders.code to its rules: refuse from here
  await m.undo("orders.code/switch/not-null", "undo step 4 of 11: Hold orders.code to its rules: refuse from here", async () => {
    await m.run({
      collMod: "orders",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: {
            address: { bsonType: ["object", "null"], properties: { city: { bsonType: ["string", "null"] } } },
            code: { bsonType: ["string", "null"], pattern: "^[A-Z]{2}[0-9]+$" },
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
      validationLevel: "moderate",
      validationAction: "warn",
    });
  });

  // Undo step 3 of 11, switch: Hold orders.code to its rules: warn first
  await m.undo("orders.code/switch/not-null-warning", "undo step 3 of 11: Hold orders.code to its rules: warn first", async () => {
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

  // Undo step 2 of 11, switch: Change the options of orders
  await m.undo("orders/switch/options", "undo step 2 of 11: Change the options of orders", async () => {
    // Nothing to run: the steps before it take with them what it did.
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
