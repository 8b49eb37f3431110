#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""Checks the style that Documentation/style.md asks for.

usage: checkpatch.py [--tree DIR] [FILE...]

Checks FILEs, relative to DIR, or, without any, all files of the tree; then
also what concerns the tree as a whole.  Prints FILE:LINE: MESSAGE for each
breach and exits with status 1 if there is any.

What cannot be told line by line - long functions, names, comments that say
nothing - is left to those who read the change."""

import argparse
import os
import re
import subprocess
import sys

LICENCE = ["Copyright (c) 2026 The authors, see NOTICE.", "",
           "Licensed under the Apache License, Version 2.0; see LICENSE."]

# Files that may include the databases' typed headers, see there.
IDL_ALLOWED = "utilities/idl-users"
IDL_HEADER = re.compile(r'#\s*include\s+"(ovsdb/ovn-[ns]b-idl|'
                        r'(lib/)?vswitch-idl)\.h"')

# Not ours, or data.
NO_LICENCE = re.compile(r"(\.md|\.ovsschema|\.xml|\.svg|\.json|\.tsv|\.txt|"
                        r"\.hex|\.bin|\.pcap|\.pem)$"
                        r"|^(LICENSE|NOTICE|\.git\w+)$"
                        r"|(^|/)\.gitignore$|^tests/data/|\.seeds$"
                        r"|^utilities/idl-users$"
                        r"|^debian/(changelog|copyright|source/format)$"
                        r"|^debian/[\w-]+\.(install|dirs|docs)$")
WIDE = re.compile(r"(\.md|\.at|\.mk|\.am|\.m4|\.ac|\.xml|\.svg|\.tsv|\.txt|"
                  r"\.hex|\.json|\.def|\.dict|\.ovsschema|"
                  r"\.service\.in)$"
                  r"|^(LICENSE|NOTICE)$|^tests/data/|\.seeds$")
BINARY = re.compile(r"\.(bin|pcap|png)$")
TABS = re.compile(r"\.(mk|am|tsv)$|^(Makefile|LICENSE|configure\.ac)"
                  r"|^debian/rules$|^tests/data/")

# What C code must not have: (pattern, message).
C_RULES = [
    (r"^\s*(if|for|while|switch)\(", "no space after \"%s\""),
    (r"\)\{", "no space before \"{\""),
    (r"(?<![:\"'/])//", "comments are /* ... */"),
    (r"\bsizeof\s*\(\s*\*?\w+(->\w+|\.\w+)*\s*\)(?<!_t\))",
     "write \"sizeof x\""),
    (r"^\s*#\s*pragma\s+GCC\s+diagnostic", "mend the warning instead"),
    (r"\breturn\s*\([^()]*\)\s*;", "no parentheses around what is returned"),
]
# The same for what is not a test.
NO_TEST_RULES = [
    (r"\b(strcpy|strcat|sprintf|vsprintf|strncpy|strtok|gets|atoi|atol)\s*\(",
     "%s() is not used here"),
]
SIZEOF_TYPE = re.compile(r"sizeof\s*\(\s*(struct|union|enum|const|unsigned|"
                         r"signed|char|int|long|short|float|double|void|bool|"
                         r"\w+_t|ovs_\w+|uint\w*)\b")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")
MACHINE = re.compile(r"/work/|/tmp/wt\b|/root/|\bpackages\.svc\b")


class Checker:
    """Collects the breaches of one run."""

    def __init__(self, tree):
        self.tree = tree
        self.breaches = []
        self.idl_users = set()
        allowed = os.path.join(tree, IDL_ALLOWED)
        if os.path.exists(allowed):
            with open(allowed, encoding="utf-8") as stream:
                self.idl_users = {line.split("#")[0].strip()
                                  for line in stream} - {""}

    def bad(self, name, number, message):
        self.breaches.append("%s:%d: %s" % (name, number, message))

    def check_file(self, name):
        """Checks the file 'name' of the tree."""
        path = os.path.join(self.tree, name)
        if BINARY.search(name) or os.path.islink(path):
            return
        try:
            with open(path, encoding="utf-8") as stream:
                text = stream.read()
        except UnicodeDecodeError:
            self.bad(name, 1, "not UTF-8")
            return
        lines = text.split("\n")
        if lines[-1]:
            self.bad(name, len(lines), "no newline at the end")
        lines = lines[:-1] if not lines[-1] else lines
        if lines and not lines[-1].strip():
            self.bad(name, len(lines), "empty line at the end")
        if not NO_LICENCE.search(name):
            self.check_licence(name, lines)
        for number, line in enumerate(lines, 1):
            self.check_line(name, number, line)
        if name.endswith((".c", ".h")):
            self.check_c(name, lines)

    def check_licence(self, name, lines):
        """The licence must be in the first lines, in comments."""
        head = [re.sub(r"^\s*(/\*|\*/?|#|dnl|--|\.\\\")? ?", "", line)
                for line in lines[:6]]
        for start in range(3):
            if head[start:start + 3] == LICENCE:
                return
        self.bad(name, 1, "no licence header, or not exactly as it must be")

    def check_line(self, name, number, line):
        """What holds for every text file."""
        if len(line) > 79 and not WIDE.search(name):
            self.bad(name, number, "%d columns, more than 79" % len(line))
        if (line != line.rstrip() and name != "LICENSE"
                and not name.startswith("tests/data/")):
            self.bad(name, number, "space at the end")
        if "\t" in line and not TABS.search(name):
            if not name.startswith("tests/") or name.endswith((".c", ".h")):
                self.bad(name, number, "tab")
        if "\f" in line:
            self.bad(name, number, "form feed")
        if name == "utilities/checkpatch.py" or name == "tests/lint.at":
            return
        if UNFINISHED.search(line):
            self.bad(name, number, "unfinished: %s"
                     % UNFINISHED.search(line)[1])
        if MACHINE.search(line):
            self.bad(name, number, "a path of somebody's machine")

    def check_c(self, name, lines):
        """What holds for C."""
        includes = [(number, line) for number, line in enumerate(lines, 1)
                    if re.match(r"\s*#\s*include\b", line)]
        if name.endswith(".c"):
            if includes and includes[0][1] != "#include <config.h>":
                self.bad(name, includes[0][0], "<config.h> comes first")
        elif not any(line.startswith(("#ifndef ", "#pragma once"))
                     for line in lines):
            self.bad(name, 1, "no include guard")
        if "/*" not in "\n".join(lines[4:40]):
            self.bad(name, 1, "no comment at the top that says what this is")
        if (name.startswith(("northd/", "controller/"))
                and name not in self.idl_users):
            for number, line in includes:
                if IDL_HEADER.match(line):
                    self.bad(name, number, "reads a database past the engine "
                             "(see %s)" % IDL_ALLOWED)
        rules = C_RULES
        if not name.startswith("tests/"):
            rules = C_RULES + NO_TEST_RULES
        in_comment = False
        for number, line in enumerate(lines, 1):
            code, in_comment = strip_c(line, in_comment)
            for pattern, message in rules:
                m = re.search(pattern, code)
                if m and message.startswith("write \"sizeof"):
                    m = None if SIZEOF_TYPE.search(code) else m
                if m:
                    self.bad(name, number, message % m[1]
                             if "%s" in message else message)

    def check_tree(self, names):
        """What holds for the tree as a whole."""
        directories = {os.path.dirname(name) for name in names
                       if name.count("/") == 1 and not name.startswith(".")}
        for directory in sorted(directories | {""}):
            readme = os.path.join(directory, "README.md")
            if readme not in names:
                self.bad(readme, 1, "every directory has one")
        for name in sorted(self.idl_users):
            if name not in names:
                self.bad(IDL_ALLOWED, 1, "no file %s" % name)


def strip_c(line, in_comment):
    """Returns 'line' without comments and without what is in quotation marks,
    and whether a comment is still open at its end."""
    out = ""
    i = 0
    while i < len(line):
        if in_comment:
            end = line.find("*/", i)
            if end < 0:
                return out, True
            in_comment, i = False, end + 2
        elif line.startswith("/*", i):
            in_comment, i = True, i + 2
        elif line[i] in "\"'":
            m = re.match(r"(\"(\\.|[^\"\\])*\"|'(\\.|[^'\\])*')", line[i:])
            out += line[i] * 2
            i += m.end() if m else 1
        else:
            out += line[i]
            i += 1
    return out, in_comment


def tracked_files(tree):
    """Returns the names of the files that git knows of, or would not ignore;
    None if this is no clone, or on a machine without git."""
    if not os.path.exists(os.path.join(tree, ".git")):
        return None
    command = ["git", "-c", "safe.directory=*", "-C", tree, "ls-files",
               "--cached", "--others", "--exclude-standard", "-z"]
    try:
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    except FileNotFoundError:
        return None
    return [name for name in out.stdout.decode().split("\0") if name]


def walked_files(tree):
    """The same by a walk over the tree."""
    names = []
    for top, dirs, files in os.walk(tree):
        dirs[:] = [d for d in dirs if d != "build-aux"
                   and not re.match(r"_build|\.git$|autom4te", d)]
        names += [os.path.relpath(os.path.join(top, f), tree) for f in files]
    generated = re.compile(r"^(Makefile\.in|aclocal\.m4|configure~?|\.git|"
                           r"config\.h\.in~?|m4/l.*\.m4)$|\.pyc$|~$")
    return [name for name in names if not generated.search(name)]


def tree_files(tree):
    """Returns the names of all files of the tree that are not generated."""
    names = tracked_files(tree)
    if names is None:
        names = walked_files(tree)
    return sorted(name for name in set(names)
                  if os.path.exists(os.path.join(tree, name)))


def main():
    parser = argparse.ArgumentParser(description="Checks the style.")
    parser.add_argument("--tree", default=os.path.join(
        os.path.dirname(os.path.abspath(__file__)), ".."))
    parser.add_argument("file", nargs="*")
    args = parser.parse_args()

    checker = Checker(args.tree)
    names = args.file or tree_files(args.tree)
    for name in names:
        checker.check_file(name)
    if not args.file:
        checker.check_tree(names)
    for breach in checker.breaches:
        print(breach)
    return 1 if checker.breaches else 0


if __name__ == "__main__":
    sys.exit(main())
