/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The output of ovn-trace; see ovn-trace-tree.h for the contract. */

#include <config.h>

#include "utilities/ovn-trace-tree.h"

#include <stdarg.h>
#include <stdlib.h>

#include "util.h"

enum { INDENT = 4 };            /* Spaces for each level. */

struct trace_node *
trace_node_add(struct ovs_list *siblings, enum trace_node_type type,
               const char *format, ...)
{
    struct trace_node *node = xmalloc(sizeof *node);
    va_list args;

    node->type = type;
    va_start(args, format);
    node->text = xvasprintf(format, args);
    va_end(args);
    ovs_list_init(&node->kids);
    ovs_list_push_back(siblings, &node->list_node);
    return node;
}

void
trace_nodes_destroy(struct ovs_list *siblings)
{
    struct trace_node *node;

    LIST_FOR_EACH_POP (node, list_node, siblings) {
        trace_nodes_destroy(&node->kids);
        free(node->text);
        free(node);
    }
}

/* Detailed.
 *
 * Programs of logical flows consist of tail calls: "next" is the last action
 * of most flows.  What is below the last of its siblings is therefore not
 * indented more than the siblings, only what is below another. */

static void print_detailed(const struct ovs_list *, int level, bool indent,
                           struct ds *);

/* A heading of 'text', underlined. */
static void
print_heading(const char *text, int level, struct ds *s)
{
    ds_put_format(s, "\n%*s%s\n", level * INDENT, "", text);
    ds_put_char_multiple(s, ' ', level * INDENT);
    ds_put_char_multiple(s, '-', strlen(text));
    ds_put_char(s, '\n');
}

/* Prints 'node', 'level' levels deep, and what is below it. */
static void
print_detailed_node(const struct trace_node *node, int level, bool indent,
                    struct ds *s)
{
    int own_level = level + indent;

    switch (node->type) {
    case TRACE_TABLE:
        ds_put_format(s, "%*s%s\n", own_level * INDENT, "", node->text);
        break;
    case TRACE_PIPELINE:
    case TRACE_MULTICAST:
    case TRACE_FORK:
        print_heading(node->text, own_level, s);
        break;
    case TRACE_ERROR:
        ds_put_format(s, "%*s*** %s\n", (level + 1) * INDENT, "", node->text);
        break;
    case TRACE_ACTION:
    case TRACE_JUMP:
    case TRACE_COMMENT:
        ds_put_format(s, "%*s%s\n", (level + 1) * INDENT, "", node->text);
        break;
    case TRACE_MODIFY:
    case TRACE_OUTPUT:
        break;
    default:
        OVS_NOT_REACHED();
    }
    print_detailed(&node->kids, own_level + indent,
                   node->type == TRACE_MULTICAST, s);
}

/* Prints 'nodes'.  If 'indent' is true, the last is as the others. */
static void
print_detailed(const struct ovs_list *nodes, int level, bool indent,
               struct ds *s)
{
    const struct trace_node *node;

    LIST_FOR_EACH (node, list_node, nodes) {
        bool last = ovs_list_back(nodes) == &node->list_node;

        print_detailed_node(node, level, indent || !last, s);
    }
}

void
trace_print_detailed(const struct ovs_list *nodes, struct ds *s)
{
    print_detailed(nodes, 0, false, s);
}

/* Summary and minimal: nested blocks.  Nodes that such a form has no line for
 * are as if they were not there; what is below them takes their place. */

typedef bool shows_func(enum trace_node_type);

static bool
summary_shows(enum trace_node_type type)
{
    return (type != TRACE_TABLE && type != TRACE_JUMP && type != TRACE_MODIFY
            && type != TRACE_OUTPUT);
}

static bool
minimal_shows(enum trace_node_type type)
{
    return (type == TRACE_ERROR || type == TRACE_MODIFY
            || type == TRACE_OUTPUT || type == TRACE_FORK);
}

static bool
shows_any(const struct ovs_list *nodes, shows_func *shows)
{
    const struct trace_node *node;

    LIST_FOR_EACH (node, list_node, nodes) {
        if (shows(node->type) || shows_any(&node->kids, shows)) {
            return true;
        }
    }
    return false;
}

static void
print_blocks(const struct ovs_list *nodes, int level, shows_func *shows,
             struct ds *s)
{
    const struct trace_node *node;

    LIST_FOR_EACH (node, list_node, nodes) {
        if (!shows(node->type)) {
            print_blocks(&node->kids, level, shows, s);
            continue;
        }
        ds_put_format(s, "%*s%s%s", level * INDENT, "",
                      node->type == TRACE_ERROR ? "*** " : "", node->text);
        if (shows_any(&node->kids, shows)) {
            ds_put_cstr(s, " {\n");
            print_blocks(&node->kids, level + 1, shows, s);
            ds_put_format(s, "%*s};\n", level * INDENT, "");
        } else {
            ds_put_cstr(s, node->type == TRACE_ACTION ? "\n" : ";\n");
        }
    }
}

void
trace_print_summary(const struct ovs_list *nodes, struct ds *s)
{
    print_blocks(nodes, 0, summary_shows, s);
}

void
trace_print_minimal(const struct ovs_list *nodes, struct ds *s)
{
    print_blocks(nodes, 0, minimal_shows, s);
}
