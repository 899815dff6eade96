# shellcheck shell=sh disable=SC2154
# What setup.sh of test/wine and setup.sh of test/pool share: they make a folder from Debian packages, once
# for each user and machine. The packages are unpacked, not installed. The scripts set $here, $name, $root
# (the folder) and $cannot (what cannot be done without it).

suite=trixie
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf '%s/setup.sh: %s\n' "$name" "$1" >&2; }
fail() { say "$1"; exit 1; }
unavailable() { say "$cannot: $1"; exit 77; }

# mirror prints the address of the Debian mirror that this machine's apt uses.
mirror() {
    if [ -n "${MATPOOL_DEBIAN_MIRROR-}" ]; then
        echo "$MATPOOL_DEBIAN_MIRROR"
        return
    fi
    # shellcheck disable=SC1091 # is on the machine
    [ "$(. /etc/os-release; echo "$ID")" = debian ] || return 0
    # shellcheck disable=SC1091,SC2016 # the format is apt's
    apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' |
        awk -v release="$(. /etc/os-release; echo "$VERSION_CODENAME")" '$1 == release && $2 == "main" { print $3; exit }'
}

# check_debian sets $mirror. It exits if packages are not available or sessions are not possible.
check_debian() {
    [ "$(uname -sm)" = "Linux x86_64" ] || unavailable "this is $(uname -sm), not Linux x86_64"
    for tool in apt-get dpkg-deb unshare setpriv flock; do
        command -v $tool >/dev/null || unavailable "$tool is missing"
    done
    "$here/session.sh" --check || unavailable "this user may not create namespaces (unshare)"
    [ -e $keyring ] || unavailable "$keyring, which checks Debian's packages, is missing; install debian-archive-keyring"
    mirror=$(mirror)
    [ -n "$mirror" ] || unavailable "apt's sources name no Debian mirror; set MATPOOL_DEBIAN_MIRROR to one"
}

# download PACKAGE... fetches packages into $temp/debs. Everything that apt writes is in $temp.
# "install" also fetches the packages they depend on.
download() {
    mkdir -p "$temp/apt/lists/partial" "$temp/debs/partial"
    : >"$temp/apt/status"
    echo "deb [arch=amd64 target=Packages signed-by=$keyring] $mirror $suite main" >"$temp/apt/sources"
    cat >"$temp/apt/config" <<END
Dir::State::Lists "$temp/apt/lists";
Dir::State::Status "$temp/apt/status";
Dir::Etc::SourceList "$temp/apt/sources";
Dir::Etc::SourceParts "/dev/null";
Dir::Cache::Archives "$temp/debs";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Architecture "amd64";
APT::Sandbox::User "root";
END
    export APT_CONFIG="$temp/apt/config"
    apt-get update --error-on=any
    (cd "$temp/debs" && apt-get "$@")
    unset APT_CONFIG
}

# cleanup runs at the end, also after a failure.
cleanup() {
    status=$?
    [ -z "${temp-}" ] || rm -rf "$temp"
    if [ $status -ne 0 ]; then
        tail -n 20 "$cache/log" >&4
        say "this failed; the last lines of $cache/log are above" 2>&4
    fi
}

# once runs the command that makes $root, unless it exists, with a temporary folder $temp in the same
# folder. The output of the command goes to a log.
once() {
    cache=$(dirname "$root")
    [ ! -e "$root" ] || return 0
    check_debian
    mkdir -p "$cache"
    exec 3>&1 4>&2 9>"$cache/lock"
    flock 9 # another process may be making it
    if [ ! -e "$root" ]; then
        say "making $root"
        trap cleanup EXIT
        trap 'exit 1' HUP INT TERM
        rm -rf "$cache"/tmp.* # of a process that was killed
        temp=$(mktemp -d "$cache/tmp.XXXXXX")
        exec >"$cache/log" 2>&1
        "$@" </dev/null
        exec >&3 2>&4
    fi
    exec 9>&-
}
