/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Prints Documentation/pipeline.md, the manual page of the logical pipelines,
 * from pipeline.def.  Runs during the build. */

#include <config.h>

#include <stdio.h>

#include "northd/pipeline.h"
#include "util.h"

/* First OpenFlow tables of the logical pipelines in ovn-controller. */
#define OFTABLE_INGRESS 8
#define OFTABLE_EGRESS 40

static void
print_pipeline(const char *title, enum stage_datapath dp,
               enum stage_pipeline pipeline)
{
    unsigned int base = (pipeline == STAGE_PIPELINE_IN
                         ? OFTABLE_INGRESS : OFTABLE_EGRESS);
    unsigned int n = 0;

    printf("\n## %s\n\n"
           "| table | OpenFlow | stage | default | This stage ... |\n"
           "|--:|--:|---|---|---|\n", title);
    for (size_t i = 0; i < n_stage_infos; i++) {
        const struct stage_info *s = &stage_infos[i];

        if (s->dp == dp && s->pipeline == pipeline) {
            const char *dflt = stage_default_actions(s->dflt);

            ovs_assert(s->table == n);
            n++;
            printf("| %u | %u | `%s` | %s%s%s | %s. |\n", s->table,
                   base + s->table, s->name,
                   dflt ? "`" : "", dflt ? dflt : "its own", dflt ? "`" : "",
                   s->purpose);
        }
    }
    printf("\n%u of %d stages are in use.\n", n, PIPELINE_LEN);
}

int
main(void)
{
    puts("# The logical pipelines\n\n"
         "Generated from `northd/pipeline.def`; do not edit.\n\n"
         "*table* is the `table_id` of a logical flow, *OpenFlow* the table "
         "of the integration\nbridge in which `ovn-controller` installs it, "
         "and *default* what happens to a packet\nthat no flow of the stage "
         "matches.");
    print_pipeline("Logical switch, ingress", STAGE_DP_SWITCH,
                   STAGE_PIPELINE_IN);
    print_pipeline("Logical switch, egress", STAGE_DP_SWITCH,
                   STAGE_PIPELINE_OUT);
    print_pipeline("Logical router, ingress", STAGE_DP_ROUTER,
                   STAGE_PIPELINE_IN);
    print_pipeline("Logical router, egress", STAGE_DP_ROUTER,
                   STAGE_PIPELINE_OUT);
    return 0;
}
