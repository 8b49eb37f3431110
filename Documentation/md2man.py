#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""Makes a manual page of the Markdown that our documents are written in.

usage: md2man.py NAME SECTION VERSION FILE...

The first FILE's heading "# NAME: what it is", or "# what it is", becomes the
NAME section, and the headings below it sections.  In further FILEs, "#" is a
section.  Understood are headings, paragraphs, "-" and "1." lists, fenced
code, tables, `code`, **bold**, *emphasis* and [links](...).

A table becomes a list, with the first column as tags and the second as text,
to which the others are added with their titles.  If the last title ends in
"...", the last column is the text and all others are tags."""

import re
import sys

LIST_ITEM = re.compile(r"(- |\d+\. )(.*)")
TABLE_RULE = re.compile(r"\|[\s:|-]+\|$")


def escape(text):
    """'text' for the middle of a line of nroff."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")


def inline(text):
    """'text' with its inline mark-up as fonts; never starts a request."""
    parts = re.split(r"(`[^`]*`|\*\*[^*]+\*\*|\*[^*]+\*|\[[^]]*\]\([^)]*\))",
                     text)
    out = ""
    for part in parts:
        if part.startswith("`"):
            out += "\\fB%s\\fR" % escape(part[1:-1])
        elif part.startswith("**") and len(part) > 4:
            out += "\\fB%s\\fR" % escape(part[2:-2])
        elif part.startswith("*") and len(part) > 2:
            out += "\\fI%s\\fR" % escape(part[1:-1])
        elif part.startswith("["):
            label, url = re.fullmatch(r"\[(.*)\]\((.*)\)", part).groups()
            out += escape(label)
            if url.startswith("http"):
                out += " <%s>" % escape(url)
        else:
            out += escape(part)
    return "\\&" + out if out[:1] in ".'" else out


def cells(row):
    """The cells of a line of a table."""
    text = row.strip().strip("|").replace("\\|", "\0")
    return [cell.strip().replace("\0", "|") for cell in text.split("|")]


def sentence(text):
    """'text' with its full stop, if it has none."""
    return inline(text) + ("" if text[-1] in ".?!" else ".")


def table(lines):
    head, rows = cells(lines[0]), [cells(line) for line in lines[2:]]
    n_tags = len(head) - 1 if head[-1].endswith("...") else 1
    out = []
    for row in rows:
        out += [".TP", "  ".join(inline(cell) for cell in row[:n_tags]),
                inline(row[n_tags])]
        out += [sentence("%s: %s" % (title.capitalize(), cell))
                for title, cell in zip(head[n_tags + 1:], row[n_tags + 1:])
                if cell]
    return out + [".PP"]


def code(lines):
    out = [".PP", ".RS 4", ".nf", "\\fB"]
    out += ["\\&" + escape(line) for line in lines]
    return out + ["\\fR", ".fi", ".RE"]


def list_item(mark, lines):
    tag = "\\(bu" if mark == "- " else mark.strip()
    return [".IP %s 4" % tag, inline(" ".join(lines))]


def heading(line, shift):
    level = len(line) - len(line.lstrip("#")) - shift
    text = escape(line.lstrip("#").strip().replace("`", ""))
    return ['.SH "%s"' % text.upper() if level <= 1 else '.SS "%s"' % text]


def take(lines, start, inside):
    """The lines from 'start' for which 'inside' is true."""
    end = start
    while end < len(lines) and inside(lines[end]):
        end += 1
    return lines[start:end]


def fenced(lines, start):
    """The lines of the code block that starts there, without its fences."""
    return take(lines, start + 1, lambda line: not line.startswith("```"))


def is_text(line):
    """Whether a line continues the paragraph or list item before it."""
    return bool(line.strip()) and not re.match(r"#|```|\||- |\d+\. ", line)


def block(lines, i, shift):
    """The nroff of the block at line 'i', and where the next one is."""
    line = lines[i]
    if line.startswith("```"):
        body = fenced(lines, i)
        return code(body), i + len(body) + 2
    if line.startswith("    "):
        body = take(lines, i, lambda x: x.startswith("    "))
        return code([x[4:] for x in body]), i + len(body)
    if line.startswith("#"):
        return heading(line, shift), i + 1
    if line.startswith("|") and TABLE_RULE.match(lines[i + 1]):
        body = take(lines, i, lambda x: x.startswith("|"))
        return table(body), i + len(body)
    item = LIST_ITEM.match(line)
    body = take(lines, i + 1, is_text)
    if item:
        texts = [item[2]] + [x.strip() for x in body]
        return list_item(item[1], texts), i + 1 + len(body)
    return [".PP", inline(" ".join([line] + body))], i + 1 + len(body)


def convert(lines, shift):
    out, i = [], 0
    while i < len(lines):
        if lines[i].strip():
            more, i = block(lines, i, shift)
            out += more
        else:
            i += 1
    return out


def read(name):
    with open(name, encoding="utf-8") as stream:
        return stream.read().split("\n")


def main():
    if len(sys.argv) < 5:
        sys.stderr.write(__doc__)
        return 1
    name, section, version = sys.argv[1:4]
    first = read(sys.argv[4])
    title = re.sub(r"^# (%s: )?" % re.escape(name), "", first[0])
    print('.TH "%s" %s "" "OVN %s" "OVN Manual"'
          % (escape(name), section, version))
    print(".SH NAME\n%s \\- %s" % (escape(name), inline(title)))
    out = [".SH DESCRIPTION"] + convert(first[1:], 1)
    for other in sys.argv[5:]:
        out += convert(read(other), 0)
    print("\n".join(out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
