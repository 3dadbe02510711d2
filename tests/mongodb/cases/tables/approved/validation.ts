// Validation once every step has run: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "./forgelua";

migrate("tables", "validation.ts", async (m) => {
  await m.check("add_column customers.level", "1", {
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
  await m.check("add_column invoices.amount", "1", {
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
  await m.check("customers.level is filled in every row", "0", { count: "customers", query: { level: null } });
  await m.check("every invoices (customer) has its document in customers", "0", {
    aggregate: "invoices",
    pipeline: [
      { $match: { $and: [{ customer: { $ne: null } }] } },
      {
        $lookup: {
          from: "customers",
          let: { v1: "$customer" },
          pipeline: [{ $match: { $expr: { $and: [{ $eq: ["$id", "$$v1"] }] } } }, { $limit: 1 }],
          as: "forgelua_parent",
        },
      },
      { $match: { forgelua_parent: { $size: 0 } } },
      { $count: "n" },
    ],
    cursor: {},
  });
  m.verdict();
});
