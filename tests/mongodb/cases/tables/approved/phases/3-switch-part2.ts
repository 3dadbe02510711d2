// Phase switch, schema: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part2.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/3-switch-part2.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 3 must be done before this: Add the columns of customers that are to be filled", "1", {
    forgelua: "validator",
    collection: "customers",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["id"],
        properties: {
          email: { bsonType: ["string", "null"], maxLength: 80 },
          id: { bsonType: "long" },
          level: { bsonType: ["string", "null"], enum: ["basic", "gold", null] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("step 5 must not be done at this point: Make customers.level NOT NULL", "0", {
    forgelua: "validator",
    collection: "customers",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["id", "level"],
        properties: {
          email: { bsonType: ["string", "null"], maxLength: 80 },
          id: { bsonType: "long" },
          level: { bsonType: "string", enum: ["basic", "gold"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Step 5 of 16, switch: Make customers.level NOT NULL
  //   Why:          every row has a value by now; from here the schema says so
  //   Lock:         IX (collection), blocks nothing, rewrites the table, scans the table
  //   Note:         the documents are changed batch by batch: both forms are there at once until the end
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("customers.level/switch/not-null", "step 5 of 16: Make customers.level NOT NULL", async () => {
    await m.must("no row of customers has NULL in level", "0", { count: "customers", query: { level: null } });
    await m.run({
      collMod: "customers",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["id", "level"],
          properties: {
            email: { bsonType: ["string", "null"], maxLength: 80 },
            id: { bsonType: "long" },
            level: { bsonType: "string", enum: ["basic", "gold"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });
});
