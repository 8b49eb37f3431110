/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_TRACE_TREE_H
#define UTILITIES_OVN_TRACE_TREE_H 1

/* What a trace found, as a tree of lines, and its three printed forms.
 *
 * The interpreter only says what happened; the type of a node says in which
 * forms it appears and how.  Scripts parse all three, so they are as
 * ovn-trace(8) of OVN prints them. */

#include "openvswitch/compiler.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/list.h"

enum trace_node_type {
    TRACE_PIPELINE,     /* A logical pipeline; its tables are below.
                         * Detailed, summary. */
    TRACE_MULTICAST,    /* The same, with one pipeline for each copy. */
    TRACE_TABLE,        /* A table and the flow found there; what it did is
                         * below.  Detailed; what is below also in the
                         * others. */
    TRACE_ACTION,       /* An action, with ';'.  Detailed, summary. */
    TRACE_JUMP,         /* The same for "next" to a certain table.
                         * Detailed. */
    TRACE_COMMENT,      /* Detailed, summary. */
    TRACE_ERROR,        /* All. */
    TRACE_MODIFY,       /* A change of the packet.  Minimal. */
    TRACE_OUTPUT,       /* Delivery to a port.  Minimal. */
    TRACE_FORK,         /* What happens to a changed copy of the packet, or
                         * to a new one, is below.  All. */
};

struct trace_node {
    struct ovs_list list_node;  /* In list of siblings. */
    enum trace_node_type type;
    char *text;
    struct ovs_list kids;       /* struct trace_node. */
};

/* Appends a new node to 'siblings' and returns it. */
struct trace_node *trace_node_add(struct ovs_list *siblings,
                                  enum trace_node_type,
                                  const char *format, ...)
    OVS_PRINTF_FORMAT(3, 4);

/* Frees all nodes in 'siblings' and below them. */
void trace_nodes_destroy(struct ovs_list *siblings);

/* The printed forms of the list 'nodes'. */
void trace_print_detailed(const struct ovs_list *nodes, struct ds *);
void trace_print_summary(const struct ovs_list *nodes, struct ds *);
void trace_print_minimal(const struct ovs_list *nodes, struct ds *);

#endif /* utilities/ovn-trace-tree.h */
