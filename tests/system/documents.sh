# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# The commands of the tutorial and of the how-tos do what the documents say,
# each document in a sandbox of its own.

here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d) || exit 1     # For what the commands leave there.
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
status=0
for document in "$here"/../../Documentation/tutorial.md \
    "$here"/../../Documentation/howto/*.md; do
    timeout 120 "$here"/run-doc "$document" bash "$here"/demo --sandbox \
        || status=1
done
exit $status
