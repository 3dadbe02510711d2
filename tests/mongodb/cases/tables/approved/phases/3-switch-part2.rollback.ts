// Rollback of phase switch, schema: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part2.rollback.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/3-switch-part2.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 5 must be done before this: Make customers.level NOT NULL", "1", {
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
  await m.turn("step 10 must not be done at this point: Add the columns of invoices that are to be filled", "0", {
    forgelua: "validator",
    collection: "invoices",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["customer", "id"],
        properties: {
          amount: { bsonType: ["decimal", "null"] },
          customer: { bsonType: "long" },
          id: { bsonType: "long" },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("the whole plan must not be done at this point: add_column invoices.amount", "0", {
    forgelua: "validator",
    collection: "invoices",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["customer", "id"],
        properties: {
          amount: { bsonType: ["decimal", "null"] },
          customer: { bsonType: "long" },
          id: { bsonType: "long" },
          placed: { bsonType: ["date", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Undo step 5 of 16, switch: Make customers.level NOT NULL
  await m.undo("customers.level/switch/not-null", "undo step 5 of 16: Make customers.level NOT NULL", async () => {
    await m.run({
      collMod: "customers",
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
  });
});
