#!/usr/bin/env bash
# The Rust tests, on the throw-away server that DATABASE_URL names.
#
#   target/debug/trame with-postgres -- scripts/rust-tests.sh
#
# Each test has a database of its own, which the server copies from its template: the migrations are applied there once
# instead of in every test.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=scripts/prepare.sh
source "$root/scripts/prepare.sh"

keep_target_folder
cd "$root"
[[ -n "${DATABASE_URL:-}" ]] || fail "DATABASE_URL doit désigner un serveur jetable ; par exemple : target/debug/trame with-postgres -- scripts/rust-tests.sh"
DATABASE_URL="$(database_of "$DATABASE_URL" template1)" "$(target_folder)/debug/trame" migrate
exec cargo test --workspace --locked --no-fail-fast "$@"
