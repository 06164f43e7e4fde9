# Ids and names from the database.
complete -c newsfold -n "__fish_seen_subcommand_from story" -f -k -a "(newsfold __words stories 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from article why diff match merge split keep unkeep origin" -f -k -a "(newsfold __words articles 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from match" -F
complete -c newsfold -n "__fish_seen_subcommand_from poll" -f -k -a "(newsfold __words feeds 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from feeds; and __fish_seen_subcommand_from show" -f -k -a "(newsfold __words feeds 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from stories feeds lag atom jsonfeed" -l publisher -x -a "(newsfold __words publishers 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from stories atom jsonfeed" -l seen-by -x -a "(newsfold __words publishers 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from stories atom jsonfeed" -l owner -x -a "(newsfold __words owners 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from stories atom jsonfeed" -l tag -x -a "(newsfold __words tags 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from stories atom jsonfeed" -l lang -x -a "(newsfold __words langs 2>/dev/null)"
complete -c newsfold -n "__fish_seen_subcommand_from stories atom jsonfeed" -l feed -x -a "(newsfold __words feeds 2>/dev/null)"
