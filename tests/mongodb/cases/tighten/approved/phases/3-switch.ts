// Phase switch, schema: migration tighten, mongodb 7.0
// Orders have a code of a fixed form and a total that is not negative
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.ts
import { migrate } from "../forgelua";

migrate("tighten", "phases/3-switch.ts", async (m) => {
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

  // Step 2 of 11, switch: Change the options of orders
  //   Why:          the new schema asks for them
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("orders/switch/options", "step 2 of 11: Change the options of orders", async () => {
    // Nothing to run in the database.
  });

  // Step 3 of 11, switch: Hold orders.code to its rules: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of orders refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("orders.code/switch/not-null-warning", "step 3 of 11: Hold orders.code to its rules: warn first", async () => {
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
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 4 of 11, switch: Hold orders.code to its rules: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without orders.code are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("orders.code/switch/not-null", "step 4 of 11: Hold orders.code to its rules: refuse from here", async () => {
    await m.must("every document of orders matches its validator", "0", {
      count: "orders",
      query: {
        $nor: [
          {
            $jsonSchema: {
              bsonType: "object",
              properties: {
                address: {
                  bsonType: ["object", "null"],
                  properties: { city: { bsonType: ["string", "null"] } },
                },
                code: { bsonType: ["string", "null"], pattern: "^[A-Z]{2}[0-9]+$" },
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
        ],
      },
    });
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

  // Step 5 of 11, switch: Require orders.code: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of orders refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("orders.code/switch/not-null-warning-2", "step 5 of 11: Require orders.code: warn first", async () => {
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
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 6 of 11, switch: Require orders.code: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without orders.code are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("orders.code/switch/not-null-2", "step 6 of 11: Require orders.code: refuse from here", async () => {
    await m.must("every document of orders matches its validator", "0", {
      count: "orders",
      query: {
        $nor: [
          {
            $jsonSchema: {
              bsonType: "object",
              required: ["code"],
              properties: {
                address: {
                  bsonType: ["object", "null"],
                  properties: { city: { bsonType: ["string", "null"] } },
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
        ],
      },
    });
    await m.must("no row of orders has NULL in code", "0", { count: "orders", query: { code: null } });
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

  // Step 7 of 11, switch: Hold orders.address to its rules: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of orders refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("orders.address/switch/not-null-warning", "step 7 of 11: Hold orders.address to its rules: warn first", async () => {
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
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 8 of 11, switch: Hold orders.address to its rules: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without orders.address are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("orders.address/switch/not-null", "step 8 of 11: Hold orders.address to its rules: refuse from here", async () => {
    await m.must("every document of orders matches its validator", "0", {
      count: "orders",
      query: {
        $nor: [
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
        ],
      },
    });
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

  // Step 9 of 11, switch: Add the check total_positive on orders: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of orders refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("orders.total_positive/switch/add-check-warning", "step 9 of 11: Add the check total_positive on orders: warn first", async () => {
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
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 10 of 11, switch: Add the check total_positive on orders: refuse from here
  //   Why:          the new schema promises it
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; writes that violate it fail from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("orders.total_positive/switch/add-check", "step 10 of 11: Add the check total_positive on orders: refuse from here", async () => {
    await m.must("every document of orders matches its validator", "0", {
      count: "orders",
      query: {
        $nor: [
          {
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
        ],
      },
    });
    await m.must("every document of orders satisfies total_positive", "0", {
      count: "orders",
      query: { $nor: [{ $or: [{ total: null }, { total: { $gte: 0 } }] }] },
    });
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
      validationLevel: "strict",
      validationAction: "error",
    });
  });
});
