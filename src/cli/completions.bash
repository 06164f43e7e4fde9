# Ids and names from the database. They are strangers' words: read line by line and quoted, never expanded.
_newsfold_from_database() {
    _newsfold "$@"
    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" kind= word quoted typed i
    local -a where=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "${COMP_WORDS[i]}" in --config|--state-dir) where+=("${COMP_WORDS[i]}" "${COMP_WORDS[i+1]}") ;; esac
    done
    case "$prev" in
        --publisher|--seen-by) kind=publishers ;;
        --owner) kind=owners ;;
        --tag) kind=tags ;;
        --lang) kind=langs ;;
        --feed) kind=feeds ;;
        -*) ;;
        *)
            for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case "$word" in
                    story) kind=stories; break ;;
                    article|why|diff|match|merge|split|keep|unkeep|origin) kind=articles; break ;;
                    show|poll) kind=feeds; break ;;
                esac
            done
            ;;
    esac
    [[ -z $kind || $cur == -* ]] && return 0
    # Bash takes words apart at colons: what was typed is longer than the word that it completes.
    typed="${COMP_LINE:0:COMP_POINT}"
    typed="${typed##* }"
    [[ $typed == *"$cur" && $cur != *' '* && $prev != *\\ ]] || typed="$cur"
    local IFS=$'\t'
    while read -r word _; do
        printf -v quoted '%q' "$word"
        [[ $quoted == "$typed"* ]] && COMPREPLY+=("${quoted#"${typed%"$cur"}"}")
    done < <(newsfold "${where[@]}" __words "$kind" 2>/dev/null)
    return 0
}
complete -F _newsfold_from_database -o nosort -o bashdefault -o default newsfold 2>/dev/null ||
    complete -F _newsfold_from_database -o bashdefault -o default newsfold
