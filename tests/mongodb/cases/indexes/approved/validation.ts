// Validation once every step has run: migration indexes, mongodb 7.0
// Every kind of index
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "./forgelua";

migrate("indexes", "validation.ts", async (m) => {
  await m.check("drop_index old_1", "1", {
    forgelua: "lacks",
    command: { listIndexes: "things" },
    where: { name: "old_1" },
  });
  await m.check("alter_index expires", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { at: 1 }, name: "expires", expireAfterSeconds: 7200 },
  });
  await m.check("create_index a_1_b_-1", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { a: 1, b: -1 }, name: "a_1_b_-1" },
  });
  await m.check("create_index unique_b", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { b: 1 }, name: "unique_b", unique: true, sparse: true },
  });
  await m.check("create_index some_a", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { a: 1 }, name: "some_a" },
  });
  await m.check("create_index body_text", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { name: "body_text" },
  });
  await m.check("create_index place_2dsphere", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { place: "2dsphere" }, name: "place_2dsphere" },
  });
  await m.check("create_index b_hashed", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { b: "hashed" }, name: "b_hashed" },
  });
  await m.check("create_index place_any", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { "place.$**": 1 }, name: "place_any" },
  });
  await m.check("no two documents of things share (b)", "0", {
    aggregate: "things",
    pipeline: [
      { $match: { $and: [{ b: { $ne: null } }] } },
      { $group: { _id: { k1: { $ifNull: ["$b", null] } }, n: { $sum: 1 } } },
      { $match: { n: { $gt: 1 } } },
      { $count: "n" },
    ],
    cursor: {},
  });
  m.verdict();
});
