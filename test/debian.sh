# shellcheck shell=sh disable=SC2154
# What setup.sh of test/wine and of test/pool have in common: a folder made of Debian's packages, which
# are unpacked, not installed, once for each user and machine. They set $here, $name, what $cannot be
# done without it, and $root, the folder.

suite=trixie
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf '%s/setup.sh: %s\n' "$name" "$1" >&2; }
fail() { say "$1"; exit 1; }
unavailable() { say "$cannot: $1"; exit 77; }

# mirror prints the address of the Debian mirror that this machine's own apt uses.
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

# check_debian sets $mirror, or ends where no packages can be had or no session be made.
check_debian() {
    [ "$(uname -sm)" = "Linux x86_64" ] || unavailable "this is $(uname -sm); Linux x86_64 is wanted"
    for tool in apt-get dpkg-deb unshare setpriv flock; do
        command -v $tool >/dev/null || unavailable "there is no $tool"
    done
    "$here/session.sh" --check || unavailable "this user may not make namespaces (unshare)"
    [ -e $keyring ] || unavailable "there is no $keyring, to check Debian's packages with; install debian-archive-keyring"
    mirror=$(mirror)
    [ -n "$mirror" ] || unavailable "apt's sources name no Debian mirror; MATPOOL_DEBIAN_MIRROR may name one"
}

# download PACKAGE... fetches packages into $temp/debs, by an apt that keeps all it writes in $temp.
# "install" fetches what they depend on, too.
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

# cleanup is what is done at the end, whatever that is.
cleanup() {
    status=$?
    [ -z "${temp-}" ] || rm -rf "$temp"
    if [ $status -ne 0 ]; then
        tail -n 20 "$cache/log" >&4
        say "this failed; the last lines of $cache/log are above" 2>&4
    fi
}

# once runs the command that makes $root, in a temporary folder $temp beside it. Its words go to a log.
once() {
    cache=$(dirname "$root")
    [ ! -e "$root" ] || return 0
    check_debian
    mkdir -p "$cache"
    exec 3>&1 4>&2 9>"$cache/lock"
    flock 9 # another one may be at it
    if [ ! -e "$root" ]; then
        say "making $root"
        trap cleanup EXIT
        trap 'exit 1' HUP INT TERM
        rm -rf "$cache"/tmp.* # of one that was killed
        temp=$(mktemp -d "$cache/tmp.XXXXXX")
        exec >"$cache/log" 2>&1
        "$@" </dev/null
        exec >&3 2>&4
    fi
    exec 9>&-
}
