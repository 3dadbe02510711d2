#!/bin/sh
# Reading 10,000 tables: `forgelua inspect` beside the engine's own dump of the schema, and a diff of two live databases of that
# size, on PostgreSQL and MariaDB. Prints a table. Run by ./dev bench --read.
#
#   read.sh [TABLES]
set -eu

tables=${1:-10000}
runs=3
forgelua=${FORGELUA_BENCH_BINARY:-build/release/forgelua}
servers=tests/support/servers.sh
work=$(mktemp -d)
env_file=$("$servers" start postgres mariadb)
trap '"$servers" stop "$env_file"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# shellcheck disable=SC1090  # made by the line above
. "$env_file"

# Twenty columns, two indexes and a check on each table, and a foreign key to the one before. `$2` alters some on the way.
schema() {
  awk -v tables="$1" -v altered="$2" 'BEGIN {
    for (i = 1; i <= tables; i++) {
      printf "CREATE TABLE t%d (id bigint PRIMARY KEY, before_it bigint, name varchar(80) NOT NULL DEFAULT \047\047, total numeric(12,2)", i
      for (c = 1; c <= 15; c++) printf ", c%d integer DEFAULT %d", c, c
      if (altered && i % 100 == 0) printf ", added integer"
      printf ", CONSTRAINT t%d_positive CHECK (total >= 0)", i
      if (i > 1) printf ", CONSTRAINT t%d_before FOREIGN KEY (before_it) REFERENCES t%d (id)", i, i - 1
      printf ");\nCREATE INDEX t%d_name ON t%d (name, c1);\nCREATE INDEX t%d_before ON t%d (before_it);\n", i, i, i, i
    }
  }' | if [ "$3" = postgres ]; then awk '{ print } NR % 600 == 0 { print "COMMIT; BEGIN;" }' | sed '1s/^/BEGIN;\n/'; echo 'COMMIT;'; else cat; fi
}

# least COMMAND…: the least wall time of some runs, in milliseconds.
least() {
  best=
  for _ in $(seq "$runs"); do
    begin=$(date +%s%N)
    "$@" >"$work/out" 2>"$work/err" || { cat "$work/err" >&2; exit 1; }
    took=$((($(date +%s%N) - begin) / 1000000))
    if [ -z "$best" ] || [ "$took" -lt "$best" ]; then best=$took; fi
  done
  echo "$best"
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

row() { printf '| %s | %s tables | %s s | %s s | %s | %s s |\n' "$1" "$tables" "$(ratio "$2" 1000)" "$(ratio "$3" 1000)" "$(ratio "$2" "$3")" "$(ratio "$4" 1000)"; }

printf '| Server | Size | `inspect` | its own dump | ratio | `diff` of two |\n|---|---|---|---|---|---|\n'

for name in bench_old bench_new; do
  "$FORGELUA_TEST_PSQL" -q -d postgres -c "CREATE DATABASE $name"
  schema "$tables" "$([ $name = bench_old ] || echo 1)" postgres | "$FORGELUA_TEST_PSQL" -q -d "$name" -v ON_ERROR_STOP=1 -f -
  "$FORGELUA_TEST_PSQL" -q -d "$name" -c ANALYZE
done
old=$(printf '%s' "$FORGELUA_TEST_POSTGRES_URL" | sed 's,/postgres?,/bench_old?,')
new=$(printf '%s' "$FORGELUA_TEST_POSTGRES_URL" | sed 's,/postgres?,/bench_new?,')
row PostgreSQL "$(least "$forgelua" inspect "$old" --format sql)" \
  "$(least "$FORGELUA_TEST_PG_DUMP" --schema-only bench_old)" "$(least "$forgelua" diff "$old" "$new")"

for name in bench_old bench_new; do
  "$FORGELUA_TEST_MARIADB_CLIENT" -e "CREATE DATABASE $name"
  schema "$tables" "$([ $name = bench_old ] || echo 1)" mariadb | "$FORGELUA_TEST_MARIADB_CLIENT" "$name"
done
old=$(printf '%s' "$FORGELUA_TEST_MARIADB_URL" | sed 's,/?,/bench_old?,')
new=$(printf '%s' "$FORGELUA_TEST_MARIADB_URL" | sed 's,/?,/bench_new?,')
socket=${FORGELUA_TEST_MARIADB_URL#*socket=}
row MariaDB "$(least "$forgelua" inspect "$old" --format sql)" \
  "$(least mariadb-dump --no-defaults --socket="$socket" --user=root --no-data bench_old)" "$(least "$forgelua" diff "$old" "$new")"
