#!/usr/bin/env bash
# Refreshes .sqlx, which lets the program build without a database; with --check, only says whether it is fresh, and what
# clippy thinks of the code: one compilation answers both.
#
#   target/debug/trame with-postgres -- scripts/sqlx-prepare.sh
#
# DATABASE_URL names a server that may be written to. No sqlx-cli is needed.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=scripts/prepare.sh
source "$root/scripts/prepare.sh"

keep_target_folder
cd "$root"
need_rust
command="target/debug/trame with-postgres -- scripts/sqlx-prepare.sh"
[[ -n "${DATABASE_URL:-}" ]] || fail "DATABASE_URL doit désigner un serveur où écrire ; par exemple : $command"
check=false
case "${1:-}" in
--check) check=true ;;
"") ;;
*) fail "Usage : scripts/sqlx-prepare.sh [--check]" ;;
esac

work="$(mktemp -d)"
fresh="$work/sqlx"
mkdir "$fresh"
scratch=""

clean_up() {
    # Cargo would otherwise build everything again, for a file that has not changed.
    if [[ -e "$work/touched" && ! src/lib.rs -nt "$work/touched" ]]; then
        touch -r "$work/before" src/lib.rs
    fi
    [[ -z "$scratch" ]] || psql -q "$server" -c "drop database if exists $scratch with (force)" || true
    rm -rf "$work"
}
trap clean_up EXIT

server="$DATABASE_URL"
if ! $check && has psql; then
    # While a query or a migration is being written the program does not build: apply the files themselves.
    scratch="trame_sqlx_$$"
    psql -q "$server" -c "create database $scratch"
    DATABASE_URL="$(database_of "$server" "$scratch")"
    for migration in migrations/*.sql; do
        psql -q -v ON_ERROR_STOP=1 --single-transaction -f "$migration" "$DATABASE_URL" >/dev/null
    done
else
    "${TRAME_BIN:-$(target_folder)/debug/trame}" migrate
fi

# Cargo compares dates: an older crate root is checked again, and so is whatever depends on it.
touch -r src/lib.rs "$work/before"
touch src/lib.rs
touch -r src/lib.rs "$work/touched"
export SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$fresh" DATABASE_URL
if $check; then
    cargo clippy --workspace --all-targets --locked -- -D warnings
else
    cargo check --locked --quiet --all-targets
fi

if $check; then
    mkdir -p "$work/none"
    current=.sqlx
    [[ -d .sqlx ]] || current="$work/none"
    diff -rq "$current" "$fresh" >&2 ||
        fail "Les données de .sqlx ne correspondent plus aux requêtes ; pour les refaire : $command"
else
    rm -rf .sqlx
    # Not a move: the temporary folder is private, and may be on another disk.
    mkdir .sqlx
    find "$fresh" -type f -exec cp {} .sqlx/ \;
fi
