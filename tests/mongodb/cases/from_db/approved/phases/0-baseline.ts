// Baseline, to note before the start: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/0-baseline.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("from_db", "phases/0-baseline.ts", async (m) => {
  await m.check("rows of users", "", { count: "users", query: {} });
  await m.check("bytes of users with its indexes", "", {
    aggregate: "users",
    pipeline: [
      { $collStats: { storageStats: {} } },
      { $project: { _id: 0, bytes: "$storageStats.totalSize" } },
    ],
    cursor: {},
  });
  await m.check("documents without users.status", "", { count: "users", query: { status: null } });
  await m.check("min of users.status", "", {
    aggregate: "users",
    pipeline: [{ $group: { _id: null, value: { $min: "$status" } } }],
    cursor: {},
  });
  await m.check("max of users.status", "", {
    aggregate: "users",
    pipeline: [{ $group: { _id: null, value: { $max: "$status" } } }],
    cursor: {},
  });
  await m.check("documents without users.age", "", { count: "users", query: { age: null } });
  await m.check("min of users.age", "", {
    aggregate: "users",
    pipeline: [{ $group: { _id: null, value: { $min: "$age" } } }],
    cursor: {},
  });
  await m.check("max of users.age", "", {
    aggregate: "users",
    pipeline: [{ $group: { _id: null, value: { $max: "$age" } } }],
    cursor: {},
  });
  await m.check("documents without users.fullName", "", { count: "users", query: { fullName: null } });
  await m.check("min of users.fullName", "", {
    aggregate: "users",
    pipeline: [{ $group: { _id: null, value: { $min: "$fullName" } } }],
    cursor: {},
  });
  await m.check("max of users.fullName", "", {
    aggregate: "users",
    pipeline: [{ $group: { _id: null, value: { $max: "$fullName" } } }],
    cursor: {},
  });
  m.verdict();
});
