// Phase switch, rows: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-backfill-part2.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/3-backfill-part2.ts", async (m) => {
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

  // Step 11 of 16, switch: Fill them
  //   Why:          nobody writes, so one pass is enough
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet
  //   Way back:     yes, nothing is lost
  //   Hazards:      backfill
  await m.step("invoices/switch/fill", "step 11 of 16: Fill them", async () => {
    await m.run({
      forgelua: "update",
      collection: "invoices",
      step: "invoices/switch/fill",
      q: { amount: null },
      u: [{ $set: { amount: { $numberDecimal: "0" } } }],
      size: 10000,
    });
  });
});
