// Random collections, documents in them, and changes as people make them: the same for the same seed.

function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const below = (n) => next() % n;
  return { below, chance: (percent) => below(100) < percent, pick: (list) => list[below(list.length)] };
}

// A type: how a field is written, a value of it, rules that its values keep, and a wider type.
const types = (BSON) => ({
  string: { call: ":string()", value: (i) => `text ${i}`, rules: [":max_length(60)", ':pattern "^text"', ':one_of { "x" }'] },
  int: { call: ":int()", value: (i) => new BSON.Int32(i), rules: [":min(0)", ":max(100000)"], wider: ["long", "double", "number"] },
  long: { call: ":long()", value: (i) => BSON.Long.fromNumber(i * 4e9), rules: [":min(0)"] },
  double: { call: ":double()", value: (i) => new BSON.Double(i + 0.25), rules: [":min(0)"] },
  number: { call: ':bson "int|long|double"', value: (i) => (i % 2 ? new BSON.Int32(i) : new BSON.Double(i + 0.5)), rules: [] },
  bool: { call: ":bool()", value: (i) => i % 2 === 0, rules: [] },
  date: { call: ":date()", value: (i) => new Date(1.6e12 + i), rules: [] },
  objectId: { call: ":objectId()", value: () => new BSON.ObjectId(), rules: [] },
  object: { call: ':object { field "a" :int() :required(), field "b" :string() }', value: (i) => ({ a: new BSON.Int32(i), b: "x" }), rules: [] },
  array: { call: ':array "string"', value: (i) => [`a${i}`, "b"], rules: [":min_items(1)"] },
  any: { call: ":any()", value: (i) => (i % 3 ? `any ${i}` : new BSON.Int32(i)), rules: [] },
});

function fieldText(kinds, field) {
  return `field "${field.name}" ${kinds[field.type].call}${field.required ? " :required()" : ""}${field.rule ?? ""}${field.intent ?? ""}`;
}

function collectionText(kinds, one) {
  const lines = one.fields.map((field) => fieldText(kinds, field));
  for (const index of one.indexes) lines.push(`index "${index.name}" { ${index.desc ? "desc " : ""}"${index.field}" }${index.unique ? " :unique()" : ""}`);
  return `collection "${one.name}" { ${lines.join(", ")} }${one.intent ?? ""}`;
}

function schemaText(kinds, list, more = []) {
  return `schema { ${[...list.map((one) => collectionText(kinds, one)), ...more].join(",\n    ")} }`;
}

function randomField(rng, kinds, name) {
  const type = rng.pick(Object.keys(kinds));
  const rules = kinds[type].rules.filter((rule) => !rule.includes("one_of"));
  return { name, type, required: rng.chance(30), rule: rules.length > 0 && rng.chance(40) ? ` ${rng.pick(rules)}` : undefined };
}

function randomCollection(rng, kinds, name) {
  const fields = [{ name: "u", type: "int", required: true }];
  for (let i = 0; i <= rng.below(5); i += 1) fields.push(randomField(rng, kinds, `f${i}`));
  const indexes = rng.chance(60) ? [{ name: `${name}_u`, field: "u", unique: true }] : [];
  const plain = fields.filter((field) => field.type !== "array" && field.type !== "object");
  if (rng.chance(50)) indexes.push({ name: `${name}_i`, field: rng.pick(plain).name, desc: rng.chance(50) });
  return { name, fields, indexes };
}

function changeField(rng, kinds, field) {
  const dice = rng.below(6);
  if (dice === 0) return [];
  if (dice === 1) return [{ ...field, name: `${field.name}_new`, intent: ` :renamed_from "${field.name}"` }];
  if (dice === 2 && kinds[field.type].wider) return [{ ...field, type: rng.pick(kinds[field.type].wider), rule: undefined }];
  if (dice === 3) return [{ ...field, required: !field.required }];
  if (dice === 4) return [{ ...field, rule: undefined }];
  return [field];
}

function changeCollection(rng, kinds, one) {
  const fields = one.fields.flatMap((field) => (field.name === "u" ? [field] : changeField(rng, kinds, field)));
  if (rng.chance(40)) fields.push({ name: "added", type: "string", required: rng.chance(50), intent: ` :backfill '"text"'` });
  if (rng.chance(30)) fields.push({ name: "empty", type: "int" });
  const names = new Map(one.fields.map((field) => [field.name, fields.find((now) => now.name === field.name || now.name === `${field.name}_new`)?.name]));
  const indexes = one.indexes.filter(() => rng.chance(80)).filter((index) => names.get(index.field))
    .map((index) => ({ ...index, field: names.get(index.field) }));
  if (rng.chance(30)) indexes.push({ name: `${one.name}_more`, field: 'u", "_id' });
  const renamed = rng.chance(15) ? { name: `${one.name}_new`, intent: ` :renamed_from "${one.name}"` } : { name: one.name };
  return { ...renamed, fields, indexes };
}

// Documents that match `one`, and what it demands of them later: a field that is required then has a value in all of them.
function documentsOf(rng, kinds, one, later) {
  const needed = (field) => field.required || later?.fields.some((now) => now.required && (now.name === field.name || now.name === `${field.name}_new`));
  const out = [];
  for (let i = 1; i <= rng.below(30); i += 1) {
    const made = { _id: i };
    for (const field of one.fields) {
      const dice = needed(field) ? 99 : rng.below(100);
      if (dice >= 30) made[field.name] = kinds[field.type].value(i);
      else if (dice >= 15) made[field.name] = null;
    }
    if (rng.chance(30)) made.extra = i % 2 ? "x" : new Date(i);
    out.push(made);
  }
  return out;
}

// Both specs and the documents by collection.
export function randomPair(seed, BSON) {
  const rng = generator(seed), kinds = types(BSON);
  const before = [], after = [], drops = [], documents = {};
  for (let i = 0; i <= rng.below(3); i += 1) {
    const one = randomCollection(rng, kinds, `c${i}`);
    const later = rng.chance(10) ? undefined : changeCollection(rng, kinds, one);
    before.push(one);
    if (later) after.push(later);
    else drops.push(`drop_table "${one.name}" :approved_by "nobody"`);
    documents[one.name] = documentsOf(rng, kinds, one, later);
  }
  if (rng.chance(30)) after.push(randomCollection(rng, kinds, "fresh"));
  const rows = rng.pick([100, 8000, 5000000]);
  const hints = before.map((one) => `${one.name} = { rows = ${rows} }`).join(", ");
  return {
    before: `migration "before" { before = schema {}, after = ${schemaText(kinds, before)} }\n`,
    spec: `migration "spec" { before = from_spec "before.migration.lua",\n  after = ${schemaText(kinds, after, drops)},\n  hints = { ${hints} } }\n`,
    documents,
  };
}
