// Validation once every step has run: migration beyond_ferretdb, mongodb 7.0
// What the tests' server does not do as MongoDB does
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "./forgelua";

migrate("beyond_ferretdb", "validation.ts", async (m) => {
  await m.check("create_table events", "1", {
    forgelua: "every",
    of: [
      {
        forgelua: "has",
        command: { listCollections: 1, filter: { name: "events" } },
        where: { name: "events" },
      },
      {
        forgelua: "validator",
        collection: "events",
        validator: {
          $jsonSchema: { bsonType: "object", properties: { kind: { bsonType: ["string", "null"] } } },
        },
        validationLevel: "strict",
        validationAction: "error",
      },
    ],
  });
  await m.check("create_table log", "1", {
    forgelua: "every",
    of: [
      { forgelua: "has", command: { listCollections: 1, filter: { name: "log" } }, where: { name: "log" } },
      {
        forgelua: "validator",
        collection: "log",
        validator: {
          $jsonSchema: { bsonType: "object", properties: { line: { bsonType: ["string", "null"] } } },
        },
        validationLevel: "strict",
        validationAction: "error",
      },
    ],
  });
  await m.check("add_unique email_1", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { email: 1 }, name: "email_1", unique: true },
  });
  await m.check("alter_index by_name", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { name: 1 }, name: "by_name", hidden: true },
  });
  await m.check("create_index name_any_case", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { name: 1, email: 1 }, name: "name_any_case" },
  });
  await m.check("create_index name_alone", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { name: -1 }, name: "name_alone", unique: true, sparse: true },
  });
  await m.check("create_table weather", "1", {
    forgelua: "has",
    command: { listCollections: 1, filter: { name: "weather" } },
    where: { name: "weather" },
  });
  await m.check("alter_view adults", "1", {
    forgelua: "has",
    command: { listCollections: 1, filter: { name: "adults" } },
    where: { type: "view", "options.viewOn": "users" },
  });
  await m.check("create_view names", "1", {
    forgelua: "has",
    command: { listCollections: 1, filter: { name: "names" } },
    where: { type: "view", "options.viewOn": "users" },
  });
  await m.check("no two documents of users share (email)", "0", {
    aggregate: "users",
    pipeline: [
      { $match: { $and: [{ email: { $ne: null } }] } },
      { $group: { _id: { k1: { $ifNull: ["$email", null] } }, n: { $sum: 1 } } },
      { $match: { n: { $gt: 1 } } },
      { $count: "n" },
    ],
    cursor: {},
  });
  await m.check("no two documents of users share (name)", "0", {
    aggregate: "users",
    pipeline: [
      { $match: { $and: [{ name: { $ne: null } }] } },
      { $group: { _id: { k1: { $ifNull: ["$name", null] } }, n: { $sum: 1 } } },
      { $match: { n: { $gt: 1 } } },
      { $count: "n" },
    ],
    cursor: {},
  });
  await m.check("weather.at is filled in every row", "0", { count: "weather", query: { at: null } });
  await m.check("the view adults can be read", "0", {
    aggregate: "adults",
    pipeline: [{ $limit: 1 }, { $project: { _id: 0, zero: { $literal: 0 } } }],
    cursor: {},
  });
  await m.check("the view names can be read", "0", {
    aggregate: "names",
    pipeline: [{ $limit: 1 }, { $project: { _id: 0, zero: { $literal: 0 } } }],
    cursor: {},
  });
  m.verdict();
});
