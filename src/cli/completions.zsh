# Ids and names from the database. They are strangers' words: handed over as they are, never expanded.
_newsfold() {
    local kind= word line
    local -a found about
    case "${words[CURRENT-1]}" in
        --publisher|--seen-by) kind=publishers ;;
        --owner) kind=owners ;;
        --tag) kind=tags ;;
        --lang) kind=langs ;;
        --feed) kind=feeds ;;
        *)
            for word in "${(@)words[2,CURRENT-1]}"; do
                case "$word" in
                    story) kind=stories; break ;;
                    article|why|diff|match|merge|split|keep|unkeep|origin) kind=articles; break ;;
                    show|poll) kind=feeds; break ;;
                esac
            done
            ;;
    esac
    if [[ -n $kind && ${words[CURRENT]} != -* ]]; then
        while IFS= read -r line; do
            found+=("${line%%$'\t'*}")
            about+=("${line/$'\t'/  }")
        done < <(newsfold __words "$kind" 2>/dev/null)
        (( ${#found} )) && compadd -l -V "$kind" -d about -a found && return 0
    fi
    _newsfold_words "$@"
}
