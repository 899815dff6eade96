#!/bin/sh
# replace.sh FROM TO
#
# replaces the files in the folder TO by those in FROM. A file whose bytes are the same keeps its time, since Go's cache
# knows the files that a test has opened by their times and sizes.
set -eu
mkdir -p "$2"
for file in "$2"/*; do
    [ -e "$1/${file##*/}" ] || rm -rf "$file"
done
for file in "$1"/*; do
    cmp -s "$file" "$2/${file##*/}" || cp --remove-destination "$file" "$2"
done
