// Baseline, to note before the start: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/0-baseline.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("tables", "phases/0-baseline.ts", async (m) => {
  await m.check("rows of customers", "", { count: "customers", query: {} });
  await m.check("bytes of customers with its indexes", "", {
    aggregate: "customers",
    pipeline: [
      { $collStats: { storageStats: {} } },
      { $project: { _id: 0, bytes: "$storageStats.totalSize" } },
    ],
    cursor: {},
  });
  await m.check("rows of invoices", "", { count: "invoices", query: {} });
  await m.check("bytes of invoices with its indexes", "", {
    aggregate: "invoices",
    pipeline: [
      { $collStats: { storageStats: {} } },
      { $project: { _id: 0, bytes: "$storageStats.totalSize" } },
    ],
    cursor: {},
  });
  m.verdict();
});
