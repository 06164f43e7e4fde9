# Ids and names from the database. They are strangers' words: read line by line and quoted, never expanded.
_newsfold_from_database() {
    _newsfold "$@"
    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" kind= word
    case "$prev" in
        --publisher|--seen-by|--owner) kind=publishers ;;
        --feed) kind=feeds ;;
        -*) ;;
        *)
            for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case "$word" in
                    story) kind=stories; break ;;
                    article|why|diff) kind=articles; break ;;
                    show) kind=feeds; break ;;
                esac
            done
            ;;
    esac
    [[ -z $kind || $cur == -* ]] && return 0
    local IFS=$'\t'
    while read -r word _; do
        [[ $word == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$word")")
    done < <(newsfold __words "$kind" 2>/dev/null)
    return 0
}
complete -F _newsfold_from_database -o nosort -o bashdefault -o default newsfold 2>/dev/null ||
    complete -F _newsfold_from_database -o bashdefault -o default newsfold
