#!/bin/sh
# machine.sh describes this machine, as configuration lines of Go's benchmark format.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
virtual=$(sed -n 's/^flags.*\<hypervisor\>.*/, of a virtual machine/p' /proc/cpuinfo | head -n 1)
numpy=$(/usr/bin/python3 "$here/dgemm.py")
. /etc/os-release
echo "date: $(date -u '+%Y-%m-%d %H:%M UTC')"
echo "commit: $(cd "$here" && git describe --always --dirty --tags)"
echo "cpu: ${cpu:-$(uname -m)}"
echo "cores: $(nproc)$virtual"
echo "caches: $(lscpu --caches=NAME,ONE-SIZE | sed 1d | paste -s -d , | sed 's/  */ /g; s/,/, /g')"
echo "memory: $(sed -n 's/^MemTotal: *//p' /proc/meminfo)"
echo "system: $PRETTY_NAME, Linux $(uname -r)"
echo "huge-pages: transparent $(cat /sys/kernel/mm/transparent_hugepage/enabled)"
echo "go: $(go env GOVERSION)"
echo "numpy: $numpy"
echo "load-before: $(cut -d ' ' -f 1-3 /proc/loadavg)"
