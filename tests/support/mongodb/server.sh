# shellcheck shell=sh disable=SC2086,SC2154  # the run folder and the words of commands are those of servers.sh, which reads this
# The server of MongoDB's protocol: FerretDB before the DocumentDB extension of a PostgreSQL of its own.

documentdb_root=$cache/documentdb-root
ferretdb_version=v2.7.0
ferretdb=$cache/ferretdb/$ferretdb_version/ferretdb

# The extension that FerretDB stands on is in Debian's unstable; as for MySQL, its files stand in a folder of their own.
make_documentdb_root() {
  [ -d "$documentdb_root" ] && return
  [ "$(id -u)" -eq 0 ] || die "making the DocumentDB installation needs root: sudo $0 mongodb-root"
  command -v debootstrap >/dev/null || die "debootstrap is not installed (./dev setup installs it)"
  mkdir -p "$cache"
  rm -rf "$documentdb_root.part"
  say "servers: making the DocumentDB installation in $documentdb_root (about a minute, once)"
  debootstrap --variant=minbase --include=postgresql-18-documentdb,postgresql-18-postgis-3-scripts sid \
    "$documentdb_root.part" >"$cache/debootstrap-documentdb.log" 2>&1 ||
    { tail -n 20 "$cache/debootstrap-documentdb.log" >&2; die "debootstrap failed"; }
  # Of that, what the server needs: a start by root makes a copy that the server's user can read.
  rm -rf "$documentdb_root.new"
  mkdir "$documentdb_root.new"
  (
    cd "$documentdb_root.part"
    loader=$(printf '%s\n' lib*/ld-linux-*.so.* | head -n 1)
    # The control file of postgis is a link to a path that is right only for who has this folder as its root; such links of
    # what nobody needs are left out.
    ln -sf postgis-3.control usr/share/postgresql/18/extension/postgis.control
    find usr/lib/postgresql/18 usr/share/postgresql/18 -xtype l -delete
    cp --parents -rL "$loader" usr/lib/postgresql/18/bin/postgres usr/lib/postgresql/18/bin/initdb \
      usr/lib/postgresql/18/bin/psql usr/lib/postgresql/18/lib "$documentdb_root.new"
    cp --parents -rL usr/share/postgresql/18 "$documentdb_root.new"
    for file in usr/lib/postgresql/18/bin/postgres usr/lib/postgresql/18/bin/psql usr/lib/postgresql/18/lib/*.so; do
      "./$loader" --library-path "$(echo "$PWD"/usr/lib/*-linux-gnu):$PWD/usr/lib/postgresql/18/lib" --list "$file" 2>/dev/null || true
    done | awk -v root="$PWD/" 'index($3, root "usr/lib/") == 1 && $3 !~ /LLVM/ { print substr($3, length(root) + 1) }' |
      sort -u | xargs cp --parents -L -t "$documentdb_root.new"
  )
  rm -rf "$documentdb_root.part"
  mv "$documentdb_root.new" "$documentdb_root"
}

make_ferretdb() {
  [ -x "$ferretdb" ] && return
  command -v go >/dev/null || die "Go is not installed (./dev setup installs it)"
  say "servers: building FerretDB $ferretdb_version (about a minute, once)"
  mkdir -p "$(dirname "$ferretdb")"
  (cd / && GOBIN=$(dirname "$ferretdb") GOFLAGS=-mod=mod CGO_ENABLED=0 \
    go install "github.com/FerretDB/FerretDB/v2/cmd/ferretdb@$ferretdb_version") >"$cache/ferretdb.log" 2>&1 ||
    { tail -n 20 "$cache/ferretdb.log" >&2; die "FerretDB could not be built"; }
}

# The official driver, what runs TypeScript and what checks it, as the lock file names them: one folder for each lock file.
node_folder() { echo "$cache/node-mongodb/$(sha256sum "$here/mongodb/package-lock.json" | cut -c 1-16)"; }

make_node_folder() {
  folder=$(node_folder)
  [ -d "$folder" ] && return
  command -v npm >/dev/null || die "npm is not installed (./dev setup installs it)"
  say "servers: fetching the MongoDB driver for Node (once)"
  rm -rf "$folder.part"
  mkdir -p "$folder.part"
  cp "$here/mongodb/package.json" "$here/mongodb/package-lock.json" "$folder.part"
  (cd "$folder.part" && npm ci --ignore-scripts --no-audit --no-fund --silent) >&2 || die "npm ci failed"
  mv "$folder.part" "$folder"
}

make_mongodb() {
  make_documentdb_root
  make_ferretdb
  make_node_folder
}

documentdb_words() {
  loader=$(printf '%s\n' "$documentdb_root"/lib*/ld-linux-*.so.* | head -n 1)
  documentdb_bin=$documentdb_root/usr/lib/postgresql/18/bin
  libraries=$(echo "$documentdb_root"/usr/lib/*-linux-gnu):$documentdb_root/usr/lib/postgresql/18/lib
}

# FerretDB before a PostgreSQL of its own. The database runs with its own loader and libraries, as MySQL does; initdb starts
# the server that stands beside it, by which it means the wrapper.
start_mongodb() {
  make_mongodb
  documentdb_words
  dir=$run/mongodb
  as_owner=$as_server_user
  # A cache under root's own home folder can be read by nobody else.
  if [ -n "$as_server_user" ] && ! $as_server_user test -r "$documentdb_bin/postgres"; then
    cp -a "$documentdb_root" "$run/documentdb-root"
    documentdb_root=$run/documentdb-root
    documentdb_words
  fi
  mkdir "$run/documentdb"
  chmod 755 "$run/documentdb"
  printf '#!/bin/sh\nexec %s --library-path %s %s/postgres "$@"\n' "$loader" "$libraries" "$documentdb_bin" \
    >"$run/documentdb/postgres"
  cp "$run/documentdb/postgres" "$run/documentdb/initdb"
  chmod 755 "$run/documentdb/postgres" "$run/documentdb/initdb"
  $as_owner "$loader" --library-path "$libraries" --argv0 "$run/documentdb/initdb" "$documentdb_bin/initdb" \
    -L "$documentdb_root/usr/share/postgresql/18" -D "$dir/data" -U postgres --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync >"$dir.log" 2>&1 || { cat "$dir.log" >&2; die "initdb failed"; }
  $as_owner sh -c "cat >>'$dir/data/postgresql.conf'" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
max_connections = 100
timezone = 'UTC'
fsync = off
synchronous_commit = off
full_page_writes = off
shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'
cron.database_name = 'postgres'
cron.host = '$dir'
documentdb.localhost_connection_string = 'host=$dir'
documentdb.force_index_builds_blocking = on
CONF
  (cd "$dir" && exec setsid $as_owner "$run/documentdb/postgres" -D "$dir/data") >>"$dir.log" 2>&1 </dev/null &
  echo $! >"$run/mongodb-postgres.pid"
  wait_for 60 DocumentDB "$dir.log" "$loader" --library-path "$libraries" "$documentdb_bin/psql" -X -h "$dir" -U postgres \
    -d postgres -c 'CREATE EXTENSION IF NOT EXISTS documentdb CASCADE'
  # Drivers write the path of a socket in small letters, so it listens on a free port of this machine alone.
  mkdir "$run/ferretdb"
  (cd "$run/ferretdb" && exec setsid "$ferretdb" --postgresql-url="postgres://postgres@/postgres?host=$dir" \
    --listen-addr=127.0.0.1:0 --debug-addr= --no-auth --telemetry=disable --state-dir="$run/ferretdb") \
    >"$run/ferretdb.log" 2>&1 </dev/null &
  echo $! >"$run/ferretdb.pid"
  wait_for 30 FerretDB "$run/ferretdb.log" grep -q 'Listening on TCP' "$run/ferretdb.log"
  port=$(sed -n 's/.*Listening on TCP 127.0.0.1:\([0-9]*\).*/\1/p' "$run/ferretdb.log")
  export_line FORGELUA_TEST_MONGODB_URL "mongodb://127.0.0.1:$port/"
  export_line FORGELUA_TEST_NODE_MODULES "$(node_folder)/node_modules"
}
