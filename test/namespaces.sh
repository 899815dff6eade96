# shellcheck shell=sh disable=SC2154
# What session.sh of test/wine and session.sh of test/pool share: they run a command in its own
# namespaces, with a file system whose /usr is that of $root and whose other folders are this machine's.
# Processes that the command leaves running end with it, and so do the mounts. The scripts set $root, and
# $session, a folder.

# enter [FLAG]... COMMAND... runs a command as the first process of new namespaces; when it ends, all
# other processes in them end. The flags are unshare's, for further namespaces. If this script is
# killed, so is the command.
enter() {
    set -- setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$@"
    [ "$(id -u)" -eq 0 ] || set -- unshare --user --map-root-user "$@"
    "$@"
}

# make_root [FOLDER]... makes the file system in $session. The FOLDERs are left empty.
make_root() {
    mount --make-rshared / # within this namespace, whose mounts unshare has made private
    mount -t tmpfs -o mode=755 session "$session"
    mount --make-rprivate "$session"
    mount --make-unbindable "$session"

    mkdir "$session/usr"
    mount --bind "$root/usr" "$session/usr"
    mount --make-private "$session/usr"
    [ ! -d /usr/local ] || mount --rbind /usr/local "$session/usr/local" # Go may be there
    for dir in "$root"/*; do
        # bin, lib, …, which are links into usr
        [ ! -L "$dir" ] || cp -P "$dir" "$session"
    done
    for dir in "$@"; do mkdir "$session$dir"; done
    for dir in /*; do
        if [ -e "$session$dir" ] || [ -L "$session$dir" ]; then
            continue
        elif [ -L "$dir" ]; then
            cp -P "$dir" "$session$dir"
        elif [ -d "$dir" ]; then
            mkdir "$session$dir"
            mount --rbind "$dir" "$session$dir"
        fi
    done
}
