#!/bin/sh
# session.sh COMMAND [ARGUMENT]...
#
# runs a command on this machine and keeps Wine running for it, so that a Windows program that it starts
# with test/wine/run needs only a tenth of a second to start. Everything is in namespaces of its own:
# processes that the command leaves running, Wine's included, end with the command, and so do the mounts
# that Wine needs. The Windows programs see other mounts that the command makes; nobody else does.
#
#     session.sh --check            exits with 0 if namespaces are available, and does nothing else
#     session.sh --of ROOT COMMAND  takes Wine from the folder ROOT, not from setup.sh's
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# shellcheck source=test/namespaces.sh
. "$here/../namespaces.sh"

# make_places makes the folders that Wine writes to: a registry and a C: drive for each session, and a
# folder for its socket.
make_places() {
    mkdir "$session/wine"
    if [ -d "$root/prefix" ]; then cp -a "$root/prefix" "$session/wine/prefix"; else mkdir "$session/wine/prefix"; fi
    mkdir -p "/tmp/.wine-$(id -u)"
    mount -t tmpfs -o mode=700 wine "/tmp/.wine-$(id -u)"
}

# start_server starts Wine's server, which would otherwise end after each program. The first program also
# starts Wine's services.
start_server() {
    in_wine /usr/lib/wine/wineserver64 --persistent
    in_wine /usr/lib/wine/wine64 cmd /c exit
}

in_wine() {
    env -i HOME=/wine USER=user LC_ALL=C.UTF-8 WINEPREFIX=/wine/prefix WINEDLLOVERRIDES='mscoree,mshtml=' \
        unshare --root="$session" --wd=/ "$@"
}

case $1 in
--check)
    enter true 2>/dev/null
    ;;
--inside)
    root=$2 session=$2/session
    shift 2
    # shellcheck disable=SC2119 # no folder is left empty
    make_root
    make_places
    export MATPOOL_WINE="$session"
    start_server >/dev/null 2>&1 </dev/null
    "$@"
    ;;
--of)
    shift
    enter "$here/session.sh" --inside "$@"
    ;;
*)
    enter "$here/session.sh" --inside "$("$here/setup.sh" | tail -n 1)" "$@"
    ;;
esac
