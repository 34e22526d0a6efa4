# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion of anamnesis-cli; the program itself says what there is to complete.

function __anamnesis_cli_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program --complete $words "$current" 2>/dev/null)
        switch $line
            case ':files *'
                __fish_complete_suffix (string replace ':files ' '' -- $line)
            case ':files' ':folders'
                __fish_complete_path (string replace -r '^--[^=]*=' '' -- $current)
            case '*'
                echo $line
        end
    end
end

complete -c anamnesis-cli -f -a '(__anamnesis_cli_complete)'
