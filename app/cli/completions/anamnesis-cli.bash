# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion of anamnesis-cli; the program itself says what there is to complete.

_anamnesis_cli ()
{
    local IFS=$'\n' line word current='' i
    local -a words=()
    COMPREPLY=()

    # bash cuts words at = and :, which belong to them here.
    for (( i = 1; i <= COMP_CWORD; i++ )); do
        word=${COMP_WORDS[i]}
        if [[ ${#words[@]} -gt 0 && ( $word == [=:] || ${COMP_WORDS[i-1]} == [=:] ) ]]; then
            words[${#words[@]}-1]+=$word
        else
            words+=("$word")
        fi
    done
    if (( ${#words[@]} > 0 )); then
        current=${words[${#words[@]}-1]}
    fi

    while read -r line; do
        case $line in
            :files*)
                word=${current#--*=}
                if [[ $line == ':files '* ]]; then
                    COMPREPLY+=($(compgen -f -X "!*${line#:files }" -- "$word") $(compgen -d -- "$word"))
                else
                    COMPREPLY+=($(compgen -f -- "$word"))
                fi
                compopt -o filenames 2>/dev/null
                ;;
            :folders)
                COMPREPLY+=($(compgen -d -- "${current#--*=}"))
                compopt -o filenames 2>/dev/null
                ;;
            *)
                COMPREPLY+=("${line%%$'\t'*}")
                ;;
        esac
    done < <("$1" --complete "${words[@]}" 2>/dev/null)

    # What stands before the last = or : is there already.
    if [[ $current == *[=:]* && $COMP_WORDBREAKS == *[=:]* ]]; then
        word=${current%"${current##*[=:]}"}
        COMPREPLY=("${COMPREPLY[@]#"$word"}")
    fi
}

complete -F _anamnesis_cli anamnesis-cli
