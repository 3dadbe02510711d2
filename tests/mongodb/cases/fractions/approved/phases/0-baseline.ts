// Baseline, to note before the start: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/0-baseline.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("fractions", "phases/0-baseline.ts", async (m) => {
  await m.check("rows of rates", "", { count: "rates", query: {} });
  await m.check("bytes of rates with its indexes", "", {
    aggregate: "rates",
    pipeline: [
      { $collStats: { storageStats: {} } },
      { $project: { _id: 0, bytes: "$storageStats.totalSize" } },
    ],
    cursor: {},
  });
  await m.check("documents without rates.a", "", { count: "rates", query: { a: null } });
  await m.check("min of rates.a", "", {
    aggregate: "rates",
    pipeline: [{ $group: { _id: null, value: { $min: "$a" } } }],
    cursor: {},
  });
  await m.check("max of rates.a", "", {
    aggregate: "rates",
    pipeline: [{ $group: { _id: null, value: { $max: "$a" } } }],
    cursor: {},
  });
  await m.check("documents without rates.code", "", { count: "rates", query: { code: null } });
  await m.check("min of rates.code", "", {
    aggregate: "rates",
    pipeline: [{ $group: { _id: null, value: { $min: "$code" } } }],
    cursor: {},
  });
  await m.check("max of rates.code", "", {
    aggregate: "rates",
    pipeline: [{ $group: { _id: null, value: { $max: "$code" } } }],
    cursor: {},
  });
  m.verdict();
});
