// Phase switch, schema: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part4.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/3-switch-part4.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 10 must be done before this: Add the columns of invoices that are to be filled", "1", {
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
  await m.turn("step 12 must not be done at this point: Add invoices.placed", "0", {
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

  // Step 12 of 16, switch: Add invoices.placed
  //   Why:          the deployed application does not know the column and does not miss it
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
  //   Way back:     yes, nothing is lost
  //   Hazards:      added column
  await m.step("invoices.placed/switch/add-column", "step 12 of 16: Add invoices.placed", async () => {
    await m.run({
      collMod: "invoices",
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
  });

  // Step 13 of 16, switch: Add the foreign key invoices_customer_fkey on invoices
  //   Why:          the new schema promises it
  //   Lock:         none
  //   Note:         no foreign keys exist: the validation counts what leads nowhere
  //   Estimate:     under 1 s
  //   Applications: old works, new works; writes that point nowhere fail from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("invoices.invoices_customer_fkey/switch/add-foreign-key", "step 13 of 16: Add the foreign key invoices_customer_fkey on invoices", async () => {
    // Nothing to run in the database.
  });

  // Step 14 of 16, switch: Validate invoices
  //   Why:          before anybody writes again
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet
  //   Way back:     yes, nothing is lost
  await m.step("invoices/switch/validate", "step 14 of 16: Validate invoices", async () => {
    // Nothing to run in the database.
    m.say("Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.");
  });

  // Step 15 of 16, switch: Start the new application
  //   Why:          the schema is the one that it knows
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new works
  //   Way back:     yes, nothing is lost
  await m.step("invoices/switch/start", "step 15 of 16: Start the new application", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.");
  });
});
