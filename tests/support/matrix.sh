#!/bin/sh
# The tests of reading and the cases, the whole way there and back, on every version of PostgreSQL, MariaDB and MySQL that can be
# had: prints a table. Run by ./dev test --matrix, after a build.
#
#   matrix.sh [TARGET…]     for example: matrix.sh postgres:12 mariadb
set -eu

servers=tests/support/servers.sh
[ $# -gt 0 ] || set -- postgres:12 postgres:13 postgres:14 postgres postgres:16 postgres:17 postgres:18 mariadb mysql

logs=$(mktemp -d)
env_file=
finish() {
  [ -z "$env_file" ] || "$servers" stop "$env_file"
}
trap finish EXIT
trap 'exit 130' INT TERM

# counts FILE: "N passed, M failed" of what Catch2 says last, in checks.
counts() {
  tail -n 4 "$1" | sed -n -e 's/^All tests passed (\([0-9]*\) assertions.*/\1 passed/p' \
    -e 's/^assertions: *[0-9]* *| *\([0-9]*\) passed *| *\([0-9]*\) failed.*/\1 passed, \2 failed/p'
}

# What is built meanwhile does not disturb.
cp build/dev/server_tests build/dev/forgelua "$logs"

failed=0
table=$logs/table
printf '| Server | Reading | Cases |\n|---|---|---|\n' >"$table"
for target in "$@"; do
  engine=${target%%:*}
  env_file=$("$servers" start "$target")
  # shellcheck disable=SC1090  # made by the line above
  . "$env_file"
  case $engine in
    postgres) version="PostgreSQL $("$FORGELUA_TEST_PSQL" -d postgres -Atc 'SHOW server_version' | cut -d' ' -f1)" ;;
    mariadb) version="MariaDB $("$FORGELUA_TEST_MARIADB_CLIENT" -N -e 'SELECT version()' | cut -d- -f1)" ;;
    mysql) version="MySQL $("$FORGELUA_TEST_MYSQL_CLIENT" -N -e 'SELECT version()' | cut -d- -f1)" ;;
  esac
  name=$(printf '%s' "$target" | tr ':' '-')
  "$logs/server_tests" "[read][$engine]" >"$logs/$name-read.log" 2>&1 || failed=1
  "$logs/server_tests" "[cases][$engine]" >"$logs/$name-cases.log" 2>&1 || failed=1
  printf '| %s | %s | %s |\n' "$version" "$(counts "$logs/$name-read.log")" "$(counts "$logs/$name-cases.log")" >>"$table"
  tail -n 1 "$table"
  "$servers" stop "$env_file"
  env_file=
  unset FORGELUA_POSTGRES_BIN FORGELUA_TEST_POSTGRES_VERSION
done
cat "$table"
[ "$failed" -eq 0 ] || { echo "logs: $logs" >&2; exit 1; }
rm -rf "$logs"
