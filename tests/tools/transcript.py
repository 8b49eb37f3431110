# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""Transcripts: what commands of a tool print, as text.

A file has sequences, each of which starts on an empty database:

    # routes: the same prefix twice
    $ lr-add lr0
    $ lr-route-list lr9
    ! ovn-nbctl: lr9: router name not found
    = 1
    $ lr-list
    <uuid> (lr0)

"# " begins a sequence and is its title.  "$ " has the arguments, as the shell
would split them; "! " a line of standard error; "= " the exit status, if it is
not 0; other lines are standard output.  A line that begins with one of these
characters, or is empty, has "| " before it.  "~ WORD..." says that the
reference does otherwise, and why: each word is explained in the file
"differences".  Before the first "$ " it is about the whole sequence.

"{TABLE CONDITION}" in a command stands for the UUID of the row for which the
condition holds.  UUIDs that are printed become "<uuid>"; spaces at the end of
lines are dropped."""

import re
import shlex

UUID = re.compile(r"(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}"
                  r"-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])")
COOKIE = re.compile(r"\buuid=0x[0-9a-f]+")
ROW = re.compile(r"\{(\w+) ([^{}]+)\}")


class Step:
    """A command, and what it should do."""

    def __init__(self, command):
        self.command = command
        self.output = []
        self.errors = []
        self.status = 0
        self.differs = []

    def argv(self, uuid=lambda table, condition: "<uuid>"):
        """The arguments; 'uuid' finds the UUIDs of rows."""
        return shlex.split(ROW.sub(lambda m: uuid(m[1], m[2]), self.command))

    def result(self):
        return (self.status, self.output, self.errors)

    def text(self):
        lines = ["$ " + self.command]
        lines += ["~ " + " ".join(self.differs)] if self.differs else []
        lines += [("| " + line).rstrip()
                  if not line or line[0] in "#$!=~|" else line
                  for line in self.output]
        lines += [("! " + line).rstrip() for line in self.errors]
        lines += ["= %d" % self.status] if self.status else []
        return "\n".join(lines)


class Sequence:
    """Some commands in a row."""

    def __init__(self, title):
        self.title = title
        self.differs = []
        self.steps = []

    def text(self):
        lines = ["# " + self.title]
        lines += ["~ " + " ".join(self.differs)] if self.differs else []
        return "\n".join(lines + [step.text() for step in self.steps])


def parse(lines):
    """Returns the sequences in 'lines'."""
    sequences = []
    step = None
    for line in lines:
        line = line.rstrip()
        kind, rest = line[:1], line[2:]
        if not line:
            continue
        if kind == "#":
            sequences.append(Sequence(rest))
            step = None
        elif kind == "$":
            step = Step(rest)
            sequences[-1].steps.append(step)
        elif kind == "~":
            (step or sequences[-1]).differs += rest.split()
        elif kind == "!":
            step.errors.append(rest)
        elif kind == "=":
            step.status = int(rest)
        else:
            step.output.append(rest if kind == "|" else line)
    return sequences


def read(path):
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    # The comment at the top.
    while text.startswith("##"):
        text = text[text.index("\n") + 1:]
    return parse(text.splitlines())


def header(path):
    """The comment at the top of the file, as it is."""
    with open(path, encoding="utf-8") as stream:
        return "".join(line for line in stream if line.startswith("##"))


def normalize(text):
    """The lines of 'text', without what is different every time."""
    return [COOKIE.sub("uuid=<uuid>", UUID.sub("<uuid>", line)).rstrip()
            for line in text.splitlines()]
