#!/bin/sh
# session.sh COMMAND [ARGUMENT]...
#
# runs a command with its own HTCondor pool. The pool starts in a few seconds; it ends, with all its
# jobs, when the command ends. The command has condor_submit and the like on its PATH. It runs as an
# ordinary user with the caller's rights to files, in the current folder, and sees only the pool's
# network. Its /usr is the pool's, with numpy for /usr/bin/python3; all other folders except /etc are
# this machine's. The machines' logs are in /pool/MACHINE/log.
#
# The pool's machines differ in their names, addresses and temporary files:
#
#     server          takes the jobs; the command runs here
#     linux1, linux2  two processors each
#     winpc           two processors; to HTCondor it is a Windows machine. It runs only programs
#                     for Windows, in Wine.
#
# If MATPOOL_POOL_LINUX2 is a folder that setup.sh has made, linux2 has the HTCondor in it.
#
#     session.sh --check            exits with 0 if namespaces are available, and does nothing else
#     session.sh --of ROOT COMMAND  takes HTCondor from the folder ROOT, not from setup.sh's
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=test/namespaces.sh
. "$here/../namespaces.sh"

# as_user COMMAND... runs a command in the pool's file system. The caller is an ordinary user there,
# since HTCondor refuses root's jobs.
as_user() { unshare --user --map-user=1000 --map-group=1000 --root="$session" "$@"; }

make_etc() {
    ln -s ../usr/lib/os-release "$session/etc/os-release"
    printf '%s\n' root:x:0:0::/:/bin/sh "user:x:1000:1000::$HOME:/bin/sh" nobody:x:65534:65534::/:/bin/sh >"$session/etc/passwd"
    printf '%s\n' root:x:0: user:x:1000: nogroup:x:65534: >"$session/etc/group"
    echo 127.0.0.1 localhost >"$session/etc/hosts"
    mkdir "$session/etc/condor"
    cp "$here/condor_config" "$here/run-by-wine" "$session/etc/condor"
}

# machine NAME DAEMONS [SETTING]... starts a machine of the pool.
machine() {
    machine=$1 daemons=$2 dir=$session/pool/$1
    shift 2
    address=127.0.0.$((number = number + 1))
    echo "$address $machine" >>"$session/etc/hosts"
    printf '%s\n' "NETWORK_INTERFACE = $address" "DAEMON_LIST = MASTER, $daemons" "$@" >"$session/etc/condor/$machine"
    mkdir "$dir" "$dir/execute" "$dir/lock" "$dir/log" "$dir/spool"
    setsid unshare --uts --mount "$0" --machine "$root" "$machine" >"$dir/log/start" 2>&1 </dev/null &
}

# up succeeds if the pool answers and all machines have joined it.
up() {
    [ "$(as_user condor_status -af Machine 2>&1 | sort | uniq | tr '\n' ' ')" = "linux1 linux2 winpc " ] &&
        as_user condor_q >/dev/null 2>&1
}

wait_until_up() {
    tries=3000 # it takes seconds, but minutes on a busy machine
    until up; do
        if [ $((tries = tries - 1)) -eq 0 ]; then
            tail -n 20 "$session"/pool/*/log/* >&2
            echo "pool/session.sh: the pool did not start; the ends of its logs are above" >&2
            exit 1
        fi
        sleep 0.1
    done
}

case $1 in
--check)
    enter --net --uts unshare --user --map-user=1000 --map-group=1000 true 2>/dev/null
    ;;
--inside)
    root=$2 session=$2/session number=0
    shift 2
    # Settings for an HTCondor on this machine must not reach the pool's.
    # shellcheck disable=SC2046 # several words
    unset CONDOR_CONFIG $(env | sed -n 's/^\(_CONDOR_[A-Za-z0-9_]*\)=.*/\1/ip')
    make_root /etc /pool
    make_etc
    chroot "$session" ifconfig lo up
    machine server "COLLECTOR, NEGOTIATOR, SCHEDD"
    machine linux1 STARTD
    machine linux2 STARTD
    cp -a "$root/prefix" "$session/pool/prefix"
    machine winpc STARTD 'OPSYS = WINDOWS' 'USER_JOB_WRAPPER = /etc/condor/run-by-wine'
    hostname server
    wait_until_up
    export MATPOOL_POOL="$session" PATH="$PATH:/usr/sbin:/usr/bin"
    as_user --wd="$PWD" "$@"
    ;;
--machine)
    session=$2/session
    hostname "$3"
    [ "$3" = server ] || mount -t tmpfs -o mode=1777 tmp "$session/tmp"
    [ "$3" != linux2 ] || [ -z "${MATPOOL_POOL_LINUX2-}" ] || mount --bind "$MATPOOL_POOL_LINUX2/usr" "$session/usr"
    if [ "$3" = winpc ]; then
        # Otherwise Wine's server would end after each program. The first program also starts Wine's services.
        as_user --wd=/ env -i WINEPREFIX=/pool/prefix /usr/lib/wine/wineserver64 --persistent
        as_user --wd=/ /etc/condor/run-by-wine cmd /c exit
    fi
    as_user --wd=/ condor_master -f
    ;;
--of)
    shift
    enter --net --uts "$here/session.sh" --inside "$@"
    ;;
*)
    root=$("$here/setup.sh")
    enter --net --uts "$here/session.sh" --inside "$root" "$@"
    ;;
esac
