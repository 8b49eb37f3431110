# -*- shell-script -*-
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# Completion of ovn-nbctl and ovn-sbctl command lines for bash.
#
# What there is to complete comes from the programs themselves, when it is
# asked for: "--options", "--commands", and, for arguments that name a switch,
# a router and the like, the database.  A line of "--commands" is
#
#     [--OPTION] [--OPTION=]... ,COMMAND,ARGUMENT...
#
# where an argument begins with "!" (required), "?" (optional), "*" or "+"
# (any number), and "|" stands between alternatives.

# Prints the table whose rows have the names that an argument of kind $1
# wants, or nothing.
_ovn_table () {
    case $1 in
    SWITCH | LOGICAL_SWITCH) echo Logical_Switch ;;
    ROUTER) echo Logical_Router ;;
    LB) echo Load_Balancer ;;
    PORTGROUP | PORT_GROUP | GROUP) echo Port_Group ;;
    ADDRESS_SET) echo Address_Set ;;
    METER) echo Meter ;;
    MIRROR | MIRROR-NAME) echo Mirror ;;
    CHASSIS) echo Chassis ;;
    esac
}

# Prints what the argument described by $2, of tool $1, may be.
_ovn_argument () {
    local alternative table
    for alternative in ${2//[!a-zA-Z0-9_-]/ }; do
        table=$(_ovn_table "$alternative")
        if [ -n "$table" ]; then
            "$1" --timeout=2 --no-headings --format=csv --data=bare \
                --columns=name list "$table" 2> /dev/null
        elif [ "$alternative" = "${alternative,,}" ]; then
            echo "$alternative"
        fi
    done
}

# Prints the description of argument number $2 (from 0) in $1, the arguments
# of a line of "--commands".  The last one stands for all that follow if there
# may be any number.
_ovn_nth () {
    local -a args
    read -ra args <<< "${1// !| /|}"
    local n=$2 last=$((${#args[@]} - 1))
    if ((n > last)) && [[ ${args[last]-} == [*+]* ]]; then
        n=$last
    fi
    echo "${args[n]-}"
}

_ovn_dbctl () {
    local tool=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]}
    local commands line command="" n=0 i word words

    # "=" is a word of its own for readline.
    if [[ $cur == = || ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
        COMPREPLY=()
        return
    fi

    # The command after the last "--", and how many arguments it has so far.
    commands=$("$tool" --commands 2> /dev/null)
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [ "$word" = -- ]; then
            command="" n=0
        elif [ -n "$command" ]; then
            n=$((n + 1))
        elif line=$(grep -F ",$word," <<< "$commands") &&
             [[ $word != -* ]]; then
            command=$word
        fi
    done

    if [ -n "$command" ]; then
        line=$(grep -F ",$command," <<< "$commands")
        words=$(_ovn_argument "$tool" \
                              "$(_ovn_nth "${line##*,"$command",}" $n)")
    elif [[ $cur == -* ]]; then
        words=$("$tool" --options 2> /dev/null | sed 's/[= ]ARG$//' | sort -u)
    else
        words=$(cut -d, -f2 <<< "$commands")
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _ovn_dbctl ovn-nbctl ovn-sbctl
