# Ids and names from the database.
complete -c newsfold -n "__fish_seen_subcommand_from story" -f -k -a "(newsfold __words stories 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from article why diff" -f -k -a "(newsfold __words articles 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from feeds; and __fish_seen_subcommand_from show" -f -k -a "(newsfold __words feeds 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from stories feeds atom jsonfeed" -l publisher -x -a "(newsfold __words publishers 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from stories atom jsonfeed" -l feed -x -a "(newsfold __words feeds 2>/dev/null)"
