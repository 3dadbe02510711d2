// Baseline, to note before the start: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/0-baseline.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("rename_field", "phases/0-baseline.ts", async (m) => {
  await m.check("rows of people", "", { count: "people", query: {} });
  await m.check("bytes of people with its indexes", "", {
    aggregate: "people",
    pipeline: [
      { $collStats: { storageStats: {} } },
      { $project: { _id: 0, bytes: "$storageStats.totalSize" } },
    ],
    cursor: {},
  });
  await m.check("documents without people.name", "", { count: "people", query: { name: null } });
  await m.check("min of people.name", "", {
    aggregate: "people",
    pipeline: [{ $group: { _id: null, value: { $min: "$name" } } }],
    cursor: {},
  });
  await m.check("max of people.name", "", {
    aggregate: "people",
    pipeline: [{ $group: { _id: null, value: { $max: "$name" } } }],
    cursor: {},
  });
  m.verdict();
});
