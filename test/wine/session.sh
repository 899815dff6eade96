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

# enter runs a command as the first process of new namespaces, which takes all others with it when it
# ends. It is killed if this script is.
enter() {
    set -- setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$@"
    [ "$(id -u)" -eq 0 ] || set -- unshare --user --map-root-user "$@"
    "$@"
}

# make_root makes the file system that Wine sees: its own /usr, and else this machine's.
make_root() {
    mount --make-rshared / # among the mounts of this namespace, which unshare has made private
    mount -t tmpfs -o mode=755 wine "$session"
    mount --make-rprivate "$session"
    mount --make-unbindable "$session"

    mkdir "$session/usr" "$session/wine"
    mount --bind "$root/usr" "$session/usr"
    mount --make-private "$session/usr"
    [ ! -d /usr/local ] || mount --rbind /usr/local "$session/usr/local" # Go may be there
    ln -s usr/lib "$session/lib"
    ln -s usr/lib64 "$session/lib64"
    for dir in /*; do
        case $dir in /usr | /lib | /lib64) continue ;; esac
        if [ -L "$dir" ]; then
            cp -P "$dir" "$session$dir"
        elif [ -d "$dir" ]; then
            mkdir "$session$dir"
            mount --rbind "$dir" "$session$dir"
        fi
    done
    # A registry and a C: drive for each session, and a place for Wine's socket.
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
    make_root
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
