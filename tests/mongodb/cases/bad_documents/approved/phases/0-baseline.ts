// Baseline, to note before the start: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/0-baseline.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/0-baseline.ts", async (m) => {
  await m.check("rows of readings", "", { count: "readings", query: {} });
  await m.check("bytes of readings with its indexes", "", {
    aggregate: "readings",
    pipeline: [
      { $collStats: { storageStats: {} } },
      { $project: { _id: 0, bytes: "$storageStats.totalSize" } },
    ],
    cursor: {},
  });
  m.verdict();
});
