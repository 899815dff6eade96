#!/bin/sh
# session.sh COMMAND [ARGUMENT]...
#
# runs a command on this machine, with Wine started for the Windows programs that it runs by way of
# test/wine/run: each then starts in a tenth of a second. What the command leaves running, Wine's own
# processes among it, ends with it, and so do the mounts that Wine needs: all are in namespaces of
# their own. Other mounts that the command makes are seen by the Windows programs, too, and by nobody
# else.
#
#     session.sh --check            only says by its status whether namespaces can be had
#     session.sh --of ROOT COMMAND  takes Wine from another folder than the one of setup.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# shellcheck source=test/namespaces.sh
. "$here/../namespaces.sh"

# make_places makes what Wine writes to: a registry and a C: drive for each session, and a place for
# its socket.
make_places() {
    mkdir "$session/wine"
    if [ -d "$root/prefix" ]; then cp -a "$root/prefix" "$session/wine/prefix"; else mkdir "$session/wine/prefix"; fi
    mkdir -p "/tmp/.wine-$(id -u)"
    mount -t tmpfs -o mode=700 wine "/tmp/.wine-$(id -u)"
}

# start_server starts Wine's server, which else would end after each program. The first program starts
# Wine's services, too.
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
    # shellcheck disable=SC2119 # none
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
