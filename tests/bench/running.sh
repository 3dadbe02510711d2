#!/bin/sh
# Running plans on PostgreSQL, MySQL and MariaDB, with an application's traffic meanwhile: rows of tables, on standard output. Run by
# ./dev bench --running. Arguments go to the program: '[stall]' and the like.
set -eu

servers=tests/support/servers.sh
env_file=$("$servers" start postgres mysql mariadb)
trap '"$servers" stop "$env_file"' EXIT
trap 'exit 130' INT TERM
# shellcheck disable=SC1090  # made by the line above
. "$env_file"
build/release/bench_running "$@"
