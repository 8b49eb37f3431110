# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Northbound rows that cannot be compiled give one warning each, which names
# the row; the other ports work.  Mended, they work too.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

# An address that is none.  (The tool would refuse it.)
must nbctl lsp-add sw0 crooked \
    -- --no-validate set Logical_Switch_Port crooked \
       addresses='"not:an:address 1.2.3"'
wait_for "a warning" warned central ovn-northd crooked
must nbctl --wait=hv sync
must pings vm1 vm2
must pings vm1 vm3

# Two ports that ask for the same key.
must nbctl lsp-add sw0 twin1 -- lsp-set-options twin1 requested-tnl-key=77 \
    -- lsp-add sw0 twin2 -- lsp-set-options twin2 requested-tnl-key=77
wait_for "a warning" warned central ovn-northd 'twin[12]'
must nbctl --wait=hv sync
[ "$(sbctl --bare --columns=logical_port find Port_Binding tunnel_key=77 \
     | wc -l)" = 1 ] || die "not one port has key 77"
must pings vm1 vm3

# Nothing is said twice.
must nbctl --wait=hv ls-add sw9
must nbctl --wait=hv lsp-add sw9 p9
must warned_once central ovn-northd crooked
must warned_once central ovn-northd 'twin[12]'

# Mended.
must nbctl lsp-set-addresses crooked unknown -- lsp-del twin1
must nbctl --wait=hv sync
[ -n "$(sbctl --bare --columns=_uuid find Port_Binding logical_port=twin2 \
        tunnel_key=77)" ] || die "twin2 does not get the free key"
engines_verify hv1 hv2
ovn_logs_quiet 'crooked|twin[12]'
